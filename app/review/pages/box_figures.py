"""What reviewers said of a dataset's boxes, and whether boxes are judged first: for an admin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from app.intake.queries.box_policy import BoxPolicy, box_policy_of
from app.intake.workflow.box_policy import set_box_policy
from app.intake.workflow.running import require_dataset
from app.review.schemas.box_figures import figures_csv
from app.review.workflow.box_figures import JudgedFigures, SampleFigures, box_figures_of
from app.review.workflow.measuring import LEAST_SCENES, LEAST_VERDICTS
from app.web.database import DbSession
from app.web.rendering import render

router = APIRouter()

Name = Annotated[str, Path(max_length=200)]


@dataclass(frozen=True, slots=True)
class JudgedBoxesPage:
    template: ClassVar[str] = "review/judged_boxes.html"

    name: str
    policy: BoxPolicy
    figures: JudgedFigures
    samples: Sequence[tuple[str, Sequence[SampleFigures]]]
    """Of texts that the boxes accept, and of those that they reject, each with a title."""
    least_verdicts: int
    least_scenes: int


@router.get("/datasets/{name}/boxes-judged", name="judged_boxes_page")
def judged_boxes_page(request: Request, session: DbSession, name: Name) -> Response:
    dataset_id = require_dataset(session, name).dataset_id
    figures = box_figures_of(session, dataset_id)
    titled = (("accept", "The boxes bear the text out"), ("reject", "The boxes give another answer, or none"))
    page = JudgedBoxesPage(
        name=name,
        policy=box_policy_of(session, dataset_id),
        figures=figures,
        samples=[(title, own) for key, title in titled if (own := [s for s in figures.sample if s.follows == key])],
        least_verdicts=LEAST_VERDICTS,
        least_scenes=LEAST_SCENES,
    )
    return render(request, page)


@router.get("/datasets/{name}/boxes-judged.csv", name="download_judged_boxes")
def download_judged_boxes(session: DbSession, name: Name) -> Response:
    figures = box_figures_of(session, require_dataset(session, name).dataset_id)
    headers = {"Content-Disposition": f'attachment; filename="{name}-boxes.csv"', "Cache-Control": "no-store"}
    return Response(figures_csv(figures), media_type="text/csv", headers=headers)


@router.post("/datasets/{name}/boxes-judged", name="set_box_policy")
def set_policy(
    session: DbSession,
    name: Name,
    first: Annotated[str, Form(max_length=10)] = "",
    percent: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """A box that is not ticked is not sent."""
    set_box_policy(session, name, boxes_first=first == "yes", sample_percent=percent)
    return RedirectResponse(f"/datasets/{name}/boxes-judged", 303)
