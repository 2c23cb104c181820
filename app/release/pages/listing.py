"""All releases, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.release import workflow
from app.release.queries.plans import PlanRow
from app.release.queries.releases import ReleaseRow
from app.release.workflow import planning
from app.web.database import DbSession
from app.web.rendering import render

router = APIRouter()

PER_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class ReleasesPage:
    template: ClassVar[str] = "release/releases.html"

    releases: Sequence[ReleaseRow]
    name: str
    """The one name that is asked for; empty: all."""
    plans: Sequence[PlanRow]
    """What workers are counting or freezing."""
    older: int | None
    is_first: bool
    has_datasets: bool


@router.get("/releases", name="releases_page")
def releases_page(
    request: Request,
    session: DbSession,
    before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    name: Annotated[str, Query(max_length=63)] = "",
) -> Response:
    asked = name.replace("\0", "").strip()
    releases = workflow.list_releases(session, before, PER_PAGE, asked)
    page = ReleasesPage(
        releases=releases,
        name=asked,
        plans=planning.list_open_plans(session),
        older=releases[-1].release_id if len(releases) == PER_PAGE else None,
        is_first=before is None,
        has_datasets=bool(workflow.list_dataset_names(session)),
    )
    return render(request, page)
