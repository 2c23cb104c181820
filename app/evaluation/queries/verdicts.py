"""Verdicts of reviewers, text by text: the table that agreement is computed from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

CHUNK: Final = 5_000

# Of each review its newest revision; drafted texts only, since gold and probes have a known answer.
_VERDICTS: Final = """
select v.draft_id, r.reviewer::text as reviewer, v.verdict, v.flags
from draft d join scene s using (scene_id) join draft_verdict v using (draft_id) join review r using (review_id)
where s.dataset_id = :dataset_id and d.origin = 'drafted' {kind} and not exists (
    select from review later
    where later.packet_id = r.packet_id and later.reviewer = r.reviewer and later.revision > r.revision)
order by v.draft_id, r.reviewer
"""


def stream_verdicts(session: Session, dataset_id: int, kind: str = "") -> Iterator[tuple[int, str, str, list[str]]]:
    """(draft, reviewer's pseudonym, verdict, flags), of one kind of text or of all."""
    query = text(_VERDICTS.format(kind="and d.kind = :kind" if kind else ""))
    values = {"dataset_id": dataset_id, **({"kind": kind} if kind else {})}
    rows = session.execute(query, values, execution_options={"yield_per": CHUNK})
    yield from ((row[0], row[1], row[2], row[3]) for row in rows)
