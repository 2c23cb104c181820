"""Many reviewers at once, and everything killed under them: is anything given out twice, or lost?

    python -m benchmarks.submit_load [--packets 2000] [--drafts 3] [--clients 32] [--web 2] [--seconds S] [--no-kills]
        [--label-studio COMMAND]

Starts `trihedral serve` on a data folder of its own, fills a queue, and lets the clients claim and submit over HTTP
until nothing is left. On the way the web processes, the worker and PostgreSQL get SIGKILL. A client behaves as the page
does: what was not acknowledged is sent again, with the same id. At the end all that was acknowledged must be in the
database as it was sent, and no packet may have been in two hands. Ends with 1 where that is not so.

With `--seconds` nothing is killed and the clients stop after that time. Before and after, for a third of it each, the
same clients ask the same server for what is nearly nothing, `GET /healthz` with their token, which checks who they are
by one query and says "ok"; the rate of submits is told as a share of that rate. The SQL statements of a submit are
counted at the beginning and at the end: they must be the same. With `--label-studio`, where its command is installed,
as many people then work as long in it on as many texts a submit (:mod:`benchmarks.label_studio`).
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from fastapi.testclient import TestClient
from sqlalchemy import event, text

from app.db import embedded, make_engine, make_sessionmaker, transaction
from app.main import create_app
from app.settings import Settings
from benchmarks import label_studio
from benchmarks.reviewing_client import Acknowledged, Hands, InProcessClient, ReviewingClient
from tests.app.review.factories import add_client, add_packets

ROOT = Path(__file__).parent.parent
STARTED_WITHIN_S = 60
EMPTY = "/healthz"
"""The cheapest route there is; a token is looked up all the same."""
PEER_TASKS = 1000
"""Of Label Studio's project: more than it gets done in a minute."""
PEER_PORT = 8977
KILLS = ((0.15, "web"), (0.3, "postgres"), (0.45, "worker"), (0.6, "web"), (0.8, "postgres"))
"""After which share of the packets what is killed."""


@dataclass(frozen=True)
class Plan:
    """How much is done, and what is killed on the way."""

    packets: int = 2000
    drafts: int = 3
    clients: int = 32
    web: int = 2
    seconds: float | None = None
    """After which the clients stop; None: once nothing is left."""
    kills: tuple[tuple[float, str], ...] = KILLS


@dataclass
class Result:
    """What was measured, and what was wrong."""

    seconds: float = 0.0
    submits: list[float] = field(default_factory=list)
    """Seconds that each acknowledged submit took, tries after a failure included."""
    tries_again: int = 0
    empty: list[float] = field(default_factory=list)
    """Requests a second that do nothing, before and after."""
    statements: list[int] = field(default_factory=list)
    """Of a submit with the next packet, before and after."""
    killed: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def summary(self) -> str:
        times = sorted(self.submits) or [0.0]
        half, most = times[len(times) // 2], times[int(len(times) * 0.95)]
        killed = ", ".join(f"{name} {count}×" for name, count in self.killed.items()) or "nothing"
        rate = len(self.submits) / self.seconds
        told = (
            f"{len(self.submits)} submits in {self.seconds:.1f} s: {rate:.0f} a second;"
            f" median {half * 1000:.0f} ms, 95 % within {most * 1000:.0f} ms; {self.tries_again} sent again;"
            f" killed: {killed}; {len(self.faults)} faults"
        )
        if self.empty:
            nothing = sum(self.empty) / len(self.empty)
            told += f"\n{rate / nothing:.2f} of the rate of GET {EMPTY} with a token, which is {nothing:.0f} a second"
        if self.statements:
            told += f"\nSQL statements of a submit with the next packet: {' and '.join(map(str, self.statements))}"
        return told


class Served:
    """A running `trihedral serve`, and its processes."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path, port: int) -> None:
        self.process = process
        self.folder = folder
        self.port = port

    def kill(self, what: str) -> bool:
        """SIGKILL one process of this installation: a web process, the worker, or PostgreSQL's postmaster."""
        pid = self._postmaster() if what == "postgres" else self._child(f"app.cli.{what}")
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        return pid is not None

    def _postmaster(self) -> int | None:
        found = list(self.folder.rglob("postmaster.pid"))
        return int(found[0].read_text().split()[0]) if found else None

    def _child(self, module: str) -> int | None:
        for pid in Path("/proc").glob("[0-9]*"):
            try:
                command = (pid / "cmdline").read_bytes().decode(errors="replace")
                parent = int(re.sub(r".*\) \S ", "", (pid / "stat").read_text()).split()[0])
            except (OSError, ValueError):
                continue
            if parent == self.process.pid and module in command:
                return int(pid.name)
        return None


@contextmanager
def serving(folder: Path, web: int) -> Iterator[Served]:
    """`trihedral serve` on the folder, on a free port, ready to answer; stopped at the end."""
    command = [sys.executable, "-c", "from app.cli import main; main()", "serve", "--port", "0", "--web", str(web)]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"TRIHEDRAL_DATA": str(folder), "PYTHONUNBUFFERED": "1"}
    log = folder / "serve.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield Served(process, folder, _port_of(process, log))
    finally:
        process.terminate()
        process.wait(60)


def _port_of(process: subprocess.Popen[bytes], log: Path) -> int:
    give_up_at = time.monotonic() + STARTED_WITHIN_S
    while time.monotonic() < give_up_at and process.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text(errors="replace"))
        if found:
            return int(found[1])
        time.sleep(0.1)
    raise RuntimeError(f"trihedral serve did not start: {log.read_text(errors='replace')}")


def run(plan: Plan, folder: Path) -> Result:
    """Serve, fill, review, kill, and look whether everything is there."""
    result = Result()
    with serving(folder, plan.web) as served, embedded.server(folder) as url:
        tokens = _fill(url, plan)
        hands = Hands()
        clients = [ReviewingClient(served.port, token, hands) for token in tokens]
        with ThreadPoolExecutor(plan.clients) as pool:
            if plan.seconds is not None:
                result.empty.append(_knock(pool, clients, plan.seconds / 3))
                result.statements.append(_count_statements(url, tokens[0], hands))
            _review(pool, clients, served, plan, hands, result)
            if plan.seconds is not None:
                result.statements.append(_count_statements(url, tokens[0], hands))
                result.empty.append(_knock(pool, clients, plan.seconds / 3))
        result.tries_again = sum(client.tries_again for client in clients)
        result.faults += hands.faults + _compare(url, plan, hands.acknowledged)
    if len(set(result.statements)) > 1:
        result.faults.append(f"the SQL statements of a submit grew: {result.statements}")
    return result


def _review(
    pool: ThreadPoolExecutor,
    clients: list[ReviewingClient],
    served: Served,
    plan: Plan,
    hands: Hands,
    result: Result,
) -> None:
    """Let all clients review until nothing is left or the time is over, and kill on the way."""
    killer = threading.Thread(target=_kill, args=(served, plan, hands, result))
    before, began = len(hands.acknowledged), time.monotonic()
    killer.start()
    futures = [pool.submit(client.review_everything) for client in clients]
    if plan.seconds is not None:
        time.sleep(plan.seconds)
        hands.is_over.set()
    for future in futures:
        result.faults += future.result()
    result.seconds = time.monotonic() - began
    hands.is_over.set()
    killer.join()
    result.submits = [one.seconds for one in hands.acknowledged[before:]]


def _knock(pool: ThreadPoolExecutor, clients: list[ReviewingClient], seconds: float) -> float:
    """Requests a second of a route that does nothing."""
    return sum(pool.map(lambda client: client.knock(EMPTY, seconds), clients)) / seconds


def _count_statements(url: str, token: str, hands: Hands) -> int:
    """The SQL statements of one submit that brings the next packet, in an application of its own on the same data."""
    settings = Settings.from_environment({"DATABASE_URL": url, "TRIHEDRAL_SECRET": "s" * 43})
    application = create_app(settings)
    counted: list[str] = []
    with TestClient(application, base_url="http://127.0.0.1") as opened:
        client = InProcessClient(opened, token, hands)
        packet, reason = client.claim()
        if packet is None:
            raise LookupError(f"there is no packet to count statements with: {reason}")
        event.listen(application.state.engine, "before_cursor_execute", lambda *given: counted.append(given[2]))
        client.submit(packet)
    return len(counted)


def _fill(url: str, plan: Plan) -> list[str]:
    engine = make_engine(url, pool_size=1)
    with transaction(make_sessionmaker(engine)) as session:
        add_packets(session, plan.packets, drafts=plan.drafts)
        tokens = [add_client(session, f"client-{number}")[1] for number in range(plan.clients)]
        # As autovacuum does within a minute of such a load.
        session.execute(text("analyze"))
    engine.dispose()
    return tokens


def _kill(served: Served, plan: Plan, hands: Hands, result: Result) -> None:
    for share, what in plan.kills:
        while len(hands.acknowledged) < share * plan.packets:
            if hands.is_over.wait(0.02):
                return
        while not served.kill(what):
            if hands.is_over.wait(0.02):
                return
        result.killed[what] += 1


def _compare(url: str, plan: Plan, acknowledged: list[Acknowledged]) -> list[str]:
    """What of the acknowledged reviews is not in the database as it was sent, and what was counted wrong."""
    with psycopg.connect(url) as connection:
        stored = {
            (row[0], row[1]): row[2:]
            for row in connection.execute(
                "select r.review_id, r.submission_id::text, r.packet_id,"
                " array_agg(v.draft_id || ' ' || v.verdict || ' ' || coalesce(v.revised_text, '') order by v.draft_id)"
                " from review r join draft_verdict v using (review_id) group by r.review_id"
            )
        }
        numbers = connection.execute(
            "select (select count(*) from review where not is_extra),"
            " (select count(distinct packet_id) from review),"
            " (select count(*) from resolution) + (select count(*) from disagreement),"
            " (select sum(delta) from counter_delta where name = 'reviewed'),"
            " (select count(*) from assignment where state = 'done'),"
            " (select count(*) from slot where is_free) + (select count(*) from assignment where state = 'held')"
        ).fetchone()
    missing = [
        one for one in acknowledged if stored.get((one.review_id, one.submission_id)) != (one.packet_id, one.said)
    ]
    faults = [f"acknowledged but not stored as it was sent: {one}" for one in missing]
    done = plan.packets if plan.seconds is None else len(acknowledged)
    wanted = (done, done, done * plan.drafts, done, done, plan.packets - done)
    if numbers != wanted:
        faults.append(f"reviews, packets, outcomes, counter, done, free or held: {numbers}, should be {wanted}")
    return faults


def _beside_peer(command: Path, plan: Plan, result: Result) -> str:
    """What the same people get done in Label Studio in the same time, and how many times that ours is."""
    with tempfile.TemporaryDirectory(prefix="label-studio-") as folder:
        peer = label_studio.measure(
            command,
            Path(folder),
            PEER_PORT,
            tasks=PEER_TASKS,
            texts=plan.drafts,
            clients=plan.clients,
            seconds=plan.seconds or result.seconds,
        )
    times = len(result.submits) / result.seconds / peer.rate
    return f"Label Studio: {peer.rate:.1f} a second, {peer.refused} not answered; ours is {times:.0f} times that"


def main() -> int:
    """The command of this module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packets", type=int, default=2000)
    parser.add_argument("--drafts", type=int, default=3, help="of each packet")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--web", type=int, default=2)
    parser.add_argument("--seconds", type=float, help="stop after this time, and tell what share of nothing that is")
    parser.add_argument("--no-kills", action="store_true")
    parser.add_argument(
        "--label-studio", type=Path, metavar="COMMAND", help="measure it too, on as many texts a submit"
    )
    asked = parser.parse_args()
    kills = () if asked.no_kills or asked.seconds else KILLS
    plan = Plan(asked.packets, asked.drafts, asked.clients, asked.web, asked.seconds, kills)
    with tempfile.TemporaryDirectory(prefix="trihedral-load-") as folder:
        result = run(plan, Path(folder))
    print(result.summary())
    if asked.label_studio:
        print(_beside_peer(asked.label_studio, plan, result))
    for fault in result.faults[:20]:
        print("FAULT:", fault)
    return 1 if result.faults else 0


if __name__ == "__main__":
    sys.exit(main())
