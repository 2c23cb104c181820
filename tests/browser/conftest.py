"""A real Chromium against the real application on a real database, with two small scenes to review."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from app.assets import AssetStore
from app.db import make_engine, make_sessionmaker
from app.settings import Settings
from app.web.guard import SESSION_COOKIE
from tests.applications import make_application
from tests.browser.made_scenes import DATASET, EMAIL, PASSWORD, add_scenes
from tests.conftest import REPOSITORY, copied_database, url_of

# Drawing without a graphics card keeps both processors busy; a slow answer is no wrong one.
expect.set_options(timeout=20_000)

FLAGS = (
    "--no-sandbox",
    # WebGL without a graphics card, in software; what is around the images is drawn without a detour over it.
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium: the one of ``TRIHEDRAL_CHROMIUM``, else the system's.

    One a file, not one a run: while it is open an event loop runs in this thread, in which no other test could run
    one of its own.
    """
    found = os.environ.get("TRIHEDRAL_CHROMIUM") or shutil.which("chromium")
    if not found:
        pytest.fail("Chromium is not installed: apt-get install chromium, or set TRIHEDRAL_CHROMIUM to one.")
    if not (REPOSITORY / "static/vendor/ol/ol.js").is_file():
        pytest.fail("The browser code is not in static/vendor: run `make setup`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass(frozen=True)
class MadeDatabase:
    """A database with packets, from which each test's is copied, and the store of its images."""

    name: str
    assets: Path
    session_token: str


@pytest.fixture(scope="session")
def made_database(server_url: str, template_database: str) -> Iterator[MadeDatabase]:
    name = f"made_{os.getpid()}"
    with psycopg.connect(url_of(server_url, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template {template_database}")
    with tempfile.TemporaryDirectory(prefix="trihedral-") as folder:
        root = Path(folder)
        (root / "source").mkdir()
        engine = make_engine(url_of(server_url, name))
        token = add_scenes(make_sessionmaker(engine), AssetStore(root / "assets"), root / "source")
        engine.dispose()
        yield MadeDatabase(name, root / "assets", token)


@pytest.fixture
def database_url(server_url: str, made_database: MadeDatabase) -> Iterator[str]:
    """A database of this test's own, with packets in it."""
    with copied_database(server_url, made_database.name) as url:
        yield url


@pytest.fixture
def site(database_url: str, made_database: MadeDatabase, tmp_path: Path) -> Iterator[str]:
    """The address of the running application."""
    settings = Settings.from_environment(
        {
            "DATABASE_URL": database_url,
            "TRIHEDRAL_DATA": str(tmp_path / "data"),
            "TRIHEDRAL_ASSETS_URL": str(made_database.assets),
            "TRIHEDRAL_SECRET": "s" * 43,
        }
    )
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(make_application(settings), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@dataclass
class Sitting:
    """A reviewer in front of a browser; ``faults`` is what the page complained about."""

    context: BrowserContext
    page: Page
    site: str
    faults: list[str] = field(default_factory=list)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def open(self, path: str = f"/review?dataset={DATASET}") -> None:
        self.page.goto(self.site + path)
        self.page.locator(".focused").wait_for()

    def log_in(self) -> None:
        self.page.goto(f"{self.site}/login")
        self.page.locator("input[name=email]").fill(EMAIL)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("main button[type=submit]").click()
        self.page.wait_for_url("**/queue")

    def wait_until_saved(self) -> None:
        self.page.locator('[data-slot="save"][data-state="saved"]').wait_for()

    def wait_for_images(self) -> None:
        """Until the viewer has drawn: the readout then answers, and the middle of the SAR panel is not black."""
        self.page.locator('[data-panel="sar"] canvas').first.wait_for()
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(300)

    def glyphs(self) -> list[str]:
        return self.page.locator(".draft-row .glyph").all_inner_texts()


def watch(sitting: Sitting) -> None:
    """Gather errors of the console and the page, and violations of the content security policy."""
    sitting.page.on("console", lambda said: said.type == "error" and sitting.faults.append(said.text))
    sitting.page.on("pageerror", lambda error: sitting.faults.append(str(error)))
    sitting.page.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"
    )


@pytest.fixture
def sitting(
    site: str, browser: Browser, made_database: MadeDatabase, context_options: dict[str, Any]
) -> Iterator[Sitting]:
    """A reviewer, logged in."""
    context = browser.new_context(viewport={"width": 1100, "height": 720}, **context_options)
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": SESSION_COOKIE, "value": made_database.session_token, "url": site}])
    sitting = Sitting(context, context.new_page(), site)
    watch(sitting)
    yield sitting
    context.close()


@pytest.fixture
def context_options() -> dict[str, Any]:
    """Overridden by tests that need another kind of browser context."""
    return {}
