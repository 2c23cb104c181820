"""Import many scenes while workers, Postgres, the source's disk and the store's disk are taken away in the middle.

    python -m benchmarks.import_faults [--scenes 2000] [--side 256] [--rounds 3]

Imports the same made scenes twice: undisturbed, and under faults. Both must end with the same rows and the same hashes.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import psycopg
import rasterio
from sqlalchemy.exc import OperationalError

from app.assets import AssetStore
from app.db import SessionMaker, embedded, make_engine, make_sessionmaker, migrate, transaction
from app.db.embedded import EmbeddedServer
from app.intake.queries import runs
from app.intake.queries.runs import RunProgress
from app.intake.workflow.importing import begin_import
from app.intake.workflow.options import ImportOptions

REPOSITORY = Path(__file__).parents[1]
PATIENCE_S = 120.0
"""Without a scene more."""
SILENT_S = 2.0
BAD = "bad.tif"
"""One scene among all that no decoder can read."""

SAME = {
    "scenes": "select {columns} from scene order by name",
    "boxes": "select s.name, {columns} from object_box join scene s using (scene_id) order by s.name, number",
    "assets": "select sha256, media_type, bytes from asset order by sha256",
    "refusals": "select file, annotation_id, reason, detail from refusal order by file, reason",
    "runs": "select state, total, done, counts, error from run",
    "counters": "select name, sum(delta)::bigint from counter_delta group by name order by name",
    "left": "select (select count(*) from planned_scene), (select count(*) from run_chunk where done_at is null)",
}
MOMENTARY = {"scene_id", "dataset_id", "created_at"}


def make_scenes(folder: Path, count: int, side: int = 64) -> Path:
    """Speckle over two kinds of ground, each scene its own, in dB; and one file that is no image."""
    (folder / "sar").mkdir(parents=True)
    for number in range(count):
        rng = np.random.default_rng(number)
        ground = np.where(rng.random((8, 8)) < 0.5, 0.02, 0.3).repeat(side // 8, 0).repeat(side // 8, 1)
        power = (10 * np.log10(ground * rng.gamma(4, 0.25, (side, side)))).astype(np.float32)
        profile = {"driver": "GTiff", "height": side, "width": side, "count": 1, "dtype": "float32"}
        with rasterio.open(folder / "sar" / f"{number:06}.tif", "w", **profile) as file:
            file.write(power, 1)
    (folder / "sar" / BAD).write_bytes(b"no image")
    return folder


def rows_of(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """All that an import leaves, but ids and times."""
    found = {}
    with psycopg.connect(url) as connection:
        for what, query in SAME.items():
            table = {"scenes": "scene", "boxes": "object_box"}.get(what)
            names = [] if table is None else _columns(connection, table)
            columns = ", ".join(f"{table}.{name}" for name in names)
            found[what] = connection.execute(query.format(columns=columns)).fetchall()  # type: ignore[call-overload]
    return found


def _columns(connection: psycopg.Connection[Any], table: str) -> list[str]:
    query = "select column_name from information_schema.columns where table_name = %s order by ordinal_position"
    return [name for (name,) in connection.execute(query, [table]) if name not in MOMENTARY]


@dataclass
class Importing:
    """One import, with workers in processes of their own, on a server of its own."""

    server: EmbeddedServer
    source: Path
    store: Path
    chunk_scenes: int
    sessions: SessionMaker = field(init=False)
    run_id: int = field(init=False)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    orphans: list[psutil.Process] = field(default_factory=list)
    """Decoders of killed workers, which are to end by themselves."""

    def __post_init__(self) -> None:
        self.sessions = make_sessionmaker(make_engine(self.server.url))
        with transaction(self.sessions) as session:
            options = ImportOptions(name="faults", source="paired", path=self.source)
            self.run_id = begin_import(session, options).run_id

    def start_worker(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "benchmarks.import_faults", "--worker", self.server.url, str(self.store)]
        process = subprocess.Popen([*command, str(self.chunk_scenes)], cwd=REPOSITORY)
        self.workers.append(process)
        return process

    def progress(self) -> RunProgress | None:
        """None while the database is away."""
        try:
            with transaction(self.sessions) as session:
                return runs.find_run(session, self.run_id)
        except OperationalError:
            return None

    def wait(self, holds: Callable[[RunProgress], bool], what: str) -> RunProgress:
        until, done = time.monotonic() + PATIENCE_S, 0
        while True:
            run = self.progress()
            if run is not None and run.done > done:
                until, done = time.monotonic() + PATIENCE_S, run.done
            if run is not None and holds(run):
                return run
            if run is not None and not run.is_open:
                raise AssertionError(f"the run ended as {run.state} ({run.error}) before {what}")
            if time.monotonic() > until:
                raise TimeoutError(f"{what} did not come about: {run}")
            time.sleep(0.02)

    def wait_for_more(self, scenes: int = 1) -> None:
        before = self.wait(lambda run: True, "an answer").done
        self.wait(lambda run: run.done >= before + scenes, f"{scenes} more scenes")

    def end(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                worker.terminate()
        for worker in self.workers:
            worker.wait(60)
        assert not psutil.wait_procs(self.orphans, timeout=60)[1], "decoders outlive their killed worker"


@contextmanager
def importing(source: Path, folder: Path, chunk_scenes: int) -> Iterator[Importing]:
    """An import that is begun, without a worker yet; ``folder`` gets the database and the store."""
    with embedded.use(folder) as server:
        migrate.upgrade(server.url)
        begun = Importing(server, source, folder / "assets", chunk_scenes)
        try:
            yield begun
        finally:
            begun.end()


def kill_worker(under: Importing) -> None:
    """``kill -9`` of a worker and what it started; another takes its place."""
    worker = under.workers.pop()
    under.orphans += psutil.Process(worker.pid).children(recursive=True)
    worker.kill()
    worker.wait()
    under.start_worker()


def kill_postgres(under: Importing) -> None:
    """``kill -9`` of Postgres, which somebody starts again."""
    pid = int((under.store.parent / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    while under.server.is_running():
        time.sleep(0.02)
    under.server.ensure_running()


def pull_source(under: Importing) -> None:
    """The source's disk goes, and comes back."""
    _pull(under, under.source)


def pull_store(under: Importing) -> None:
    """The store's disk goes, and comes back."""
    _pull(under, under.store)


def _pull(under: Importing, folder: Path) -> None:
    away = folder.with_name(f"{folder.name}.away")
    folder.rename(away)
    under.wait(lambda run: run.held_up is not None, f"a sentence about {folder.name}")
    # Whatever is tried meanwhile must not make the folder anew: the disk could not be mounted over it.
    time.sleep(0.5)
    assert not folder.exists()
    away.rename(folder)
    under.wait(lambda run: run.held_up is None, f"the end of waiting for {folder.name}")


FAULTS = (kill_worker, kill_postgres, pull_source, pull_store)


def run_undisturbed(source: Path, folder: Path, chunk_scenes: int) -> dict[str, list[tuple[Any, ...]]]:
    """What an import leaves that nothing disturbs."""
    with importing(source, folder, chunk_scenes) as under:
        under.start_worker()
        under.wait(lambda run: run.state == "done", "the end")
        return rows_of(under.server.url)


def run_disturbed(
    source: Path, folder: Path, chunk_scenes: int, between: int, rounds: int = 1, say: Callable[[str], None] = print
) -> dict[str, list[tuple[Any, ...]]]:
    """What an import leaves under which all :data:`FAULTS` happen, each after ``between`` more scenes."""
    with importing(source, folder, chunk_scenes) as under:
        under.start_worker()
        under.start_worker()
        for fault in FAULTS * rounds:
            under.wait_for_more(between)
            began = time.monotonic()
            fault(under)
            say(f"{fault.__name__}: {time.monotonic() - began:.1f} s")
        under.wait(lambda run: run.state == "done", "the end")
        return rows_of(under.server.url)


def work(url: str, store: str, chunk_scenes: int) -> None:
    """A worker process."""
    from app.intake.jobs import jobs
    from app.intake.workflow import planned
    from app.intake.workflow.decoders import Decoders
    from app.work import worker

    planned.CHUNK_SCENES = chunk_scenes  # type: ignore[misc]
    with Decoders(1) as decoders:
        resources = [AssetStore(store), decoders]
        worker.run(url, blueprints={"intake": jobs}, resources=resources, concurrency=1, silent_s=SILENT_S)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=2000)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--worker", nargs=3, metavar=("URL", "STORE", "CHUNK_SCENES"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        url, store, chunk_scenes = given.worker
        work(url, store, int(chunk_scenes))
        return
    with tempfile.TemporaryDirectory(prefix="trihedral-") as name:
        folder = Path(name)
        # Root's server runs as another account, which must get to its data.
        folder.chmod(0o755)
        source = make_scenes(folder / "source", given.scenes, given.side)
        began = time.monotonic()
        whole = run_undisturbed(source, folder / "undisturbed", 16)
        print(f"undisturbed, one worker: {time.monotonic() - began:.0f} s for {given.scenes} scenes")
        # Half of what would fit: the import gets on while a fault lasts.
        between = max(1, given.scenes // (2 * len(FAULTS) * given.rounds + 1))
        began = time.monotonic()
        disturbed = run_disturbed(source, folder / "disturbed", 16, between, given.rounds)
        print(f"disturbed, two workers: {time.monotonic() - began:.0f} s")
    different = [what for what in whole if whole[what] != disturbed[what]]
    print(f"different: {', '.join(different)}" if different else "the same rows and the same hashes")
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
