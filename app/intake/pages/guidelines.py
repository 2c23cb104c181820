"""What an admin tells the reviewers of a dataset; written on the dataset's page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path
from fastapi.responses import RedirectResponse, Response

from app.intake.workflow.guidelines import set_guidelines
from app.web.database import DbSession

router = APIRouter()


@router.post("/datasets/{name}/guidelines", name="set_guidelines")
def set_guidelines_page(
    session: DbSession, name: Annotated[str, Path(max_length=200)], text: Annotated[str, Form()] = ""
) -> Response:
    set_guidelines(session, name, text)
    return RedirectResponse(f"/datasets/{name}#guidelines", 303)
