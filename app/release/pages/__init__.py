"""Releases: the list, planning and freezing, exports, links to download, what changed. All works without JavaScript."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from app.release.pages import differences, downloads, links, listing, planning, release

router: Final = APIRouter()
for _pages in (listing, planning, release, links, differences, downloads):
    router.include_router(_pages.router)
