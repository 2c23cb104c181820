"""The pairs of a dataset, one scene with its pair, and what an admin decides about them. Works without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.intake.pages.facts import Facts, facts_of, registration_facts
from app.intake.queries import grouping, pairs, viewing
from app.intake.queries.grouping import Sibling
from app.intake.queries.pairs import Pair, PairCount
from app.intake.queries.sar_first import is_optical_kept_back
from app.intake.views import box_views, scene_view, without_optical
from app.intake.workflow.pairs import (
    DECISIONS,
    STATES,
    NoSuchSceneError,
    check_decision,
    check_states,
    decide_pair,
    decide_pairs,
    find_pair,
    set_held_pairs,
)
from app.intake.workflow.running import require_dataset
from app.web.database import DbSession
from app.web.guard import CurrentViewer
from app.web.policy import REVIEWERS
from app.web.rendering import render

router = APIRouter()

PAIRS_A_PAGE: Final = 50

Name = Annotated[str, Path(max_length=200)]
SceneId = Annotated[int, Path(ge=1, lt=2**63)]


@dataclass(frozen=True, slots=True)
class PairsPage:
    template: ClassVar[str] = "intake/pairs.html"

    name: str
    counts: Sequence[PairCount]
    states: Mapping[str, str]
    decisions: Mapping[str, str]
    state: str
    """The one that is listed; empty: all."""
    rows: Sequence[tuple[Pair, Mapping[str, str]]]
    after: str | None
    is_first: bool
    held: Sequence[str]


@dataclass(frozen=True, slots=True)
class PairsConfirmPage:
    template: ClassVar[str] = "intake/pairs_confirm.html"

    name: str
    state: str
    decision: str
    words: str
    undecided: int
    all_of_them: int


@dataclass(frozen=True, slots=True)
class ScenePage:
    template: ClassVar[str] = "intake/scene.html"

    dataset: str
    scene_id: int
    scene: str
    view: Mapping[str, Any]
    """For the viewer: ``{"scene", "boxes"}`` as a packet has them."""
    state: str
    state_text: str
    decision: str | None
    decisions: Mapping[str, str]
    is_held: bool
    is_optical_hidden: bool
    """From a reader who may still be handed a packet of it that is judged from the SAR image first."""
    drafts: int
    packets: int
    groups: Sequence[Facts]
    siblings: Sequence[Sibling]
    is_settled: bool
    next_id: int | None


@router.get("/datasets/{name}/pairs", name="pairs_page")
def pairs_page(
    request: Request,
    session: DbSession,
    name: Name,
    state: Annotated[str, Query(max_length=20)] = "",
    after: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    dataset = require_dataset(session, name)
    if state:
        check_states([state])
    key = _key(after)
    listed = pairs.list_pairs(
        session, dataset.dataset_id, [state] if state else list(STATES), after=key, limit=PAIRS_A_PAGE
    )
    page = PairsPage(
        name=dataset.name,
        counts=_in_order(pairs.count_pairs(session, dataset.dataset_id)),
        states=STATES,
        decisions=DECISIONS,
        state=state,
        rows=[(pair, registration_facts(pair.registration)) for pair in listed],
        after=f"{listed[-1].state}-{listed[-1].scene_id}" if len(listed) == PAIRS_A_PAGE else None,
        is_first=key == ("", 0),
        held=pairs.held_pairs(session, dataset.dataset_id),
    )
    return render(request, page)


@router.post("/datasets/{name}/pairs/policy", name="set_pairs_policy")
def set_policy(session: DbSession, name: Name, held: Annotated[list[str] | None, Form()] = None) -> Response:
    set_held_pairs(session, name, held or [])
    return RedirectResponse(f"/datasets/{name}/pairs", 303)


@router.post("/datasets/{name}/pairs", name="decide_pairs")
def decide_all(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    name: Name,
    state: Annotated[str, Form()] = "",
    decision: Annotated[str, Form()] = "",
    step: Annotated[str, Form()] = "ask",
) -> Response:
    """First asks, with the counts; then decides on the undecided ones (``step=undecided``) or on all (``all``)."""
    if step in {"undecided", "all"}:
        decide_pairs(session, name, state, decision, viewer.pseudonym, also_decided=step == "all")
        return RedirectResponse(f"/datasets/{name}/pairs?state={state}", 303)
    dataset = require_dataset(session, name)
    check_states([state])
    check_decision(decision)
    undecided, all_of_them = _count(session, dataset.dataset_id, state, decision)
    page = PairsConfirmPage(dataset.name, state, decision, DECISIONS[decision], undecided, all_of_them)
    return render(request, page)


@router.get("/datasets/{name}/scenes/{scene_id}", name="scene_page")
def scene_page(request: Request, session: DbSession, viewer: CurrentViewer, name: Name, scene_id: SceneId) -> Response:
    facts = find_pair(session, name, scene_id)
    found = viewing.scene_rows(session, name, scene_id, viewer.pseudonym)
    if found is None:
        raise NoSuchSceneError(f"The dataset {name[:80]!r} has no scene {scene_id}.", scene_id=scene_id)
    row = found.scene
    shown = scene_view(row, request.app.state.asset_signer, viewer.pseudonym)
    is_hidden = bool(viewer.roles & REVIEWERS) and is_optical_kept_back(session, scene_id, viewer.pseudonym)
    page = ScenePage(
        dataset=row["dataset"],
        scene_id=scene_id,
        scene=row["name"],
        view={
            "dataset": {"name": row["dataset"]},
            "scene": (without_optical(shown) if is_hidden else shown).model_dump(mode="json"),
            "boxes": [box.model_dump() for box in box_views(found.boxes)],
            "viewer_settings": row["viewer_settings"],
        },
        state=row["pair_state"],
        state_text=STATES.get(row["pair_state"], "no optical image"),
        decision=row["pair_decision"],
        decisions=_possible(has_offset=facts.has_offset) if row["pair_state"] != "none" else {},
        is_held=row["is_held"],
        is_optical_hidden=is_hidden,
        drafts=row["drafts"],
        packets=row["packets"],
        groups=facts_of(row),
        siblings=grouping.same_ground(session, scene_id),
        is_settled=row["is_grouped"],
        next_id=pairs.scene_after(session, facts),
    )
    return render(request, page)


@router.post("/datasets/{name}/scenes/{scene_id}/pair", name="decide_pair")
def decide_one(
    session: DbSession,
    viewer: CurrentViewer,
    name: Name,
    scene_id: SceneId,
    decision: Annotated[str, Form()] = "",
    go_on: Annotated[str, Form()] = "",
) -> Response:
    """Decide, and look at the next scene in the same state where that is asked and there is one."""
    decide_pair(session, name, scene_id, decision, viewer.pseudonym)
    following = pairs.scene_after(session, find_pair(session, name, scene_id)) if go_on else None
    return RedirectResponse(f"/datasets/{name}/scenes/{following or scene_id}", 303)


def _count(session: DbSession, dataset_id: int, state: str, decision: str) -> tuple[int, int]:
    """How many would be decided on: of those that are undecided, and of all."""
    undecided, of_all = (
        pairs.count_decidable(session, dataset_id, state, decision, also_decided=also) for also in (False, True)
    )
    return undecided, of_all


def _key(after: str) -> tuple[str, int]:
    """The key behind which a page begins; anything else begins at the front."""
    state, _, scene_id = after.partition("-")
    if state not in STATES or not scene_id.isdecimal() or int(scene_id) >= 2**63:
        return "", 0
    return state, int(scene_id)


def _in_order(counts: Sequence[PairCount]) -> list[PairCount]:
    """The most doubtful first; scenes without optical image last."""
    order = [*STATES, "none"]
    return sorted(counts, key=lambda count: order.index(count.state))


def _possible(*, has_offset: bool) -> dict[str, str]:
    return {decision: words for decision, words in DECISIONS.items() if has_offset or decision != "use_shifted"}
