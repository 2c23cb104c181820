"""The JSON API of evaluations."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

router: Final = APIRouter(prefix="/api/v1", tags=["evaluation"])
