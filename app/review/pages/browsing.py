"""The scenes and drafts of a dataset, filtered and searched: for leads. Works without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.intake.queries.datasets import DRAFTS, SCENES
from app.intake.queries.findings import count_findings
from app.intake.workflow.rule_setting import rules_of
from app.intake.workflow.running import require_dataset
from app.review.pages.filters import BOXES, PAIRS, AskedDrafts, AskedScenes, may_judge, query_of, work_choices
from app.review.pages.titles import FLAG_TITLES, STATES, TEXT_TITLES, TONES
from app.review.queries import draft_lists, scene_lists
from app.review.queries.counting import counter_of
from app.review.queries.draft_lists import DrafterName, DraftFilter, ListedDraft
from app.review.queries.scene_lists import ListedScene, SceneFilter
from app.web.database import DbSession
from app.web.guard import CurrentViewer
from app.web.rendering import render
from pipeline.vocabulary import KIND_TITLES, ORIGINS, QUESTION_TYPES, SEVERITIES, SPLITS

router = APIRouter()

ROWS_A_PAGE: Final = 50

Name = Annotated[str, Path(max_length=200)]
Key = Annotated[int, Query(ge=0, lt=2**63)]


@dataclass(frozen=True, slots=True)
class Found:
    """How much there is, and where the page stands in it."""

    total: int
    """Of the dataset, whatever is asked."""
    count: int
    """What matches."""
    has_more: bool
    """Whether more match than were counted."""
    is_filtered: bool
    is_first: bool
    first: str
    """The address of the first page."""
    next: str | None


@dataclass(frozen=True, slots=True)
class ScenesPage:
    template: ClassVar[str] = "review/scenes.html"

    name: str
    asked: SceneFilter
    found: Found
    rows: Sequence[ListedScene]
    splits: Sequence[str]
    pairs: Mapping[str, str]
    boxes: Mapping[str, str]
    work: Mapping[str, str]
    shows_unusable: bool


@dataclass(frozen=True, slots=True)
class DraftsPage:
    template: ClassVar[str] = "review/drafts.html"

    name: str
    asked: DraftFilter
    found: Found
    rows: Sequence[ListedDraft]
    kinds: Mapping[str, str]
    question_types: Sequence[str]
    titles: Mapping[str, str]
    drafters: Sequence[DrafterName]
    origins: Sequence[str]
    shows_findings: bool
    rules: Mapping[str, int]
    """Findings by rule, under the rules as they are set now."""
    severities: Sequence[str]
    flags: Mapping[str, str]
    states: Mapping[str, str]
    tones: Mapping[str, str]


@router.get("/datasets/{name}/scenes", name="scenes_page")
def scenes_page(
    request: Request, session: DbSession, viewer: CurrentViewer, name: Name, asked: AskedScenes, after: Key = 0
) -> Response:
    dataset = require_dataset(session, name)
    total = counter_of(session, dataset.dataset_id, SCENES)
    is_filtered = asked != SceneFilter()
    count = scene_lists.count_scenes(session, dataset.dataset_id, asked) if is_filtered else total
    rows = scene_lists.list_scenes(
        session,
        dataset.dataset_id,
        asked,
        after=scene_lists.place_of(session, after) if after else "",
        limit=ROWS_A_PAGE,
        are_few=is_filtered and count <= scene_lists.COUNTED,
    )
    last = rows[-1].scene_id if len(rows) == ROWS_A_PAGE else None
    page = ScenesPage(
        name=dataset.name,
        asked=asked,
        found=_found(f"/datasets/{dataset.name}/scenes", query_of(asked), total, count, after, last),
        rows=rows,
        splits=SPLITS,
        pairs=PAIRS,
        boxes=BOXES,
        work=work_choices(viewer),
        shows_unusable="unusable" in work_choices(viewer),
    )
    return render(request, page)


@router.get("/datasets/{name}/drafts", name="drafts_page")
def drafts_page(
    request: Request, session: DbSession, viewer: CurrentViewer, name: Name, asked: AskedDrafts, after: Key = 0
) -> Response:
    dataset = require_dataset(session, name)
    version = rules_of(session, dataset.dataset_id).version
    total = counter_of(session, dataset.dataset_id, DRAFTS)
    rows, count = _drafts(session, dataset.dataset_id, asked, version, total, after)
    last = rows[-1].draft_id if len(rows) == ROWS_A_PAGE else None
    page = DraftsPage(
        name=dataset.name,
        asked=asked,
        found=_found(f"/datasets/{dataset.name}/drafts", query_of(asked), total, count, after, last),
        rows=rows,
        kinds=KIND_TITLES,
        question_types=QUESTION_TYPES,
        titles=TEXT_TITLES,
        drafters=draft_lists.list_drafters(session),
        origins=ORIGINS,
        shows_findings=not may_judge(viewer),
        rules=dict(sorted(count_findings(session, dataset.dataset_id, version).items())),
        severities=SEVERITIES,
        flags=FLAG_TITLES,
        states=STATES,
        tones=TONES,
    )
    return render(request, page)


def _drafts(
    session: Session, dataset_id: int, asked: DraftFilter, version: str, total: int, after: int
) -> tuple[Sequence[ListedDraft], int]:
    """A page, and how many match."""
    is_filtered = asked != DraftFilter()
    count = draft_lists.count_drafts(session, dataset_id, asked, version) if is_filtered else total
    place = draft_lists.place_of(session, after) if after else ("", 0)
    few = is_filtered and count <= draft_lists.COUNTED
    rows = draft_lists.list_drafts(session, dataset_id, asked, version, after=place, limit=ROWS_A_PAGE, are_few=few)
    return rows, count


def _found(address: str, asked: Mapping[str, object], total: int, count: int, after: int, last: int | None) -> Found:
    onward = f"{address}?{urlencode({**asked, 'after': last})}"
    return Found(
        total=total,
        count=min(count, draft_lists.COUNTED) if asked else count,
        has_more=bool(asked) and count > draft_lists.COUNTED,
        is_filtered=bool(asked),
        is_first=after == 0,
        first=f"{address}?{urlencode(asked)}" if asked else address,
        next=onward if last is not None else None,
    )
