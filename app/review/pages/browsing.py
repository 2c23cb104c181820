"""The scenes and drafts of a dataset, filtered and searched: for leads. Works without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, ClassVar, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.db.errors import DomainError
from app.intake.queries.datasets import DRAFTS, SCENES
from app.intake.queries.findings import count_findings
from app.intake.workflow.rule_setting import rules_of
from app.intake.workflow.running import require_dataset
from app.review.pages.titles import FLAG_TITLES, STATES, TEXT_TITLES, TONES
from app.review.queries import draft_lists, scene_lists
from app.review.queries.counting import counter_of
from app.review.queries.draft_lists import DrafterName, DraftFilter, ListedDraft
from app.review.queries.scene_lists import ListedScene, SceneFilter
from app.web.database import DbSession
from app.web.rendering import render
from pipeline.vocabulary import FLAGS, KIND_TITLES, KINDS, ORIGINS, PAIR_STATES, QUESTION_TYPES, SEVERITIES, SPLITS

router = APIRouter()

ROWS_A_PAGE: Final = 50
LONGEST_WORDS: Final = 300

Name = Annotated[str, Path(max_length=200)]
Word = Annotated[str, Query(max_length=200)]
Words = Annotated[str, Query(max_length=LONGEST_WORDS)]
Key = Annotated[int, Query(ge=0, lt=2**63)]

BOXES: Final[Mapping[str, str]] = {"with": "with boxes", "without": "without boxes"}
WORK: Final[Mapping[str, str]] = {
    "open": "a packet is open",
    "unusable": "found unusable",
    "none": "in no packet",
}
PAIRS: Final[Mapping[str, str]] = {**{state: state for state in PAIR_STATES}, "none": "no optical image"}


class NoSuchChoiceError(DomainError):
    """A filter is set to what there is not."""

    code = "no_such_choice"


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
    rules: Mapping[str, int]
    """Findings by rule, under the rules as they are set now."""
    severities: Sequence[str]
    flags: Mapping[str, str]
    states: Mapping[str, str]
    tones: Mapping[str, str]


@router.get("/datasets/{name}/scenes", name="scenes_page")
def scenes_page(
    request: Request,
    session: DbSession,
    name: Name,
    split: Word = "",
    pair_state: Word = "",
    boxes: Word = "",
    category: Word = "",
    work: Word = "",
    search: Words = "",
    after: Key = 0,
) -> Response:
    dataset = require_dataset(session, name)
    asked = SceneFilter(
        split=_chosen("split", split, SPLITS),
        pair_state=_chosen("state of a pair", pair_state, PAIR_STATES),
        boxes=_chosen("choice of boxes", boxes, BOXES),
        category=_typed(category),
        work=_chosen("state of the work", work, WORK),
        name=_typed(search),
    )
    total = counter_of(session, dataset.dataset_id, SCENES)
    count = scene_lists.count_scenes(session, dataset.dataset_id, asked) if asked != SceneFilter() else total
    rows = scene_lists.list_scenes(
        session,
        dataset.dataset_id,
        asked,
        after=scene_lists.place_of(session, after) if after else "",
        limit=ROWS_A_PAGE,
        are_few=asked != SceneFilter() and count <= scene_lists.COUNTED,
    )
    query = asdict(asked)
    query["search"] = query.pop("name")
    last = rows[-1].scene_id if len(rows) == ROWS_A_PAGE else None
    page = ScenesPage(
        name=dataset.name,
        asked=asked,
        found=_found(f"/datasets/{dataset.name}/scenes", query, total, count, after, last),
        rows=rows,
        splits=SPLITS,
        pairs=PAIRS,
        boxes=BOXES,
        work=WORK,
    )
    return render(request, page)


@router.get("/datasets/{name}/drafts", name="drafts_page")
def drafts_page(
    request: Request,
    session: DbSession,
    name: Name,
    kind: Word = "",
    question_type: Word = "",
    drafter: Word = "",
    origin: Word = "",
    scene: Word = "",
    rule: Word = "",
    severity: Word = "",
    flag: Word = "",
    state: Word = "",
    search: Words = "",
    after: Key = 0,
) -> Response:
    dataset = require_dataset(session, name)
    version = rules_of(session, dataset.dataset_id).version
    asked = DraftFilter(
        kind=_chosen("kind", kind, KINDS),
        question_type=_chosen("question type", question_type, QUESTION_TYPES),
        drafter_id=_number("drafter", drafter),
        origin=_chosen("origin", origin, ORIGINS),
        scene_id=_number("scene", scene),
        rule=_typed(rule),
        severity=_chosen("severity", severity, SEVERITIES),
        flag=_chosen("flag", flag, FLAGS),
        state=_chosen("state of a draft", state, STATES),
        words=_typed(search),
    )
    total = counter_of(session, dataset.dataset_id, DRAFTS)
    rows, count = _drafts(session, dataset.dataset_id, asked, version, total, after)
    query = asdict(asked)
    for column, field in (("words", "search"), ("drafter_id", "drafter"), ("scene_id", "scene")):
        query[field] = query.pop(column)
    last = rows[-1].draft_id if len(rows) == ROWS_A_PAGE else None
    page = DraftsPage(
        name=dataset.name,
        asked=asked,
        found=_found(f"/datasets/{dataset.name}/drafts", query, total, count, after, last),
        rows=rows,
        kinds=KIND_TITLES,
        question_types=QUESTION_TYPES,
        titles=TEXT_TITLES,
        drafters=draft_lists.list_drafters(session),
        origins=ORIGINS,
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
    given = {name: value for name, value in asked.items() if value}
    onward = f"{address}?{urlencode({**given, 'after': last})}"
    return Found(
        total=total,
        count=min(count, draft_lists.COUNTED) if given else count,
        has_more=bool(given) and count > draft_lists.COUNTED,
        is_filtered=bool(given),
        is_first=after == 0,
        first=f"{address}?{urlencode(given)}" if given else address,
        next=onward if last is not None else None,
    )


def _chosen(what: str, given: str, choices: Iterable[str]) -> str:
    """One of the choices, or empty.

    Raises
    ------
    NoSuchChoiceError
    """
    listed = tuple(choices)
    if given and given not in listed:
        raise NoSuchChoiceError(f"There is no {what} {given[:40]!a}: choose from {', '.join(listed)}.")
    return given


def _number(what: str, given: str) -> int | None:
    """An id, or None where nothing is asked.

    Raises
    ------
    NoSuchChoiceError
    """
    if not given:
        return None
    if not given.isascii() or not given.isdecimal() or int(given) >= 2**63:
        raise NoSuchChoiceError(f"There is no {what} {given[:40]!a}: choose one from the list.")
    return int(given)


def _typed(given: str) -> str:
    """What somebody typed, without what no text in the database has."""
    return given.replace("\0", "").strip()
