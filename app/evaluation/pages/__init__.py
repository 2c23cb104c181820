"""The pages of evaluations. All work without JavaScript; the images of answers ask for it."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from app.evaluation.pages import answers, evaluation, leaderboard, listing, uploading

router: Final = APIRouter()
for _pages in (listing, uploading, leaderboard, evaluation, answers):
    router.include_router(_pages.router)
