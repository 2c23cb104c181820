"""Datasets, their pairs and scenes, and runs: for an admin. A fixed number of queries a page."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from app.intake.pages import datasets, guidelines, pairs, runs, screening

router: Final = APIRouter()
for _pages in (datasets, guidelines, pairs, runs, screening):
    router.include_router(_pages.router)
