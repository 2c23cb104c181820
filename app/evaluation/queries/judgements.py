"""Judgements of predicted answers: what is still to be judged, what was, and the sums that figures are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.intake.queries.copying import copy_rows

CHUNK: Final = 2_000
CONFUSED: Final = 8
"""Answers of a type that a confusion tells apart; the others are one."""
CUT: Final = 60
"""Characters of an answer that a confusion shows."""

_LOCK: Final = text("select pg_advisory_xact_lock(hashtextextended('judging ' || :evaluation_id, 0))")
_UNJUDGED: Final = text("""
select p.item_id, t.entry ->> 'question' as question, t.entry ->> 'answer' as truth, p.prediction, p.question_type
from prediction p join evaluation e using (evaluation_id)
join release_text t on t.release_id = e.release_id and t.text_sha256 = p.item_id
where p.evaluation_id = :evaluation_id and p.item_id > :after and not exists (
    select from judgement j where j.evaluation_id = p.evaluation_id and j.item_id = p.item_id and j.judge = :judge
        and j.judge_version = :version)
order by p.item_id limit :limit
""")
_SUMS: Final = text("""
with by_scene as (
    select p.question_type, count(*) filter (where j.is_right) as hits, count(*) as trials,
        count(*) filter (where j.is_right is null) as undecided
    from judgement j join prediction p using (evaluation_id, item_id)
    where j.evaluation_id = :evaluation_id and j.judge = :judge and j.judge_version = :version
    group by grouping sets ((p.scene), (p.question_type, p.scene))
)
select coalesce(question_type, '') as question_type, hits, trials, sum(undecided)::bigint as undecided,
    count(*) as scenes
from by_scene group by 1, 2, 3 order by 1, 2, 3
""")
_CONFUSION: Final = text("""
with judged as (
    select coalesce(p.question_type, '') as question_type, left(j.truth_as, :cut) as truth,
        left(j.prediction_as, :cut) as said
    from judgement j join prediction p using (evaluation_id, item_id)
    where j.evaluation_id = :evaluation_id and j.judge = :judge and j.judge_version = :version
),
truths as (
    select question_type, truth, row_number() over (partition by question_type order by count(*) desc, truth) as place
    from judged group by 1, 2
),
sayings as (
    select question_type, said, row_number() over (partition by question_type order by count(*) desc, said) as place
    from judged group by 1, 2
)
select question_type, case when truths.place <= :most then truth end as truth,
    case when sayings.place <= :most then said end as said, count(*) as answers
from judged join truths using (question_type, truth) join sayings using (question_type, said)
group by 1, 2, 3 order by 1, 4 desc, 2, 3
""")
_REPLIES: Final = text("select reply_key, line from judge_reply where reply_key = any(:keys)")
_KEEP_REPLY: Final = text(
    "insert into judge_reply (reply_key, line) values (:reply_key, :line) on conflict (reply_key) do nothing"
)
_PAIRED: Final = text("""
with chosen as (
    select item_id, coalesce(is_right, false) as is_right from judgement
    where evaluation_id = :chosen and judge = :judge and judge_version = :version
),
paired as (
    select j.evaluation_id, p.scene, count(*) filter (where c.is_right) as of_chosen,
        count(*) filter (where j.is_right) as of_other, count(*) as trials,
        count(*) filter (where c.is_right and j.is_right is not true) as only_chosen,
        count(*) filter (where not c.is_right and j.is_right) as only_other
    from judgement j join chosen c using (item_id) join prediction p using (evaluation_id, item_id)
    where j.evaluation_id = any(:others) and j.judge = :judge and j.judge_version = :version
    group by 1, 2
)
select evaluation_id, of_chosen, of_other, trials, count(*) as scenes, sum(only_chosen)::bigint as only_chosen,
    sum(only_other)::bigint as only_other
from paired group by 1, 2, 3, 4 order by 1, 2, 3, 4
""")


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A predicted answer with what it is compared to."""

    item_id: str
    question: str
    truth: str
    prediction: str
    question_type: str | None


@dataclass(frozen=True, slots=True)
class NewJudgement:
    """What a judge said of an item."""

    item_id: str
    is_right: bool | None
    truth_as: str
    prediction_as: str
    note: str


@dataclass(frozen=True, slots=True)
class SceneSum:
    """So many scenes with as many questions and right answers each; of one type, or of all together (empty)."""

    question_type: str
    hits: int
    trials: int
    undecided: int
    """In all of these scenes."""
    scenes: int


@dataclass(frozen=True, slots=True)
class PairedSum:
    """So many scenes in which two evaluations answered as many of the same questions rightly."""

    evaluation_id: int
    of_chosen: int
    of_other: int
    trials: int
    scenes: int
    only_chosen: int
    """Questions in all of these scenes that the chosen one alone answered rightly."""
    only_other: int


def lock_judging(session: Session, evaluation_id: int) -> None:
    """Others who would judge this evaluation wait until the transaction ends."""
    session.execute(_LOCK, {"evaluation_id": str(evaluation_id)})


def list_unjudged(
    session: Session, evaluation_id: int, judge: str, version: int, after: str = "", limit: int = CHUNK
) -> list[Unjudged]:
    """A page by item of what this judge did not say anything of."""
    values = {"evaluation_id": evaluation_id, "judge": judge, "version": version, "after": after, "limit": limit}
    return [Unjudged(**row._mapping) for row in session.execute(_UNJUDGED, values)]


def add_judgements(
    session: Session, evaluation_id: int, judge: str, version: int, judgements: Iterable[NewJudgement]
) -> None:
    columns = (
        "evaluation_id", "judge", "judge_version", "item_id", "is_right", "truth_as", "prediction_as", "note"
    )  # fmt: skip
    rows = (
        (evaluation_id, judge, version, each.item_id, each.is_right, each.truth_as, each.prediction_as, each.note)
        for each in judgements
    )
    copy_rows(session, "judgement", columns, rows)


def sums_by_scene(session: Session, evaluation_id: int, judge: str, version: int) -> list[SceneSum]:
    values = {"evaluation_id": evaluation_id, "judge": judge, "version": version}
    return [SceneSum(**row._mapping) for row in session.execute(_SUMS, values)]


def confusion(
    session: Session, evaluation_id: int, judge: str, version: int
) -> list[tuple[str, str | None, str | None, int]]:
    """(question type, truth, prediction, answers); None stands for all that are not among the most frequent."""
    values = {"evaluation_id": evaluation_id, "judge": judge, "version": version, "most": CONFUSED, "cut": CUT}
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(_CONFUSION, values)]


def paired_sums(
    session: Session, chosen: int, others: Sequence[int], judge: str, version: int
) -> dict[int, list[PairedSum]]:
    """The questions that the chosen evaluation and each other one both answered."""
    values = {"chosen": chosen, "others": list(others), "judge": judge, "version": version}
    found: dict[int, list[PairedSum]] = {}
    for row in session.execute(_PAIRED, values):
        found.setdefault(row.evaluation_id, []).append(PairedSum(**row._mapping))
    return found


def find_replies(session: Session, keys: Sequence[str]) -> dict[str, str]:
    """Kept replies of judging models, as JSON by their key."""
    return {row[0]: row[1] for row in session.execute(_REPLIES, {"keys": list(keys)})}


def keep_reply(session: Session, key: str, line: str) -> None:
    session.execute(_KEEP_REPLY, {"reply_key": key, "line": line})
