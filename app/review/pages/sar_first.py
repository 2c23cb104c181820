"""What hindsight changed of verdicts from the SAR image alone, and the share of scenes judged so: for an admin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from app.intake.queries.sar_first import SarFirst, sar_first_of
from app.intake.workflow.running import require_dataset
from app.intake.workflow.sar_first import set_sar_first_share
from app.review.schemas.sar_first import hindsight_csv
from app.review.workflow.measuring import LEAST_SCENES, LEAST_VERDICTS
from app.review.workflow.sar_first_figures import Hindsight, hindsight_of, kept_hindsight
from app.web.database import DbSession
from app.web.rendering import render
from pipeline.vocabulary import VERDICTS

router = APIRouter()

Name = Annotated[str, Path(max_length=200)]


@dataclass(frozen=True, slots=True)
class SarFirstPage:
    template: ClassVar[str] = "review/sar_first.html"

    name: str
    policy: SarFirst
    hindsight: Hindsight | None
    """None while a large dataset is counted for the first time."""
    verdicts: Sequence[str]
    least_verdicts: int
    least_scenes: int


@router.get("/datasets/{name}/sar-first", name="sar_first_page")
def sar_first_page(request: Request, session: DbSession, name: Name) -> Response:
    dataset_id = require_dataset(session, name).dataset_id
    page = SarFirstPage(
        name=name,
        policy=sar_first_of(session, dataset_id),
        hindsight=kept_hindsight(session, name, dataset_id),
        verdicts=VERDICTS,
        least_verdicts=LEAST_VERDICTS,
        least_scenes=LEAST_SCENES,
    )
    return render(request, page)


@router.get("/datasets/{name}/sar-first.csv", name="download_sar_first")
def download_sar_first(session: DbSession, name: Name) -> Response:
    hindsight = hindsight_of(session, require_dataset(session, name).dataset_id)
    headers = {"Content-Disposition": f'attachment; filename="{name}-sar-first.csv"', "Cache-Control": "no-store"}
    return Response(hindsight_csv(hindsight), media_type="text/csv", headers=headers)


@router.post("/datasets/{name}/sar-first", name="set_sar_first_share")
def set_share(session: DbSession, name: Name, percent: Annotated[str, Form(max_length=40)] = "") -> Response:
    set_sar_first_share(session, name, percent)
    return RedirectResponse(f"/datasets/{name}/sar-first", 303)
