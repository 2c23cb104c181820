"""From two real folders to a verified benchmark: import, draft, review by keyboard, release, export; with kills."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

TRIHEDRAL = Path(sys.executable).parent / "trihedral"
PACKETS = 10
REVISED = "A text that the reviewer wrote anew"

pytestmark = pytest.mark.browser


@dataclass
class House:
    """A data folder with a command line and, at times, a server."""

    data: Path
    port: int

    def run(self, *arguments: str | Path) -> str:
        command = [TRIHEDRAL, "--data", self.data, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment(), timeout=240)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TRIHEDRAL_", "DATABASE_"))}
        return kept | {"TRIHEDRAL_WEB": "1"}

    @contextmanager
    def serving(self) -> Iterator[subprocess.Popen[str]]:
        command = [TRIHEDRAL, "--data", self.data, "serve", "--port", str(self.port)]
        server = subprocess.Popen(command, text=True, env=self.environment())
        try:
            self.wait_until_ready()
            yield server
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)

    def wait_until_ready(self) -> None:
        for _ in range(300):
            with suppress(OSError), urlopen(f"{self.base}/readyz") as answer:
                assert answer.status == 200
                return
            time.sleep(0.2)
        raise AssertionError("the server did not become ready within a minute")

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def house(data_folder: Path) -> House:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return House(data_folder, probe.getsockname()[1])


def replies(folder: Path, scene: str) -> Path:
    """Captions as a model would give them for the one pair: a right one, and one with a colour and a vague count."""
    texts = {
        "concise_caption": "A river winds through flat farmland.",
        "complex_caption": "A brown river winds through several green fields beside a road.",
    }
    lines = [{"scene": scene, "kind": kind, "content": json.dumps({"caption": text})} for kind, text in texts.items()]
    folder.mkdir()
    (folder / "replies.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return folder


def prepare(house: House, shared_data: Path, tmp_path: Path) -> str:
    """Both real folders in, drafted and screened; gives the reviewer's password."""
    house.run(
        "dataset", "import", "coco", shared_data / "sardet100k", "--name", "sardet", "--labelled", "ship,aircraft"
    )
    house.run("dataset", "import", "paired", shared_data / "paired", "--name", "pairs", "--unit", "relative_db")
    house.run("draft", "sardet", "--corpus", "--per-scene", "6")
    replay = replies(tmp_path / "replay", "sar/Spain_7370579.tif")
    house.run("draft", "pairs", "--captions", "concise,complex", "--replay", replay)
    for name in ("sardet", "pairs"):
        house.run("screen", name)
    added = json.loads(house.run("user", "add", "expert@example.org", "--role", "reviewer", "--json"))
    return str(added["password"])


def log_in(page: Page, house: House, password: str) -> None:
    page.goto(f"{house.base}/login")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type("expert@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible(timeout=30_000)


@dataclass(frozen=True)
class Clicked:
    """What the keyboard said of one draft."""

    verdict: str
    flags: tuple[str, ...] = ()
    revised: str | None = None


def judge(page: Page, number: int) -> Clicked:
    """One verdict by key, of a kind that depends on the number, so that all kinds are met."""
    kind = ("accept", "accept", "revise", "reject", "accept", "reject")[number % 6]
    if kind == "accept":
        page.keyboard.press("a")
        return Clicked("accept")
    if kind == "reject":
        page.keyboard.press("2")
        page.keyboard.press("x")
        return Clicked("reject", ("wrong_statement",))
    page.keyboard.press("e")
    wording = f"{REVISED}, number {number}"
    page.keyboard.press("Control+a")
    page.keyboard.type(wording)
    page.keyboard.press("Enter")
    return Clicked("revise", (), wording)


def review_packet(page: Page, clicked: dict[int, Clicked]) -> int:
    """Every draft of the packet that is open, by keyboard; gives the last draft's id."""
    draft_id = 0
    while page.locator('[data-slot="submit"]').inner_text() != "Submit and next":
        focused = page.locator(".focused")
        draft_id = int(focused.get_attribute("data-draft") or 0)
        assert draft_id not in clicked, "the same draft twice"
        clicked[draft_id] = judge(page, len(clicked))
        page.wait_for_function(
            "([id]) => document.querySelector('.focused')?.dataset.draft !== id"
            " || document.querySelector('[data-slot=submit]').textContent === 'Submit and next'",
            arg=[str(draft_id)],
        )
    return draft_id


def submit(page: Page, clicked: dict[int, Clicked]) -> None:
    page.keyboard.press("Enter")
    page.wait_for_function(
        "known => (open => open && !known.includes(open.dataset.draft))(document.querySelector('.focused'))",
        arg=[str(number) for number in clicked],
    )


def kill_web(server: subprocess.Popen[str]) -> None:
    """``kill -9`` of every process that ``serve`` supervises but the database."""
    for child in psutil.Process(server.pid).children(recursive=True):
        # Some are short-lived: one may be gone before it is asked what it is.
        with suppress(psutil.NoSuchProcess):
            if "web_process" in " ".join(child.cmdline()):
                child.kill()


def wait_until_saved(page: Page) -> None:
    expect(page.locator('[data-slot="save"]')).to_have_attribute("data-state", "saved", timeout=30_000)


def test_what_was_clicked_is_what_is_released(
    house: House, shared_data: Path, tmp_path: Path, browser: Browser
) -> None:
    password = prepare(house, shared_data, tmp_path)
    page = browser.new_page()
    clicked: dict[int, Clicked] = {}
    with house.serving() as server:
        log_in(page, house, password)
        page.goto(f"{house.base}/review")
        for number in range(4):
            page.locator(".focused").wait_for()
            review_packet(page, clicked)
            if number == 2:
                kill_web(server)
            submit(page, clicked)
        page.keyboard.press("a")
        last = int(page.locator(".focused").get_attribute("data-draft") or 0)
        wait_until_saved(page)
        server.kill()
        server.wait()
    time.sleep(0.5)
    with house.serving():
        page.reload()
        page.locator(".focused").wait_for(timeout=30_000)
        assert last, "the verdict before the kill is kept"
        for number in range(4, PACKETS):
            review_open_packet(page, clicked)
            if number < PACKETS - 1:
                submit(page, clicked)
            else:
                page.keyboard.press("Enter")
        wait_until_saved(page)
    said = json.loads(house.run("release", "create", "story", "--dataset", "sardet", "--dataset", "pairs", "--json"))
    folder = tmp_path / "story"
    house.run("release", "export", said["release"], "--out", folder)
    house.run("release", "verify", folder)
    check_export(folder, clicked, said["texts"])


def review_open_packet(page: Page, clicked: dict[int, Clicked]) -> None:
    """As ``review_packet``, where a first verdict may have been kept from before a kill: it was an accept."""
    kept = page.locator(".draft-row:has(.glyph[data-verdict=accept])")
    for row in kept.all():
        clicked.setdefault(int(row.get_attribute("data-draft") or 0), Clicked("accept"))
    review_packet(page, clicked)


def check_export(folder: Path, clicked: dict[int, Clicked], texts: int) -> None:
    entries = [json.loads(line) for line in (folder / "texts.jsonl").read_text().splitlines()]
    verified = [said for said in clicked.values() if said.verdict in {"accept", "revise"}]
    assert len(entries) == texts == len(verified)
    wordings = {said.revised for said in clicked.values() if said.revised}
    texts_out = [entry.get("caption") or entry["question"] for entry in entries]
    assert {text for text in texts_out if text.startswith(REVISED)} == wordings
    assert all(len(entry["verdicts"]) == 1 for entry in entries)
