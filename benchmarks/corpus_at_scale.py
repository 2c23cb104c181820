"""The template corpus of as many scenes as the paper has: how fast, how large, in what proportions, and is it right?

    python -m benchmarks.corpus_at_scale [--scenes 104985] [--boxes 221450] [--screened 5000] [--seed 0]

Simulates scenes like those of SARDet-100k straight into a database of its own, lets the application draft them in a
process of its own, and compares the time with a bare COPY of the very same rows: into a table with the same
constraints and indexes, and into one without any. Ends with 1 where a type's count is more than 5 % off the paper's
rate, a question is asked twice in a scene, an answer is not that of an independent count, memory passes 500 MB,
or, from 20,000 scenes on, drafting and loading take more than six times the bare COPY into the same table. Screening
is measured apart, on a dataset of fewer scenes.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import psutil
import psycopg

from app.db import embedded, make_engine, make_sessionmaker, migrate
from pipeline.drafting.policy import PAPER_COUNTS, PAPER_SCENES
from pipeline.records import ObjectBox, SceneMetadata
from pipeline.vocabulary import SARDET_CATEGORIES
from tests.pipeline.drafting.oracle import true_answer

SIZE: Final = (512, 512)
SHARES: Final = (0.45, 0.2, 0.08, 0.1, 0.12, 0.05)
"""Of the images, by their main category."""
OTHERS: Final = 0.06
"""The chance of a box to be of another category than its image's main one."""
MOST_BOXES: Final = 98
MOST_MB: Final = 500
MOST_TIMES: Final = 6
TIMED_FROM: Final = 20_000
"""Scenes; with fewer, what is measured is how long the program takes to start."""
SAMPLE: Final = 2000
COLUMNS: Final = (
    "scene_id, drafter_id, run_id, origin, kind, question_type, general_type, text, answer, box_ids, program,"
    " raw_answer_sha256, draft_sha256"
)


@dataclass
class Measured:
    """What came out."""

    seconds: float = 0.0
    megabytes: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)


def boxes_per_scene(scenes: int, boxes: int, draw: np.random.Generator) -> np.ndarray:
    """How many boxes each scene has: 1 to 98, most of them 1, ``boxes`` in all."""
    extra = np.minimum(draw.geometric(0.34, scenes) * (draw.random(scenes) < 0.38), MOST_BOXES - 1)
    few = min(scenes, 1 + scenes // 2000)
    extra[:few] = draw.integers(20, MOST_BOXES, few)
    extra[0] = MOST_BOXES - 1
    difference = boxes - scenes - int(extra.sum())
    while difference:
        places = draw.permutation(np.arange(few, scenes))[: abs(difference)]
        step = np.sign(difference)
        places = places[(extra[places] + step >= 0) & (extra[places] + step < MOST_BOXES)]
        extra[places] += step
        difference = boxes - scenes - int(extra.sum())
    return draw.permutation(1 + extra)


def box_rows(numbers: np.ndarray, first_id: int, draw: np.random.Generator) -> Iterator[str]:
    """Lines for COPY of all boxes; small ones are more frequent, and they touch the edge now and then."""
    mains = draw.choice(len(SARDET_CATEGORIES), len(numbers), p=SHARES)
    box_id = 0
    for scene, (number, main) in enumerate(zip(numbers.tolist(), mains.tolist(), strict=True)):
        sides = np.minimum(np.exp(draw.normal(3.4, 0.7, (number, 2))), 400).round(1)
        corners = (draw.random((number, 2)) * (np.array(SIZE[::-1]) - sides)).round(1)
        others = draw.random(number) < OTHERS
        kinds = np.where(others, draw.integers(0, len(SARDET_CATEGORIES), number), main)
        for nth in range(number):
            box_id += 1
            x, y, width, height = *corners[nth], *sides[nth]
            category = SARDET_CATEGORIES[kinds[nth]]
            yield f"{first_id + scene}\t{nth + 1}\t{box_id}\t{category}\t{x}\t{y}\t{width}\t{height}\tf\n"


def simulate(connection: psycopg.Connection[Any], name: str, scenes: int, boxes: int, seed: int) -> None:
    """A dataset of this name, as if it had been imported."""
    draw = np.random.default_rng(seed)
    one = "select coalesce(max(scene_id), 0) + 1 from scene"
    first_id = connection.execute(one).fetchone()[0]  # type: ignore[index]
    dataset_id = connection.execute(
        "insert into dataset (name, source) values (%s, 'coco') returning dataset_id", [name]
    ).fetchone()[0]  # type: ignore[index]
    connection.execute(
        "insert into asset (sha256, media_type, bytes) values (repeat('a', 64), 'image/tiff', 1) on conflict do nothing"
    )
    metadata = psycopg.types.json.Jsonb(SceneMetadata(labelled=SARDET_CATEGORIES).as_json())
    connection.execute(
        "insert into scene (scene_id, dataset_id, name, source_sha256, rows, cols, split, metadata, sar_sha256,"
        " processed_sha256, unit, limits_low, limits_high, histogram, provenance) overriding system value"
        " select %s + n, %s, lpad(n::text, 7, '0') || '.jpg', n::text, %s, %s, 'train', %s, repeat('a', 64),"
        " repeat('a', 64), 'dn', 0, 255, '{}', '{}' from generate_series(0, %s) n",
        [first_id, dataset_id, *SIZE, metadata, scenes - 1],
    )
    into = "copy object_box (scene_id, number, source_box_id, category, x_min, y_min, width, height, is_cut) from stdin"
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for line in box_rows(boxes_per_scene(scenes, boxes, draw), first_id, draw):
            copy.write(line)
    connection.execute("select setval(pg_get_serial_sequence('scene', 'scene_id'), (select max(scene_id) from scene))")
    connection.execute("analyze")


def in_own_process(task: Any, *arguments: Any) -> Measured:
    """Run ``task`` in a fresh process; its time, the most memory that it and its children took, and what it returns."""
    context = multiprocessing.get_context("spawn")
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=_carried_out, args=(send, task, *arguments))
    process.start()
    watched, most, is_over = psutil.Process(process.pid), [0.0], threading.Event()
    watching = threading.Thread(target=_watch, args=(watched, most, is_over))
    watching.start()
    try:
        seconds, counts = receive.recv()
    finally:
        is_over.set()
        watching.join()
        process.join()
    return Measured(seconds, most[0], counts)


def _watch(process: psutil.Process, most: list[float], is_over: threading.Event) -> None:
    while not is_over.wait(0.05):
        try:
            family = [process, *process.children(recursive=True)]
            most[0] = max(most[0], sum(each.memory_info().rss for each in family) / 1e6)
        except psutil.NoSuchProcess:
            continue


def _carried_out(send: Any, task: Any, *arguments: Any) -> None:
    began = time.perf_counter()
    counts = task(*arguments)
    send.send((time.perf_counter() - began, counts))


def draft(url: str, name: str, seed: int) -> dict[str, int]:
    """The application's own drafting, as ``trihedral draft NAME --corpus`` does it."""
    from app.intake.workflow.corpus import CorpusOptions, draft_corpus

    engine = make_engine(url, pool_size=2)
    try:
        return dict(draft_corpus(make_sessionmaker(engine), CorpusOptions(name, seed=seed)).counts)
    finally:
        engine.dispose()


def screen(url: str, name: str) -> dict[str, int]:
    """The application's own screening, with the sealing of packets."""
    from app.intake.workflow.screening import screen_dataset

    engine = make_engine(url, pool_size=2)
    try:
        return dict(screen_dataset(make_sessionmaker(engine), name).counts)
    finally:
        engine.dispose()


def bare_copies(connection: psycopg.Connection[Any], folder: Path) -> dict[str, float]:
    """Seconds of COPY of the very same rows, into a table with the same constraints and indexes, and without any."""
    file = folder / "drafts.copy"
    with file.open("wb") as out, connection.cursor().copy(f"copy (select {COLUMNS} from draft) to stdout") as copy:
        for block in copy:
            out.write(block)
    connection.execute("create table bare (like draft including defaults including identity)")
    connection.execute("create table same (like draft including all)")
    connection.execute("alter table same add foreign key (scene_id) references scene (scene_id)")
    connection.execute(
        "create trigger same_written after insert on same referencing new table as added"
        " for each statement execute function refuse_unknown_writer()"
    )
    seconds = {}
    for table in ("same", "bare"):
        with file.open("rb") as lines:
            began = time.perf_counter()
            _copy(connection, f"copy {table} ({COLUMNS}) from stdin", lines)
            seconds[table] = time.perf_counter() - began
    connection.execute("drop table bare, same")
    return seconds


def _copy(connection: psycopg.Connection[Any], statement: str, lines: IO[bytes]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        while block := lines.read(1 << 16):
            copy.write(block)


def wrong_counts(counts: dict[str, int], scenes: int, boxes: int) -> list[str]:
    """What is more than 5 % off the paper's rate."""
    faults = []
    for kind, number in PAPER_COUNTS.items():
        wanted = boxes if kind == "referring" else number / PAPER_SCENES * scenes
        off = counts.get(kind, 0) / wanted - 1
        print(f"  {kind}: {counts.get(kind, 0):,} of {wanted:,.0f} ({off:+.2%})")
        if abs(off) > 0.05:
            faults.append(f"{kind} is {off:+.1%} off the paper's rate")
    return faults


def wrong_answers(connection: psycopg.Connection[Any], name: str, seed: int) -> list[str]:
    """Of a random sample of drafts those that an independent count answers otherwise; and questions asked twice."""
    twice = connection.execute(
        "select count(*) from (select from draft group by scene_id, text having count(*) > 1) as repeated"
    ).fetchone()[0]  # type: ignore[index]
    faults = [f"{twice} questions are asked twice in a scene"] if twice else []
    ids = connection.execute("select min(draft_id), max(draft_id) from draft").fetchone()
    sample = random.Random(seed).sample(range(ids[0], ids[1] + 1), min(SAMPLE, ids[1] - ids[0] + 1))  # type: ignore[index]
    rows = connection.execute(
        "select d.text, d.answer, (select array_agg(array[b.source_box_id, b.category, b.x_min::text, b.y_min::text,"
        " b.width::text, b.height::text] order by b.number) from object_box b where b.scene_id = d.scene_id)"
        " from draft d where d.draft_id = any(%s)",
        [sample],
    ).fetchall()
    for question, answer, listed in rows:
        boxes = [ObjectBox(box_id, category, *map(float, corners)) for box_id, category, *corners in listed]
        if (truth := _truth(question, boxes)) != answer:
            faults.append(f"{question} {answer}, but it is {truth}")
    print(f"  {len(rows):,} answers compared with an independent count, {len(faults)} faults")
    return faults


def _truth(question: str, boxes: list[ObjectBox]) -> str | None:
    try:
        return true_answer(question, boxes, SIZE, SARDET_CATEGORIES)
    except AssertionError as error:
        return f"not a question about this scene: {error}"


def run(scenes: int, boxes: int, screened: int, seed: int, folder: Path) -> list[str]:
    """Simulate, draft, compare, screen; what was wrong."""
    with embedded.server(folder) as url:
        migrate.upgrade(url)
        with psycopg.connect(url, autocommit=True) as connection:
            simulate(connection, "scale", scenes, boxes, seed)
            measured = in_own_process(draft, url, "scale", seed)
            number = measured.counts["drafts"]
            print(
                f"{number:,} questions of {scenes:,} scenes drafted and loaded in {measured.seconds:.1f} s"
                f" ({number / measured.seconds:,.0f} a second), at most {measured.megabytes:.0f} MB"
            )
            faults = wrong_counts(measured.counts, scenes, boxes) + wrong_answers(connection, "scale", seed)
            faults += _slow(measured, bare_copies(connection, folder))
            if screened:
                simulate(connection, "screened", screened, round(screened * boxes / scenes), seed + 1)
                in_own_process(draft, url, "screened", seed)
                told = in_own_process(screen, url, "screened")
                rate = told.counts["drafts"] / told.seconds
                print(f"screening, apart: {told.counts['drafts']:,} in {told.seconds:.1f} s ({rate:,.0f} a second)")
    return faults


def _slow(measured: Measured, copies: dict[str, float]) -> list[str]:
    faults = [f"memory passed {MOST_MB} MB"] if measured.megabytes > MOST_MB else []
    names = {"same": "with the same constraints and indexes", "bare": "without any constraint"}
    for table, seconds in copies.items():
        times = measured.seconds / seconds
        print(f"  {times:.1f} times a bare COPY into a table {names[table]} ({seconds:.1f} s)")
        # Keys and indexes are no work of the drafting: the table without any is told of, not held to.
        if table == "same" and times > MOST_TIMES and measured.counts["scenes"] >= TIMED_FROM:
            faults.append(f"drafting and loading took {times:.1f} times a bare COPY into a table {names[table]}")
    return faults


def main() -> int:
    """The command of this module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=PAPER_SCENES)
    parser.add_argument("--boxes", type=int, help="default: as many a scene as the paper has")
    parser.add_argument("--screened", type=int, default=5000, help="scenes of the dataset that is screened; 0 for none")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    boxes = asked.boxes or round(asked.scenes * PAPER_COUNTS["referring"] / PAPER_SCENES)
    with tempfile.TemporaryDirectory(prefix="trihedral-corpus-") as folder:
        faults = run(asked.scenes, boxes, asked.screened, asked.seed, Path(folder))
    for fault in faults[:20]:
        print("FAULT:", fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
