"""Where all meets: the web application, made from settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from fastapi import Depends, FastAPI

from app.accounts import pages as accounts_pages
from app.accounts.workflow import find_viewer
from app.adjudication import api as adjudication_api
from app.adjudication import pages as adjudication_pages
from app.adjudication.workflow import AdjudicationConfig
from app.assets import api as assets_api
from app.db import make_engine, make_sessionmaker
from app.evaluation import api as evaluation_api
from app.evaluation import pages as evaluation_pages
from app.intake import api as intake_api
from app.intake import pages as intake_pages
from app.operations import api as operations_api
from app.quiz import api as quiz_api
from app.quiz import pages as quiz_pages
from app.release import api as release_api
from app.release import pages as release_pages
from app.review import api as review_api
from app.review import pages as review_pages
from app.review.workflow import ReviewConfig
from app.settings import Settings
from app.web import errors
from app.web.body_limit import BodyLimit
from app.web.database import session_slots
from app.web.guard import guard
from app.web.headers import Headers
from app.web.rendering import make_environment
from app.web.signing import AssetSigner
from app.web.static import build_of, static_files

ROOT: Final = Path(__file__).parent.parent
PAGES: Final = (
    accounts_pages,
    intake_pages,
    review_pages,
    adjudication_pages,
    release_pages,
    quiz_pages,
    evaluation_pages,
)
INTERFACES: Final = (
    assets_api,
    intake_api,
    review_api,
    adjudication_api,
    release_api,
    quiz_api,
    evaluation_api,
    operations_api,
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application. Without settings they are read from the environment, as the web processes do."""
    settings = settings or Settings.from_environment()
    application = FastAPI(
        title="Trihedral",
        dependencies=[Depends(guard, scope="function")],
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    fill_state(application, settings)
    errors.install(application)
    for pages in PAGES:
        application.include_router(pages.router, include_in_schema=False)
    for interface in INTERFACES:
        application.include_router(interface.router)
    application.mount(application.state.static_prefix, static_files(ROOT / "static"), name="static")
    application.add_middleware(BodyLimit)
    # Added last, so outermost: refused bodies have the headers too.
    application.add_middleware(Headers)
    return application


def fill_state(application: FastAPI, settings: Settings) -> None:
    """What endpoints find under ``request.app.state``; nothing else there is read by anybody."""
    state = application.state
    state.engine = make_engine(settings.require_database_url(), application_name="trihedral-web")
    state.sessions = make_sessionmaker(state.engine)
    state.session_slots = session_slots()
    state.secret = settings.secret
    state.secure_cookies = settings.secure_cookies
    state.find_viewer = find_viewer
    state.asset_signer = AssetSigner(settings.secret)
    state.assets_url = settings.assets_url
    state.templates = make_environment(ROOT / "templates")
    state.static_prefix = f"/static/{build_of(ROOT / 'static')}"
    state.review_config = ReviewConfig()
    state.adjudication_config = AdjudicationConfig()


@asynccontextmanager
async def lifespan(application: FastAPI) -> AsyncIterator[None]:
    yield
    application.state.engine.dispose()
