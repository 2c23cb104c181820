"""First verdicts: stored once, before the findings of a draft are shown to their reviewer."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.intake.queries.screening import NEWEST_SCREENING

BETWEEN_TEXTS: Final = ("contradiction", "duplicate")
"""Families that speak of two texts of a scene: shown on one, they would give away what is still hidden of the other."""

_HAND: Final = text("""
select a.packet_id, a.state, p.hides_findings,
    exists (select from packet_draft m where m.packet_id = a.packet_id and m.draft_id = :draft_id) as has_draft
from assignment a join packet p on p.packet_id = a.packet_id
where a.assignment_id = :assignment_id and a.reviewer = :reviewer
""")

_ADD: Final = text(f"""
insert into first_verdict (packet_id, draft_id, reviewer, verdict, flags, screening_version)
select d.packet_id, d.draft_id, :reviewer, :verdict, :flags, {NEWEST_SCREENING}
from packet_draft d where d.packet_id = :packet_id and d.draft_id = :draft_id
on conflict do nothing
""")  # noqa: S608  (parts of our own)

SHOWN_FINDINGS: Final = f"""
coalesce((with d as materialized (
    -- The packet's drafts, whether this reviewer is to judge them first, and whether they are to judge any.
    select m.draft_id, p.hides_findings and v.draft_id is null as is_hidden,
        bool_or(p.hides_findings and v.draft_id is null) over () as is_any_hidden
    from packet_draft m
    left join first_verdict v on v.packet_id = m.packet_id and v.draft_id = m.draft_id and v.reviewer = a.reviewer
    where m.packet_id = p.packet_id
)
select json_agg(json_build_object('draft_id', d.draft_id, 'is_hidden', d.is_hidden, 'rule', f.rule,
    'severity', f.severity, 'field', f.field, 'start_', f.start_, 'end_', f.end_, 'message', f.message,
    'suggestion', f.suggestion) order by d.draft_id, f.start_, f.end_ desc, f.rule)
from d left join finding f on f.draft_id = d.draft_id and f.screening_version = {NEWEST_SCREENING}
    and not d.is_hidden and not (d.is_any_hidden and split_part(f.rule, '.', 1) in {BETWEEN_TEXTS!r})), '[]')
"""  # noqa: S608  (parts of our own)
"""One value with the findings of the packet ``p`` that ``a.reviewer`` may see, by draft and place; a draft without any
is there all the same. :func:`as_shown` reads it: the one way in which findings leave here."""

_SHOWN: Final = text(f"""
select {SHOWN_FINDINGS} as findings
from packet p cross join (select cast(:reviewer as uuid) as reviewer) as a
where p.packet_id = :packet_id
""")  # noqa: S608  (parts of our own)


@dataclass(frozen=True, slots=True)
class Hand:
    """A reviewer's assignment, as far as a first verdict asks for it."""

    packet_id: int
    state: str
    hides_findings: bool
    has_draft: bool


@dataclass(frozen=True, slots=True)
class ShownFindings:
    """What a reviewer may see of a packet's findings just now."""

    findings: Sequence[Mapping[str, Any]]
    hidden: frozenset[int]
    """Drafts whose findings are hidden until this reviewer's first verdict on them."""
    drafts: frozenset[int]
    """All of the packet."""


def find_hand(session: Session, assignment_id: uuid.UUID, reviewer: uuid.UUID, draft_id: int) -> Hand | None:
    """The assignment, in whatever state; None where it is not the reviewer's."""
    asked = {"assignment_id": assignment_id, "reviewer": reviewer, "draft_id": draft_id}
    row = session.execute(_HAND, asked).one_or_none()
    return None if row is None else Hand(**row._mapping)


def add_first_verdict(
    session: Session, reviewer: uuid.UUID, packet_id: int, draft_id: int, verdict: str, flags: Sequence[str]
) -> None:
    """Store a first verdict, unless there is one."""
    given = {"reviewer": reviewer, "packet_id": packet_id, "draft_id": draft_id}
    session.execute(_ADD, {**given, "verdict": verdict, "flags": list(flags)})


def shown_findings(session: Session, reviewer: uuid.UUID, packet_id: int) -> ShownFindings:
    """The findings of a packet that this reviewer may see."""
    return as_shown(session.execute(_SHOWN, {"reviewer": reviewer, "packet_id": packet_id}).scalar_one())


def as_shown(rows: Sequence[Mapping[str, Any]]) -> ShownFindings:
    """What :data:`SHOWN_FINDINGS` selects."""
    return ShownFindings(
        findings=[row for row in rows if row["rule"] is not None],
        hidden=frozenset(row["draft_id"] for row in rows if row["is_hidden"]),
        drafts=frozenset(row["draft_id"] for row in rows),
    )
