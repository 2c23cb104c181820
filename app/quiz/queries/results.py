"""What results are made of: the answers that count, what was judged of their words, and who took part."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_ANSWERS: Final = text("""
select p.participant_id, p.pseudonym, p.quiz_group_id, p.finished_at is not null as is_finished, a.position,
    a.quiz_question_id, a.arm, a.ending, a.answer,
    cast(extract(epoch from a.answered_at - a.shown_at) as double precision) as seconds
from participant p join participant_question a using (participant_id) join quiz_question q using (quiz_question_id)
where p.quiz_id = :quiz_id and p.withdrawn_at is null and not q.is_practice and a.ending is not null
order by p.participant_id, a.position
""")
_JUDGED: Final = text("""
select distinct on (j.quiz_question_id, j.answer, j.judge) j.quiz_question_id, j.answer, j.judge, j.is_right
from quiz_judgement j join quiz_question q using (quiz_question_id)
where q.quiz_id = :quiz_id and (j.judge = 'person' or (j.judge, j.judge_version) in
    (select * from unnest(cast(:judges as text[]), cast(:versions as text[]))))
order by j.quiz_question_id, j.answer, j.judge, j.quiz_judgement_id desc
""")
_GROUPS: Final = text("""
select g.quiz_group_id, g.name, g.kind,
    count(*) filter (where p.withdrawn_at is null and p.finished_at is not null) as finished,
    count(*) filter (where p.withdrawn_at is null and p.finished_at is null and p.participant_id is not null)
        as unfinished,
    count(*) filter (where p.withdrawn_at is not null) as withdrawn,
    coalesce((select sum(i.uses_allowed) from invitation i where i.quiz_group_id = g.quiz_group_id), 0)::bigint
        as invited
from quiz_group g left join participant p using (quiz_group_id)
where g.quiz_id = :quiz_id group by g.quiz_group_id order by g.quiz_group_id
""")


@dataclass(frozen=True, slots=True)
class GivenRow:
    """How one question ended for one participant who did not withdraw."""

    participant_id: int
    pseudonym: uuid.UUID
    quiz_group_id: int
    is_finished: bool
    position: int
    """In the participant's own order."""
    quiz_question_id: int
    arm: str
    ending: str
    answer: str | None
    seconds: float
    """From its first sending to its end, by the server's clock."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group, with how many of it took part."""

    quiz_group_id: int
    name: str
    kind: str
    finished: int
    unfinished: int
    withdrawn: int
    invited: int
    """People whom its links let in."""


def list_given(session: Session, quiz_id: int) -> list[GivenRow]:
    """Without practice, and without who withdrew; a participant after the other."""
    return [GivenRow(*row) for row in session.execute(_ANSWERS, {"quiz_id": quiz_id})]


def list_judged(
    session: Session, quiz_id: int, judges: Mapping[str, int]
) -> dict[tuple[int, str], dict[str, bool | None]]:
    """``{(question, answer): {judge: is right}}`` by judges of these versions and by ``person``, the newest each."""
    versions = [str(version) for version in judges.values()]
    rows = session.execute(_JUDGED, {"quiz_id": quiz_id, "judges": list(judges), "versions": versions})
    found: dict[tuple[int, str], dict[str, bool | None]] = {}
    for row in rows:
        found.setdefault((row.quiz_question_id, row.answer), {})[row.judge] = row.is_right
    return found


def list_groups(session: Session, quiz_id: int) -> list[GroupRow]:
    """In the order in which they were made."""
    return [GroupRow(*row) for row in session.execute(_GROUPS, {"quiz_id": quiz_id})]
