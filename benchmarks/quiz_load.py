"""Many people take a quiz at once: does anybody get a second try, or lose an answer, and how long do they wait?

    python -m benchmarks.quiz_load [--people 200] [--questions 10] [--web 2] [--pause S]

Starts `trihedral serve` on a data folder of its own with an open quiz, and lets all people in by one link, at once.
Each behaves as a browser does: consent, pictures, an answer to each question, with a pause between them as long as
asked for (0: as fast as they can). Every third answer is sent twice, as after a lost connection; after every fifth
another one is tried, as from a second tab. At the end each first answer that was acknowledged must be in the database
as it was sent, nobody may be there twice, and the link must have let in exactly as many as there are. Ends with 1
where that is not so.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.assets.store import AssetStore
from app.db import embedded, make_engine, make_sessionmaker, transaction
from benchmarks.submit_load import serving
from tests.app.quiz.opened import invitation, open_quiz

TIMEOUT_S = 120
_ANSWERS = """
select array_agg(position order by position), array_agg(answer order by position)
from participant_question group by participant_id
"""


@dataclass(frozen=True)
class Plan:
    people: int = 200
    questions: int = 10
    web: int = 2
    pause_s: float = 1.0


@dataclass
class Result:
    """What was measured, and what was wrong."""

    seconds: float = 0.0
    waits: dict[str, list[float]] = field(default_factory=dict)
    """Seconds by what was asked for."""
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{len(self.waits.get('consent', ())):,} people in {self.seconds:.1f} s"]
        for what, waits in sorted(self.waits.items()):
            ranked = sorted(waits)
            p50, p95 = ranked[len(ranked) // 2], ranked[int(len(ranked) * 0.95)]
            lines.append(f"{what:8} {len(ranked):6,} times   p50 {p50 * 1e3:7.1f} ms   p95 {p95 * 1e3:7.1f} ms")
        return "\n".join([*lines, *(f"FAULT {fault}" for fault in self.faults)])


@dataclass(frozen=True)
class Kept:
    """What is in the database afterwards."""

    participants: int
    uses: int
    answers: list[tuple[tuple[int, str], ...]]
    """Of each participant, by position."""


class Taker:
    """One person with a browser."""

    def __init__(self, address: str, number: int, pause_s: float) -> None:
        self.client = httpx2.Client(base_url=address, timeout=TIMEOUT_S)
        self.number = number
        self.pause_s = pause_s
        self.given: dict[int, str] = {}
        self.waits: list[tuple[str, float]] = []
        self.faults: list[str] = []

    def take(self, link: str, begin: threading.Barrier) -> None:
        begin.wait(TIMEOUT_S)
        page = self._get("consent", link)
        form = {"form_id": _found(r'name="form_id" value="([^"]+)"', page), "agrees": "true"}
        self._post("enter", link, page, **form)
        self._post("enter", link, page, **form)
        page = self._get("page", "/quiz")
        self._post("show", "/quiz/next", page)
        while True:
            page = self._get("page", "/quiz")
            position = re.search(r'action="/quiz/answers/(\d+)"', page)
            if position is None:
                break
            for picture in re.findall(r'src="(/quiz/image/[^"]+)"', page):
                self._get("picture", picture)
            time.sleep(self.pause_s)
            self._answer(int(position[1]), page)
        if "You have answered all" not in page:
            self.faults.append(f"person {self.number} did not come to the end")
        self.client.close()

    def _answer(self, position: int, page: str) -> None:
        words = self.given[position] = f"{self.number} at {position}"
        path = f"/quiz/answers/{position}"
        self._post("answer", path, page, answer=words)
        if position % 3 == 0:
            self._post("again", path, page, answer=words)
        if position % 5 == 0 and "first=1" not in self._post("other", path, page, answer="something else"):
            self.faults.append(f"person {self.number} was not told that the first answer to {position} stands")

    def _get(self, what: str, path: str) -> str:
        began = time.perf_counter()
        response = self.client.get(path)
        self._noted(what, began, response, 200)
        return "" if what == "picture" else response.text

    def _post(self, what: str, path: str, page: str, **form: str) -> str:
        csrf = _found(r'name="csrf-token" content="([^"]+)"', page)
        began = time.perf_counter()
        response = self.client.post(path, data={"csrf": csrf, **form})
        return str(self._noted(what, began, response, 303).headers.get("location", ""))

    def _noted(self, what: str, began: float, response: httpx2.Response, expected: int) -> httpx2.Response:
        self.waits.append((what, time.perf_counter() - began))
        if response.status_code != expected:
            self.faults.append(f"{what} by person {self.number}: {response.status_code}")
        return response


def _found(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    return found[1] if found else ""


def run(plan: Plan, folder: Path) -> Result:
    """Serve, let them all in at once, and look whether everything is there."""
    result = Result()
    with serving(folder, plan.web) as served, embedded.server(folder) as url:
        engine = make_engine(url)
        sessions = make_sessionmaker(engine)
        store = AssetStore(folder / "assets")
        scenes = plan.questions + 2
        quiz = open_quiz(sessions, store, folder, scenes=scenes, questions=plan.questions, practice=0)
        link = invitation(sessions, quiz, uses=plan.people)
        begin = threading.Barrier(plan.people)
        takers = [Taker(f"http://127.0.0.1:{served.port}", n, plan.pause_s) for n in range(plan.people)]
        began = time.monotonic()
        with ThreadPoolExecutor(plan.people) as pool:
            for future in [pool.submit(taker.take, link, begin) for taker in takers]:
                future.result()
        result.seconds = time.monotonic() - began
        with transaction(sessions) as session:
            kept = kept_answers(session)
        engine.dispose()
    for taker in takers:
        result.faults += taker.faults
        for what, wait in taker.waits:
            result.waits.setdefault(what, []).append(wait)
    result.faults += compare(plan, takers, kept)
    return result


def kept_answers(session: Session) -> Kept:
    """All participants, how often links were used, and all answers."""
    participants = session.execute(text("select count(*) from participant")).scalar_one()
    uses = session.execute(text("select sum(uses) from invitation")).scalar_one()
    answers = [tuple(zip(*row, strict=True)) for row in session.execute(text(_ANSWERS))]
    return Kept(participants, uses, answers)


def compare(plan: Plan, takers: list[Taker], kept: Kept) -> list[str]:
    """What of the answers is not in the database as it was first given, and who is there twice or not at all."""
    faults = []
    if (kept.participants, kept.uses) != (plan.people, plan.people):
        faults.append(f"{plan.people} people are {kept.participants} participants by {kept.uses} uses of the link")
    given = sorted(answers for taker in takers if (answers := tuple(sorted(taker.given.items()))))
    if given != sorted(kept.answers):
        lost = len(set(given) - set(kept.answers))
        faults.append(f"the answers of {lost} people are not there as they were first given")
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=Plan.people)
    parser.add_argument("--questions", type=int, default=Plan.questions)
    parser.add_argument("--web", type=int, default=Plan.web)
    parser.add_argument("--pause", type=float, default=Plan.pause_s)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trihedral-") as folder:
        Path(folder).chmod(0o755)
        result = run(Plan(given.people, given.questions, given.web, given.pause), Path(folder))
    print(result)
    return 1 if result.faults else 0


if __name__ == "__main__":
    sys.exit(main())
