"""The pages of adjudication: what waits, one packet, figures, notes of reviewers; and a reviewer's comments."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from app.adjudication.pages import comments, deciding, figures, notes, waiting

router: Final = APIRouter()
# The page of a packet last: its address would take those of the others for a packet's number.
for _pages in (waiting, notes, figures, comments, deciding):
    router.include_router(_pages.router)
