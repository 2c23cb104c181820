"""Draft at an endpoint that misbehaves in every way, while the drafting process and Postgres are killed.

    python -m benchmarks.drafting_faults [--scenes 400] [--rounds 4]

Drafts the same scenes twice from the same replies: undisturbed, and under kill -9. Every text must end as a draft, or
as recorded with its reason; nothing may be there twice; and both must leave the same rows.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

from app.assets import AssetStore
from app.db import embedded, make_engine, make_sessionmaker, migrate
from app.db.embedded import EmbeddedServer
from app.intake.workflow.drafting import DraftingOptions, draft_scenes
from benchmarks.drafting import DATASET, make_images, make_scenes, replaying
from pipeline.drafting.drafters.endpoint import EndpointDrafter
from pipeline.drafting.drafting import Assignment
from pipeline.drafting.endpoints import Endpoint
from pipeline.records import Kind

REPOSITORY = Path(__file__).parents[1]
KINDS: Final[tuple[Kind, ...]] = ("concise_caption", "question")
PATIENCE_S = 120.0
TIMEOUT_S = 1.0

HALF = '{"caption": "A harbour with'
MEGABYTE = {"content": {"caption": "harbour " * 130_000}}
FOREIGN = {"content": {"caption": "Ein Hafen mit einem Kai und einer Mole, auf der Schiffe liegen."}}
PASSING: Final[dict[str, list[dict[str, Any]]]] = {
    "in order": [],
    "429 with Retry-After": [{"status": 429, "retry_after": "0.2"}],
    "429": [{"status": 429}],
    "500 twice": [{"status": 500}, {"status": 500}],
    "503 in HTML": [{"status": 503, "body": "<html>busy</html>"}],
    "hangs once": [{"hang_s": 60}],
    "half a JSON once": [{"content": HALF}],
    "another type once": [{"content": {"caption": 7, "questions": "none"}}],
    "closes once": [{"close": True}],
    "cut after some bytes once": [{"cut_after": 40}],
    "1 MB once": [MEGABYTE],
    "another language once": [FOREIGN],
    "empty once": [{"content": ""}],
    "no JSON once": [{"body": "<html>Welcome</html>"}],
}
"""What comes before a good reply: such a text ends as a draft."""
LASTING: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "refuses": ({"refusal": "I cannot help with that.", "content": ""}, "refused"),
    "half a JSON": ({"content": HALF}, "malformed"),
    "cut at its limit": ({"content": HALF, "finish_reason": "length"}, "truncated"),
    "1 MB": (MEGABYTE, "too_long"),
    "another language": ({"content": {"caption": "港に船が並ぶ。", "questions": []}}, "malformed"),
    "500": ({"status": 500}, "server_error"),
    "hangs": ({"hang_s": 60}, "timed_out"),
    "closes": ({"close": True}, "connection"),
    "429": ({"status": 429, "retry_after": "0.05"}, "rate_limited"),
    "drips": ({"drip_s": 0.4}, "timed_out"),
}
"""What is said for ever, and the reason that is recorded."""
ASKED_AGAIN = {"server_error", "timed_out", "connection", "rate_limited"}

SAME = {
    "drafts": "select s.name, d.kind, question_type, general_type, text, answer, draft_sha256 from draft d"
    " join scene s using (scene_id) order by 1, 2, 3, 5",
    "outcomes": "select s.name, o.kind, o.input_sha256, o.drafts, o.failure from drafting_outcome o"
    " join scene s using (scene_id) order by 1, 2",
    "refusals": "select file, reason, count(*) from refusal group by 1, 2 order by 1, 2",
    "runs": "select state, total, done, (counts ->> 'drafts')::int, (counts ->> 'failed')::int, error from run",
    "counters": "select name, sum(delta)::bigint from counter_delta group by name order by name",
}


def plan_of(number: int) -> tuple[str, list[dict[str, Any]], str | None]:
    """How the replies to a scene behave, what comes before the good one, and the reason for which none comes."""
    if number % 3 == 2:
        name = list(LASTING)[number // 3 % len(LASTING)]
        line, reason = LASTING[name]
        return f"{name} for ever", [line], reason
    name = list(PASSING)[(number - number // 3) % len(PASSING)]
    return name, PASSING[name], None


def good(number: int, kind: Kind) -> dict[str, Any]:
    if kind != "question":
        return {"caption": f"A harbour with quay {number} along dark water."}
    asked = {"type": "counting", "general_type": None, "question": f"How many piers has quay {number}?", "answer": "3"}
    shape = {
        "type": "general",
        "general_type": "shape",
        "question": f"What shape is basin {number}?",
        "answer": "Square",
    }
    again = {**asked, "question": f"How many piers are there at the quay {number}, has it?"}
    return {"questions": [asked, shape, {**shape, "answer": "A square"}, {**again, "type": "colouring"}]}


def write_replies(folder: Path, names: list[str]) -> Path:
    """Each scene misbehaves in its way, for both kinds; some replies come in Markdown."""
    folder.mkdir()
    lines = []
    for number, name in enumerate(names):
        _, before, reason = plan_of(number)
        for kind in KINDS:
            content: Any = good(number, kind)
            if number % 5 == 0:
                content = f"```json\n{json.dumps(content)}\n```"
            replies = before if reason else [*before, {"content": content}]
            lines += [{"scene": name, "kind": kind, "content": content, **reply} for reply in replies]
    (folder / "replies.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def faults_of(names: list[str], rows: dict[str, list[tuple[Any, ...]]]) -> list[str]:
    """What is not as it must be: each text drafted once, or recorded with its reason."""
    drafted = {(name, kind) for name, kind, *_ in rows["drafts"]}
    recorded = {(name, reason) for name, reason, _ in rows["refusals"]}
    faults = []
    for number, name in enumerate(names):
        behaviour, _, reason = plan_of(number)
        for kind in KINDS:
            told = f"no {kind.replace('_', ' ')}: {(reason or '').replace('_', ' ')}"
            if reason is None and (name, kind) not in drafted:
                faults.append(f"{name}, {behaviour}: there is no {kind}")
            if reason is not None and ((name, kind) in drafted or (name, told) not in recorded):
                faults.append(f"{name}, {behaviour}: {kind} is not recorded as {reason}")
    texts = [(name, text) for name, _, _, _, text, *_ in rows["drafts"]]
    return faults + [f"{name}: twice {text}" for name, text in texts if texts.count((name, text)) > 1]


@dataclass
class Drafting:
    """One drafting in a process of its own, on a server of its own, from a replay server of its own."""

    server: EmbeddedServer
    folder: Path
    address: str
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "benchmarks.drafting_faults", "--drafter", self.server.url]
        self.process = subprocess.Popen([*command, str(self.folder / "assets"), self.address], cwd=REPOSITORY)

    def outcomes(self) -> int:
        """Outcomes that are stored; -1 while the database is away."""
        try:
            with psycopg.connect(self.server.url) as connection:
                [(count,)] = connection.execute("select count(*) from drafting_outcome").fetchall()
                return int(count)
        except psycopg.OperationalError:
            return -1

    def has_ended(self) -> bool:
        """Whether the run is complete, whatever became of its process: the same command would begin another."""
        with psycopg.connect(self.server.url) as connection:
            return connection.execute("select from run where state = 'done'").fetchone() is not None

    def kill(self) -> None:
        """``kill -9`` of the process."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def go_on(self) -> None:
        """The same command once more, unless it came too late to be killed."""
        if not self.has_ended():
            self.start()

    def wait_for_more(self, outcomes: int) -> None:
        """Until so many more are stored, or it has drafted all."""
        until, wanted = time.monotonic() + PATIENCE_S, None
        while (stored := self.outcomes()) < 0 or wanted is None or stored < wanted:
            wanted = stored + outcomes if stored >= 0 and wanted is None else wanted
            if self.process is not None and self.process.poll() == 0:
                return
            if time.monotonic() > until:
                raise TimeoutError(f"{outcomes} more outcomes did not come about")
            time.sleep(0.02)

    def finish(self) -> None:
        """Start again until it ends well."""
        for _ in range(5):
            assert self.process is not None
            if self.process.wait(PATIENCE_S) == 0 or self.has_ended():
                return
            self.start()
        raise AssertionError("the drafting does not end well")

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        with psycopg.connect(self.server.url) as connection:
            return {what: connection.execute(query).fetchall() for what, query in SAME.items()}  # type: ignore[call-overload]


def kill_drafter(under: Drafting) -> None:
    """``kill -9`` of the drafting process; the same command goes on."""
    under.kill()
    under.go_on()


def kill_postgres(under: Drafting) -> None:
    """``kill -9`` of Postgres, which somebody starts again while the drafting goes on."""
    pid = int((under.folder / "data" / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    while under.server.is_running():
        time.sleep(0.02)
    under.server.ensure_running()


def kill_both(under: Drafting) -> None:
    """Both, the database first."""
    pid = int((under.folder / "data" / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    under.kill()
    under.server.ensure_running()
    under.go_on()


FAULTS = (kill_drafter, kill_postgres, kill_both)


@contextmanager
def drafting(folder: Path, scenes: int) -> Iterator[tuple[Drafting, list[str]]]:
    """Scenes in a database, and replies that misbehave; nothing is drafted yet."""
    folder.mkdir()
    store = AssetStore(folder / "assets")
    with embedded.use(folder / "data") as server:
        migrate.upgrade(server.url)
        images = make_images(folder / "images", store, 64, 8)
        names = make_scenes(make_sessionmaker(make_engine(server.url)), images, scenes)
        with replaying(write_replies(folder / "replies", names)) as address:
            under = Drafting(server, folder, address)
            try:
                yield under, names
            finally:
                if under.process is not None and under.process.poll() is None:
                    under.process.kill()
                    under.process.wait()


def run(
    folder: Path, scenes: int, kills: tuple[Callable[[Drafting], None], ...] = (), say: Callable[[str], None] = print
) -> tuple[list[str], dict[str, list[tuple[Any, ...]]]]:
    """Draft, with the kills spread over it. What is wrong at the end, and the rows."""
    with drafting(folder, scenes) as (under, names):
        under.start()
        # Half of what would fit: it gets on while a fault lasts.
        share = max(1, scenes * len(KINDS) // 3 // (len(kills) + 1))
        for kill in kills:
            under.wait_for_more(share)
            kill(under)
            say(f"{kill.__name__} after {under.outcomes()} outcomes")
        under.finish()
        rows = under.rows()
        return faults_of(names, rows), rows


def draft(url: str, store: str, address: str) -> None:
    """The drafting process."""
    endpoint = Endpoint(address, "replay", is_replay=True, timeout_s=TIMEOUT_S, first_backoff_s=0.05, max_attempts=4)
    drafter = EndpointDrafter(Assignment(KINDS, endpoint=endpoint, concurrency=16))
    options = DraftingOptions(DATASET, "endpoint", drafter, drafter.purse, endpoint.address)
    draft_scenes(make_sessionmaker(make_engine(url)), AssetStore(store), options)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--drafter", nargs=3, metavar=("URL", "STORE", "ADDRESS"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.drafter:
        draft(*given.drafter)
        return
    with tempfile.TemporaryDirectory(prefix="trihedral-") as name:
        folder = Path(name)
        # Root's server runs as another account, which must get to its data.
        folder.chmod(0o755)
        faults, whole = run(folder / "undisturbed", given.scenes)
        print(f"undisturbed: {len(whole['drafts'])} drafts, {len(whole['refusals'])} refusals")
        more, disturbed = run(folder / "disturbed", given.scenes, FAULTS * given.rounds)
    different = [what for what in whole if whole[what] != disturbed[what]]
    for fault in (*faults, *more):
        print(fault)
    print(f"different: {', '.join(different)}" if different else "the same rows")
    sys.exit(bool(faults or more or different))


if __name__ == "__main__":
    main()
