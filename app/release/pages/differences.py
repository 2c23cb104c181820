"""What a number of a release has that the one before has not, and the other way round, text by text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.release.pages.finished import finished
from app.release.queries.differences import Change, ChangeFilter
from app.release.queries.releases import ReleaseRow
from app.release.workflow import REASONS, differences
from app.release.workflow.differences import Difference
from app.web.database import DbSession
from app.web.rendering import render
from pipeline.vocabulary import KIND_TITLES, QUESTION_TYPE_TITLES

router = APIRouter()

PER_PAGE: Final = 50
SHOWN: Final = 400
"""Characters of a text that the list shows."""
WHAT: Final[Mapping[str, str]] = {
    "question": "question",
    "caption": "caption",
    "answer": "answer",
    "support": "support",
    "split": "split",
    "scene": "scene",
    "image_sha256": "image",
}
"""What of a text may differ, in words."""

Word = Annotated[str, Query(max_length=40)]
Label = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True, slots=True)
class ListedChange:
    """A text that differs, as the list shows it."""

    draft_id: int
    change: str
    reason: str
    what: str
    dataset: str
    scene: str
    split: str
    title: str
    before: tuple[str, str]
    """(text, answer); empty where it is not in the older release."""
    after: tuple[str, str]
    answer_changed: bool


@dataclass(frozen=True, slots=True)
class DifferencePage:
    template: ClassVar[str] = "release/difference.html"

    before: ReleaseRow
    after: ReleaseRow
    counts: Mapping[str, int]
    """``{change: texts}``, whatever is asked."""
    asked: ChangeFilter
    found: int
    """That match what is asked."""
    rows: Sequence[ListedChange]
    kinds: Mapping[str, str]
    query: str
    """What is asked, as it stands in an address."""
    next: str | None
    is_first: bool


def asked_of(change: Word = "", kind: Word = "") -> ChangeFilter:
    return differences.asked_changes(change, kind)


Asked = Annotated[ChangeFilter, Depends(asked_of)]


@router.get("/releases/{label}/difference", name="difference_page")
def difference_page(
    request: Request,
    session: DbSession,
    label: str,
    asked: Asked,
    before: Label = "",
    after: Annotated[str, Query(pattern=differences.AFTER)] = "",
) -> Response:
    difference = differences.difference_of(session, label, before)
    counts = differences.count_changes(session, difference)
    of_kind = differences.count_changes(session, difference, asked.kind) if asked.kind else counts
    rows = differences.list_changes(session, difference, asked, after=differences.place_of(after), limit=PER_PAGE)
    query = _query(difference, asked)
    page = DifferencePage(
        before=difference.before,
        after=difference.after,
        counts=counts,
        asked=asked,
        found=of_kind[asked.change] if asked.change else sum(of_kind.values()),
        rows=[_listed(change) for change in rows],
        kinds=KIND_TITLES,
        query=query,
        next=f"/releases/{difference.after.label}/difference?{query}&after={rows[-1].change}-{rows[-1].draft_id}"
        if len(rows) == PER_PAGE
        else None,
        is_first=not after,
    )
    return render(request, page)


@router.get("/releases/{label}/difference.{ending}", name="download_difference")
def download_difference(
    session: DbSession, label: str, ending: Literal["csv", "jsonl"], asked: Asked, before: Label = ""
) -> Response:
    difference = differences.difference_of(session, label, before)
    name = f"{difference.before.name}-{difference.before.number}-to-{difference.after.name}-{difference.after.number}"
    return _file(session, difference, asked, f"{name}.{ending}")


def _file(session: Session, difference: Difference, asked: ChangeFilter, name: str) -> Response:
    if name.endswith(".csv"):
        return finished(differences.csv_of(session, difference, asked), name, "text/csv")
    return finished(differences.lines_of(session, difference, asked), name, "application/jsonl")


def _query(difference: Difference, asked: ChangeFilter) -> str:
    given = {"before": difference.before.label, "change": asked.change, "kind": asked.kind}
    return urlencode({name: value for name, value in given.items() if value})


def _listed(change: Change) -> ListedChange:
    entry = change.entry
    before, after = differences.words_of(change.old_entry), differences.words_of(change.new_entry)
    titles = {**KIND_TITLES, **QUESTION_TYPE_TITLES}
    return ListedChange(
        draft_id=change.draft_id,
        change=change.change,
        reason=REASONS.get(change.reason or "", change.reason or ""),
        what=", ".join(WHAT[key] for key in differences.what_changed(change)),
        dataset=entry["dataset"],
        scene=entry["scene"],
        split=entry["split"],
        title=titles[entry["question_type"] or entry["kind"]],
        before=_cut(before),
        after=_cut(after),
        answer_changed=change.change == "changed" and before[1] != after[1],
    )


def _cut(words: tuple[str, str]) -> tuple[str, str]:
    text, answer = (part if len(part) <= SHOWN else part[:SHOWN] + "…" for part in words)
    return text, answer
