"""Whether the service is up, what it measures, and its interface's description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.routing import iter_route_contexts
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from app.db import migrate
from app.operations.queries import WorkSeries, database_revision, work_figures
from app.web.database import DbSession
from app.web.errors import answer
from app.web.rendering import render

router = APIRouter()


@router.get("/healthz", name="healthz", response_class=PlainTextResponse)
def healthz() -> str:
    """This process answers; says nothing of the database."""
    return "ok"


@router.get("/readyz", name="readyz", response_model=None)
def readyz(request: Request, session: DbSession) -> Any:
    """The database is reachable and at the version that this code needs."""
    found = database_revision(session)
    if found != migrate.head():
        sentence = f"The database is at version {found}, this program needs {migrate.head()}. Run `trihedral serve`."
        return answer(request, 503, sentence, "wrong_version")
    return {"ready": True, "version": found}


@router.get("/metrics", name="metrics", response_class=PlainTextResponse)
def metrics(session: DbSession) -> PlainTextResponse:
    """The state of the work in Prometheus' text format, counted in the database, so the same from every process."""
    registry = CollectorRegistry()
    registry.register(WorkSeries(work_figures(session)))
    return PlainTextResponse(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


@router.get("/openapi.json", name="openapi", include_in_schema=False)
def openapi(request: Request) -> dict[str, Any]:
    """The description of ``/api/v1``."""
    routes = [route for route in iter_route_contexts(request.app.routes) if (route.path or "").startswith("/api/")]
    return get_openapi(title="Trihedral", version="1", routes=routes)


@dataclass(frozen=True, slots=True)
class DocsPage:
    template: ClassVar[str] = "operations/docs.html"


@router.get("/docs", name="docs_page", include_in_schema=False)
def docs_page(request: Request) -> HTMLResponse:
    return render(request, DocsPage())
