"""The real application, of which a test run works out only once what its endpoints want."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.routing import BaseRoute

from app.main import create_app
from app.settings import Settings

_routers: list[BaseRoute] = []


def make_application(settings: Settings) -> FastAPI:
    """The application of these settings.

    FastAPI looks at every endpoint of an included router at the first request of an application: a fifth of a second,
    and the same for all of them, since what differs is found at the request's own application. The routers of the
    first one serve for the later ones too.
    """
    application = create_app(settings)
    included = [place for place, route in enumerate(application.routes) if hasattr(route, "original_router")]
    if not _routers:
        _routers.extend(application.routes[place] for place in included)
    for place, router in zip(included, _routers, strict=True):
        application.routes[place] = router
    return application
