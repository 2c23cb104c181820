"""What first verdicts tell of the rules of screening, and the share of packets that gather them: for an admin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.intake.queries.hiding import Hiding, hiding_of
from app.intake.workflow.hiding import set_hidden_share, share_of_percent
from app.intake.workflow.running import require_dataset
from app.review.schemas.measured import measured_csv
from app.review.workflow.measuring import (
    ERRORS_ACCEPTED,
    LEAST_SCENES,
    LEAST_VERDICTS,
    Measured,
    measured_rules,
)
from app.web.database import DbSession
from app.web.rendering import render

router = APIRouter()

FLAG_TITLES: Final[Mapping[str, str]] = {"wrong_statement": "wrong", "not_visible_in_sar": "not in SAR"}
"""As reviewers read them, where that is not the flag's own name."""

Name = Annotated[str, Path(max_length=200)]
Version = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class MeasuredRulesPage:
    template: ClassVar[str] = "review/measured_rules.html"

    name: str
    hiding: Hiding
    measured: Measured
    least_verdicts: int
    least_scenes: int
    errors_accepted: float
    flag_titles: Mapping[str, str]


@router.get("/datasets/{name}/rules-measured", name="measured_rules_page")
def measured_rules_page(request: Request, session: DbSession, name: Name, version: Version = "") -> Response:
    dataset_id, measured = _measured(session, name, version)
    page = MeasuredRulesPage(
        name=name,
        hiding=hiding_of(session, dataset_id),
        measured=measured,
        least_verdicts=LEAST_VERDICTS,
        least_scenes=LEAST_SCENES,
        errors_accepted=ERRORS_ACCEPTED,
        flag_titles=FLAG_TITLES,
    )
    return render(request, page)


@router.get("/datasets/{name}/rules-measured.csv", name="download_measured_rules")
def download_measured_rules(session: DbSession, name: Name, version: Version = "") -> Response:
    _, measured = _measured(session, name, version)
    headers = {"Content-Disposition": f'attachment; filename="{name}-rules.csv"', "Cache-Control": "no-store"}
    return Response(measured_csv(measured), media_type="text/csv", headers=headers)


@router.post("/datasets/{name}/rules-measured", name="set_hidden_share")
def set_share(session: DbSession, name: Name, percent: Annotated[str, Form(max_length=40)] = "") -> Response:
    set_hidden_share(session, name, share_of_percent(percent))
    return RedirectResponse(f"/datasets/{name}/rules-measured", 303)


def _measured(session: Session, name: str, version: str) -> tuple[int, Measured]:
    dataset_id = require_dataset(session, name).dataset_id
    return dataset_id, measured_rules(session, dataset_id, version.replace("\0", "") or None)
