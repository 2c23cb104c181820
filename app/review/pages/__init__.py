"""The pages of reviewing: for reviewers their queue and desk, for an admin what their verdicts tell of the rules."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from app.review.pages import (
    box_figures,
    browsing,
    history,
    holds,
    measuring,
    overview,
    own_figures,
    policy,
    pools,
    reviewing,
    sar_first,
)

router: Final = APIRouter()
for _pages in (
    reviewing,
    own_figures,
    measuring,
    sar_first,
    box_figures,
    browsing,
    history,
    overview,
    holds,
    pools,
    policy,
):
    router.include_router(_pages.router)
