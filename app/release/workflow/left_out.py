"""What a release leaves out for one reason, draft by draft."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy.orm import Session

from app.release.queries import previewing
from app.release.queries.previewing import LeftOut, LeftOutFilter
from app.release.workflow.planning import Plan
from app.release.workflow.rules import STANDINGS, ReleaseError
from pipeline.formats import cells

COLUMNS: Final = ("dataset", "scene", "split", "kind", "question_type", "text", "answer", "draft_id", "draft_sha256")


def asked_of(plan: Plan, reason: str, dataset: str = "", split: str = "") -> LeftOutFilter:
    """Which drafts of the plan are meant; an empty dataset or split means all.

    Raises
    ------
    ReleaseError
        If nothing is left out for such a reason, or the dataset or split is not among those that were asked for.
    """
    if reason not in STANDINGS or reason == "verified":
        raise ReleaseError(f"Nothing is left out as {reason[:40]!a}; there are {', '.join(list(STANDINGS)[1:])}.")
    for what, given, known in (("dataset", dataset, plan.rules.datasets), ("split", split, plan.rules.splits)):
        if given and given not in known:
            raise ReleaseError(f"This release does not ask for the {what} {given[:80]!a}.")
    return LeftOutFilter(plan.row.release_plan_id, reason, dataset, split)


def list_left_out(session: Session, asked: LeftOutFilter, *, after: int = 0, limit: int = 50) -> list[LeftOut]:
    """A page of the drafts, behind ``after``, as they stood when the plan was counted."""
    return previewing.list_left_out(session, asked, after=after, limit=limit)


def csv_of(session: Session, asked: LeftOutFilter) -> Iterator[bytes]:
    """The rows of a CSV file, of which no cell begins a formula."""
    yield cells.row(COLUMNS)
    for draft in previewing.all_left_out(session, asked):
        yield cells.row([str(getattr(draft, column) or "") for column in COLUMNS])
