"""Judgements of answers, of their words alone: no statement here reads who gave an answer, or of which group they are.

That an answer was given at all is read, and nothing else of participants.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_LOCK: Final = text("select pg_advisory_xact_lock(hashtext('quiz_judgement'), cast(:quiz_id as integer))")
_GIVEN: Final = """
select distinct a.quiz_question_id, a.answer from participant_question a
join participant p using (participant_id) join quiz_question q using (quiz_question_id)
where q.quiz_id = :quiz_id and not q.is_practice and a.answer is not null and p.withdrawn_at is null
"""
_UNJUDGED: Final = text(f"""
with given as ({_GIVEN})
select g.quiz_question_id, q.question, q.question_type, q.truth, g.answer from given g
join quiz_question q using (quiz_question_id)
where not exists (select from quiz_judgement j where j.quiz_question_id = g.quiz_question_id and j.answer = g.answer
    and j.judge = :judge and j.judge_version = :version)
order by g.quiz_question_id, g.answer limit :limit
""")  # noqa: S608  (a statement of our own)
_COUNT_UNJUDGED: Final = text(f"""
with given as ({_GIVEN})
select count(*) from given g
where not exists (select from quiz_judgement j where j.quiz_question_id = g.quiz_question_id and j.answer = g.answer
    and j.judge = :judge and j.judge_version = :version)
""")  # noqa: S608  (a statement of our own)
_ADD: Final = text("""
insert into quiz_judgement (quiz_question_id, answer, judge, judge_version, is_right, compared_as)
select quiz_question_id, answer, :judge, :version, is_right, compared_as
from jsonb_to_recordset(cast(:rows as jsonb)) as told
    (quiz_question_id bigint, answer text, is_right boolean, compared_as jsonb)
on conflict do nothing
""")
_DISPUTED: Final = """
with given as ({given}),
judged as (
    select j.quiz_judgement_id, j.quiz_question_id, j.answer, j.is_right, j.compared_as,
        (select d.is_right from quiz_judgement d where d.quiz_question_id = j.quiz_question_id and d.answer = j.answer
            and d.judge = 'person' order by d.quiz_judgement_id desc limit 1) as decided,
        coalesce((select jsonb_object_agg(o.judge, o.is_right) from quiz_judgement o
            where o.quiz_question_id = j.quiz_question_id and o.answer = j.answer
            and (o.judge, o.judge_version) in (select * from unnest(cast(:judges as text[]), cast(:versions as text[])))
        ), '{{}}') as said
    from given join quiz_judgement j using (quiz_question_id, answer)
    where j.judge = :judge and j.judge_version = :version
),
sorted as (
    select *, case when decided is not null then 'decided' when is_right is null then 'undecided'
        when exists (select from jsonb_each(said) o where o.value <> 'null' and o.value <> to_jsonb(is_right))
        then 'differ' else 'agreed' end as standing
    from judged
)
"""
_LIST: Final = text(
    _DISPUTED.format(given=_GIVEN)
    + """
select s.quiz_judgement_id, s.standing, q.question, q.question_type, q.truth, q.choices, s.answer, s.is_right,
    s.decided, s.said, coalesce(s.compared_as ->> 'truth', '') as truth_as,
    coalesce(s.compared_as ->> 'prediction', '') as answer_as, coalesce(s.compared_as ->> 'note', '') as note
from sorted s join quiz_question q using (quiz_question_id)
where s.quiz_judgement_id > :after and (:standing = 'all' or s.standing = :standing)
order by s.quiz_judgement_id limit :limit
"""
)
_COUNT: Final = text(_DISPUTED.format(given=_GIVEN) + "select standing, count(*) from sorted group by 1")  # noqa: S608  (a statement of our own)
_DECIDE: Final = text("""
insert into quiz_judgement (quiz_question_id, answer, judge, is_right, decided_by)
select j.quiz_question_id, j.answer, 'person', :is_right, :decided_by
from quiz_judgement j join quiz_question q using (quiz_question_id)
where j.quiz_judgement_id = :quiz_judgement_id and q.quiz_id = :quiz_id and j.judge <> 'person'
returning quiz_judgement_id
""")
_TOOK_PART: Final = text("""
select exists (select from invitation i join participant p using (invitation_id)
    where i.quiz_id = :quiz_id and i.reviewer = :reviewer)
""")


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """Words that somebody gave as an answer to a question."""

    quiz_question_id: int
    question: str
    question_type: str
    truth: str
    answer: str


@dataclass(frozen=True, slots=True)
class Disputed:
    """An answer as it is shown to who decides: without who gave it, or how many did."""

    quiz_judgement_id: int
    standing: str
    """``undecided``, ``differ`` (judges do), ``decided`` (by a person), or ``agreed``."""
    question: str
    question_type: str
    truth: str
    choices: list[str] | None
    answer: str
    is_right: bool | None
    """By the quiz's judge."""
    decided: bool | None
    """By a person, the newest decision."""
    said: dict[str, bool | None]
    """``{judge: whether it is right}``"""
    truth_as: str
    answer_as: str
    note: str


def lock_judging(session: Session, quiz_id: int) -> None:
    """Others who would judge the answers of this quiz wait until the transaction ends."""
    session.execute(_LOCK, {"quiz_id": quiz_id % 2**31})


def list_unjudged(session: Session, quiz_id: int, judge: str, version: int, limit: int) -> list[GivenAnswer]:
    """Answers of which this judge said nothing yet."""
    values = {"quiz_id": quiz_id, "judge": judge, "version": str(version), "limit": limit}
    return [GivenAnswer(**row._mapping) for row in session.execute(_UNJUDGED, values)]


def count_unjudged(session: Session, quiz_id: int, judge: str, version: int) -> int:
    values = {"quiz_id": quiz_id, "judge": judge, "version": str(version)}
    counted: int = session.execute(_COUNT_UNJUDGED, values).scalar_one()
    return counted


def add_judgements(session: Session, judge: str, version: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep ``{quiz_question_id, answer, is_right, compared_as}`` each; what is judged already stays as it is."""
    session.execute(_ADD, {"judge": judge, "version": str(version), "rows": json.dumps(rows)})


def list_disputed(
    session: Session,
    quiz_id: int,
    judge: tuple[str, int],
    others: Mapping[str, int],
    standing: str,
    after: int,
    limit: int,
) -> list[Disputed]:
    """A page from above the key ``after``; ``judge`` and ``others`` are names with versions."""
    values = {**_judges(quiz_id, judge, others), "standing": standing, "after": after, "limit": limit}
    return [Disputed(**row._mapping) for row in session.execute(_LIST, values)]


def count_disputed(session: Session, quiz_id: int, judge: tuple[str, int], others: Mapping[str, int]) -> dict[str, int]:
    """``{standing: answers}``"""
    return {row[0]: row[1] for row in session.execute(_COUNT, _judges(quiz_id, judge, others))}


def decide(session: Session, quiz_id: int, quiz_judgement_id: int, decided_by: uuid.UUID, *, is_right: bool) -> bool:
    """Add a person's decision about the words of a judgement; whether this quiz has such a one."""
    values = {
        "quiz_id": quiz_id,
        "quiz_judgement_id": quiz_judgement_id,
        "is_right": is_right,
        "decided_by": str(decided_by),
    }
    return session.execute(_DECIDE, values).scalar_one_or_none() is not None


def took_part(session: Session, quiz_id: int, person: uuid.UUID) -> bool:
    """Whether they took the quiz by an invitation that is bound to them."""
    return bool(session.execute(_TOOK_PART, {"quiz_id": quiz_id, "reviewer": person}).scalar_one())


def _judges(quiz_id: int, judge: tuple[str, int], others: Mapping[str, int]) -> dict[str, Any]:
    names = {
        "judges": list(others),
        "versions": [str(version) for version in others.values()],
        "judge": judge[0],
        "version": str(judge[1]),
    }
    return {"quiz_id": quiz_id, **names}
