"""One release with its exports and links, and starting an export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.release import workflow
from app.release.queries.exports import ExportRow
from app.release.queries.linking import LinkRow
from app.release.queries.releases import ReleaseRow
from app.release.queries.rules import Rules
from app.release.workflow import FORMATS, REASONS, STANDINGS, linking
from app.release.workflow.sources import Source, sources_of
from app.web.database import DbSession
from app.web.rendering import render
from pipeline.vocabulary import KIND_TITLES, QUESTION_TYPE_TITLES, SPLITS, VERIFICATION_TITLES

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Line:
    """Texts of one kind or question type, by split."""

    title: str
    by_split: list[int]
    texts: int
    corrected: float | None
    """Of those that were read, the share whose words a reviewer changed; None where none was."""


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link that was just made: shown once, with its token."""

    address: str
    file: str
    note: str


@dataclass(frozen=True, slots=True)
class ReleasePage:
    template: ClassVar[str] = "release/release.html"

    release: ReleaseRow
    before: str | None
    """The number before, and behind: their labels."""
    after: str | None
    splits: list[str]
    lines: list[Line]
    corrected: float | None
    verified: list[tuple[str, int]]
    """How its texts were verified, and how many; empty of a release from before that was told."""
    difference: Mapping[str, Any] | None
    """To the number before, counted when it was frozen; None of a first one."""
    removed: list[tuple[str, int]]
    samples: Sequence[Mapping[str, Any]]
    """The error rates of what nobody read."""
    kinds: Mapping[str, str]
    places: int
    """With ground on more than one side of the split."""
    gates: Sequence[str]
    sources: Sequence[Source]
    left_out: list[tuple[str, str, int]]
    exports: list[ExportRow]
    formats: list[str]
    """That it is not exported in yet."""
    is_waiting: bool
    links: Sequence[LinkRow]
    made: MadeLink | None
    days: int
    message: str


@router.get("/releases/{label}", name="release_page")
def release_page(request: Request, session: DbSession, label: str) -> Response:
    return render(request, page_of(session, workflow.get_release(session, label)))


@router.post("/releases/{label}/exports", name="export_release_page")
def export_release(session: DbSession, label: str, format: Annotated[str, Form()] = "sarlang") -> Response:
    export = workflow.request_export(session, label, format)
    return RedirectResponse(f"/releases/{export.name}@{export.number}#exports", 303)


def page_of(
    session: Session, release: ReleaseRow, made: MadeLink | None = None, message: str = "", days: int = linking.DAYS
) -> ReleasePage:
    """The page of a release, with what was just done about its links."""
    counts, exports = release.counts, workflow.list_exports(session, release)
    parts, told, difference = counts["parts"], counts.get("verification", {}), counts.get("difference")
    splits = [split for split in SPLITS if any(part["split"] == split for part in parts)]
    newest = workflow.get_release(session, release.name)
    return ReleasePage(
        release=release,
        before=f"{release.name}@{release.number - 1}" if release.number > 1 else None,
        after=f"{release.name}@{release.number + 1}" if newest.number > release.number else None,
        splits=splits,
        lines=_lines(parts, splits),
        corrected=_corrected(parts),
        verified=[(title, told[how]) for how, title in VERIFICATION_TITLES.items() if told.get(how)],
        difference=difference,
        removed=[(REASONS.get(reason, reason), texts) for reason, texts in sorted(difference["removed"].items())]
        if difference
        else [],
        samples=counts.get("samples", []),
        kinds=KIND_TITLES,
        places=counts.get("leakage", {}).get("places", 0),
        gates=release.rules.get("gates", Rules.of_json(release.rules).gates()),
        sources=sources_of(release),
        left_out=_left_out(counts["left_out"]),
        exports=exports,
        formats=[name for name in FORMATS if all(each.format != name or each.state == "failed" for each in exports)],
        is_waiting=any(export.is_open for export in exports),
        links=linking.list_links(session, release),
        made=made,
        days=days,
        message=message,
    )


def _left_out(left_out: Mapping[str, Mapping[str, int]]) -> list[tuple[str, str, int]]:
    """(dataset, reason in words, drafts)"""
    return [
        (dataset, STANDINGS.get(standing, standing), drafts)
        for dataset, reasons in sorted(left_out.items())
        for standing, drafts in sorted(reasons.items())
    ]


def _corrected(parts: list[dict[str, Any]]) -> float | None:
    read = sum(part["texts"] - part.get("sample_verified", 0) for part in parts)
    return sum(part["revised"] for part in parts) / read if read else None


def _lines(parts: list[dict[str, Any]], splits: list[str]) -> list[Line]:
    """A line a kind, questions a line a type, in the order of the vocabulary."""
    titles: dict[tuple[str, str | None], str] = {
        (kind, None): title for kind, title in KIND_TITLES.items() if kind != "question"
    }
    titles |= {("question", key): title for key, title in QUESTION_TYPE_TITLES.items()}
    lines = []
    for key, title in titles.items():
        found = [part for part in parts if (part["kind"], part["question_type"]) == key]
        by_split = [sum(part["texts"] for part in found if part["split"] == split) for split in splits]
        lines.append(Line(title, by_split, sum(by_split), _corrected(found)))
    return [line for line in lines if line.texts]
