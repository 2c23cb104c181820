"""Releases: the list, one release with its exports, and freezing a new one. All of it works without JavaScript."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.release import workflow
from app.release.queries.exports import ExportRow
from app.release.queries.releases import ReleaseRow
from app.release.workflow import STANDINGS, EmptyReleaseError, ReleaseError, Standing
from app.web.database import DbSession
from app.web.errors import STATUSES
from app.web.rendering import render
from pipeline.vocabulary import KIND_TITLES, QUESTION_TYPE_TITLES, SPLITS, VERIFICATION_TITLES

router = APIRouter()

PER_PAGE: Final = 50

Texts = Annotated[list[str] | None, Form()]


@dataclass(frozen=True, slots=True)
class ReleasesPage:
    template: ClassVar[str] = "release/releases.html"

    releases: list[ReleaseRow]
    older: int | None
    has_datasets: bool


@dataclass(frozen=True, slots=True)
class NewReleasePage:
    template: ClassVar[str] = "release/new.html"

    standings: list[Standing]
    reasons: dict[str, str]
    kinds: dict[str, str]
    message: str
    name: str
    chosen: frozenset[str]
    chosen_kinds: frozenset[str]
    notes: str
    with_sampled: bool
    sampled: int
    """Texts of all datasets that a sample vouches for."""


@dataclass(frozen=True, slots=True)
class Line:
    """Texts of one kind or question type, by split."""

    title: str
    by_split: list[int]
    texts: int
    corrected: float | None
    """Of those that were read, the share whose words a reviewer changed; None where none was."""


@dataclass(frozen=True, slots=True)
class ReleasePage:
    template: ClassVar[str] = "release/release.html"

    release: ReleaseRow
    splits: list[str]
    lines: list[Line]
    corrected: float | None
    verified: list[tuple[str, int]]
    """How its texts were verified, and how many; empty of a release from before that was told."""
    left_out: list[tuple[str, str, int]]
    exports: list[ExportRow]
    is_waiting: bool
    can_export: bool


@router.get("/releases", name="releases_page")
def releases_page(
    request: Request, session: DbSession, before: Annotated[int | None, Query(ge=1, lt=2**63)] = None
) -> Response:
    releases = workflow.list_releases(session, before, PER_PAGE)
    older = releases[-1].release_id if len(releases) == PER_PAGE else None
    return render(request, ReleasesPage(releases, older, bool(workflow.list_dataset_names(session))))


@router.get("/releases/new", name="new_release_page")
def new_release_page(
    request: Request, session: DbSession, dataset: Annotated[list[str] | None, Query()] = None
) -> Response:
    return render(request, _new(session, chosen=frozenset(dataset or workflow.list_dataset_names(session))))


@router.post("/releases", name="create_release")
def create_release(
    request: Request,
    session: DbSession,
    name: Annotated[str, Form()] = "",
    datasets: Texts = None,
    kinds: Texts = None,
    notes: Annotated[str, Form()] = "",
    with_sampled: Annotated[bool, Form()] = False,
) -> Response:
    try:
        release = workflow.create_release(
            session, name.strip(), datasets or [], kinds or [], notes, with_sampled=with_sampled
        )
    except (ReleaseError, EmptyReleaseError) as refused:
        chosen, chosen_kinds = frozenset(datasets or []), frozenset(kinds or [])
        page = _new(session, refused.message, name[:63], chosen, chosen_kinds, notes, with_sampled=with_sampled)
        return render(request, page, STATUSES[refused.meaning])
    return RedirectResponse(f"/releases/{release.label}", 303)


@router.get("/releases/{label}", name="release_page")
def release_page(request: Request, session: DbSession, label: str) -> Response:
    release = workflow.get_release(session, label)
    exports = workflow.list_exports(session, release)
    parts, told = release.counts["parts"], release.counts.get("verification", {})
    splits = [split for split in SPLITS if any(part["split"] == split for part in parts)]
    left_out = [
        (dataset, STANDINGS[standing], drafts)
        for dataset, reasons in sorted(release.counts["left_out"].items())
        for standing, drafts in sorted(reasons.items())
    ]
    page = ReleasePage(
        release=release,
        splits=splits,
        lines=_lines(parts, splits),
        corrected=_corrected(parts),
        verified=[(title, told[how]) for how, title in VERIFICATION_TITLES.items() if told.get(how)],
        left_out=left_out,
        exports=exports,
        is_waiting=any(export.is_open for export in exports),
        can_export=all(export.state == "failed" for export in exports),
    )
    return render(request, page)


@router.post("/releases/{label}/exports", name="export_release_page")
def export_release(session: DbSession, label: str, format: Annotated[str, Form()] = "sarlang") -> Response:
    export = workflow.request_export(session, label, format)
    return RedirectResponse(f"/releases/{export.name}@{export.number}#exports", 303)


def _new(
    session: DbSession,
    message: str = "",
    name: str = "",
    chosen: frozenset[str] = frozenset(),
    chosen_kinds: frozenset[str] = frozenset(KIND_TITLES),
    notes: str = "",
    *,
    with_sampled: bool = False,
) -> NewReleasePage:
    standings = workflow.preview(session, workflow.list_dataset_names(session))
    reasons = {standing: words for standing, words in STANDINGS.items() if standing != "verified"}
    sampled = sum(standing.left_out.get("sample_verified", 0) for standing in standings)
    kinds = dict(KIND_TITLES)
    return NewReleasePage(standings, reasons, kinds, message, name, chosen, chosen_kinds, notes, with_sampled, sampled)


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
