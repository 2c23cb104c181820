"""The page of one packet whose reviews differ; its script decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from app.adjudication.pages.choosing import ChosenFilters
from app.adjudication.queries.packets import differing_packet
from app.adjudication.queries.waiting import next_packet
from app.adjudication.schemas.views import adjudication_view
from app.adjudication.workflow.differing import differing_of, require_stranger
from app.adjudication.workflow.sides import Blind
from app.review.queries.reviewer_settings import read_settings
from app.web.database import DbSession
from app.web.guard import CurrentViewer
from app.web.rendering import render

router = APIRouter()


@dataclass(frozen=True, slots=True)
class DecidingPage:
    template: ClassVar[str] = "adjudication/deciding.html"

    scene: str
    dataset: str
    view: dict[str, Any]
    """What the script shows: see :class:`app.adjudication.schemas.views.AdjudicationView`."""
    may_decide: bool
    list_address: str


@router.get("/adjudication/{packet_id}", name="deciding_page")
def deciding_page(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    chosen: ChosenFilters,
    packet_id: Annotated[int, Path(ge=1, lt=2**63)],
    after: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> Response:
    """The sides without who took them. To an admin who does not adjudicate it is only to be read."""
    require_stranger(session, packet_id, viewer.pseudonym)
    packet = differing_packet(session, packet_id, viewer.pseudonym)
    may_decide = "adjudicator" in viewer.roles
    behind = packet.drafts[0]["draft_id"] if packet.drafts else after
    next_id = next_packet(session, viewer.pseudonym, chosen.filters(session), packet_id, behind) if may_decide else None
    list_address = f"/adjudication{chosen.query()}"
    view = adjudication_view(
        packet,
        differing_of(packet.said, Blind(request.app.state.secret, viewer.pseudonym, packet_id)),
        request.app.state.asset_signer,
        viewer.pseudonym,
        may_decide=may_decide,
        next_address="" if next_id is None else f"/adjudication/{next_id}{chosen.query(after=behind)}",
        list_address=list_address,
        keys=read_settings(session, viewer.pseudonym).get("keys") or {},
    )
    page = DecidingPage(
        scene=packet.scene["name"],
        dataset=packet.scene["dataset_name"],
        view=view.model_dump(mode="json"),
        may_decide=may_decide,
        list_address=list_address,
    )
    return render(request, page)
