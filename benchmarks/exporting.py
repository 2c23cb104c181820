"""A release as large as the paper's, written as files: how long beside a bare COPY, in how much memory?

    python -m benchmarks.exporting [--texts 150000] [--scenes 500] [--formats sarlang jsonl] [--runs 1]

Fills a release of a database of its own by SQL, with entries as long and as various as real ones, whose scenes share a
few images. Before and after each export the floor is timed: `COPY (the entries, in the order of their ids) TO`, read
to its end by this process and thrown away; nothing that gives the rows as JSON can be quicker. Each export runs in a
process of its own, whose peak of memory is told together with its helper's; what it wrote is verified afterwards. Ends
with 1 where an export takes more than four times the floor, or more than 300 MB, or what it wrote is not intact.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

import psutil
import psycopg

from app.assets.store import AssetStore
from app.db import embedded, make_engine, make_sessionmaker, migrate
from app.release import workflow

PAPER_TEXTS: Final = 1_126_277
MOST_TIMES: Final = 4.0
MOST_MB: Final = 300
TIMED_FROM: Final = 50_000
"""Texts; with fewer, what is measured is how long the program takes to start."""
RELEASE: Final = "bench@1"

_SCENES: Final = """
insert into release_scene (release_id, dataset, name, entry)
select 1, 'ports', name, jsonb_build_object(
    'dataset', 'ports', 'scene', name, 'split', case when number %% 10 < 7 then 'train' else 'test' end,
    'published_split', null, 'rows', 512, 'cols', 512, 'unit', 'relative_db',
    'assets', jsonb_build_object('sar', image, 'processed', image, 'optical', null),
    'boxes', (select jsonb_agg(jsonb_build_object('id', box::text, 'number', box, 'category', 'ship',
        'bbox', jsonb_build_array(box * 17.5, 31, 40.25, 12))) from generate_series(1, 2) box),
    'metadata', jsonb_build_object('sensor', 'Gaofen-3', 'band', 'C', 'labelled', jsonb_build_array('ship')),
    'ground', null, 'original', jsonb_build_object('sar', jsonb_build_object('name', name, 'sha256', image)),
    'provenance', jsonb_build_object('looks', 4.4, 'filter', 'refined Lee', 'stretch', jsonb_build_array(0.01, 0.99)))
from (select number, lpad(number::text, 7, '0') || '.jpg' as name,
        (%(images)s::text[])[1 + number %% %(count)s] as image
    from generate_series(1, %(scenes)s) number) scenes
"""
_TEXTS: Final = """
insert into release_text (release_id, text_sha256, draft_id, resolution_id, entry)
select 1, encode(sha256(convert_to(jsonb_build_array('ports', scene, image, split, kind, question_type, words, answer,
        'sar', draft_sha256)::text, 'UTF8')), 'hex'), number, number,
    jsonb_build_object('dataset', 'ports', 'scene', scene, 'split', split, 'image_sha256', image, 'kind', kind,
        'question_type', question_type, 'support', 'sar', 'is_revised', number %% 7 = 0,
        'verification', 'reviewed',
        'verdicts', jsonb_build_array(jsonb_build_object('reviewer', reviewer, 'revision', 1, 'counted', true,
            'verdict', case when number %% 7 = 0 then 'revise' else 'accept' end,
            'flags', case when number %% 7 = 0 then jsonb_build_array('count') else '[]' end,
            'spans', '[]'::jsonb, 'support', 'sar',
            'revised_text', case when number %% 7 = 0 then words end,
            'revised_answer', case when number %% 7 = 0 then answer end)),
        'draft', jsonb_build_object('text', words, 'answer', answer, 'sha256', draft_sha256,
            'box_ids', case when kind = 'question' then jsonb_build_array(number::text) else '[]' end,
            'program', case when kind = 'question' then 'count ship ' || number end, 'raw_answer_sha256', null),
        'drafter', jsonb_build_object('identity', drafter, 'name', 'corpus', 'version', '3', 'model', null,
            'prompt_version', null, 'parameters', jsonb_build_object('seed', 0, 'margin_px', 3, 'share', 0.45)))
    || case when kind = 'question' then jsonb_build_object('question', words, 'answer', answer)
        else jsonb_build_object('caption', words) end
from (
    select number, entry ->> 'scene' as scene, entry ->> 'split' as split, entry #>> '{assets,processed}' as image,
        case when number %% 25 = 0 then 'concise_caption' when number %% 25 = 1 then 'complex_caption'
            else 'question' end as kind,
        case when number %% 25 > 1 then (array['identification', 'classification', 'counting', 'positioning',
            'region_referring'])[1 + number %% 5] end as question_type,
        case when number %% 25 > 1 then 'How many ships are visible in row ' || number || ' of the image?'
            else 'A harbour with ' || number || ' moored ships beside a long quay; the water is dark and calm.' end
            as words,
        case when number %% 25 > 1 then (number %% 98)::text end as answer,
        encode(sha256(('draft ' || number)::bytea), 'hex') as draft_sha256,
        encode(sha256('drafter'::bytea), 'hex') as drafter,
        md5('reviewer ' || number %% 3)::uuid as reviewer
    from generate_series(1, %(texts)s) number
    join (select row_number() over (order by name) as place, entry from release_scene) scene
        on place = 1 + number %% %(scenes)s
) texts
"""
_HEAD: Final = """
update release set text_count = (select count(*) from release_text), content_sha256 = (
    select encode(sha256(convert_to(string_agg(text_sha256, '' order by text_sha256), 'UTF8')), 'hex')
    from release_text)
"""
_FLOOR: Final = "copy (select entry from release_text where release_id = 1 order by text_sha256) to stdout"


@dataclass(frozen=True)
class Measured:
    """One export."""

    format: str
    floor_s: float
    seconds: float
    megabytes: float
    texts: int
    bytes: int
    is_intact: bool

    @property
    def times(self) -> float:
        """Of the floor."""
        return self.seconds / self.floor_s

    def line(self) -> str:
        per_text = 1e6 * self.seconds / self.texts
        whole = f"; {PAPER_TEXTS:,} texts would take {PAPER_TEXTS * per_text / 1e6:.0f} s" if self.texts else ""
        return (
            f"{self.format}: {self.texts:,} texts, {self.bytes / 1e6:.0f} MB in {self.seconds:.1f} s"
            f" ({per_text:.0f} µs a text{whole}), {self.times:.2f} times COPY ({self.floor_s:.1f} s),"
            f" peak {self.megabytes:.0f} MB, {'intact' if self.is_intact else 'NOT INTACT'}"
        )

    def faults(self) -> list[str]:
        found = [] if self.is_intact else [f"what {self.format} wrote is not intact"]
        if self.megabytes > MOST_MB:
            found.append(f"{self.format} took {self.megabytes:.0f} MB")
        if self.texts >= TIMED_FROM and self.times > MOST_TIMES:
            found.append(f"{self.format} took {self.times:.1f} times as long as COPY")
        return found


def fill(connection: psycopg.Connection, store: AssetStore, folder: Path, texts: int, scenes: int) -> None:
    """A release of so many texts; its drafts and reviews are not in the database, which holds the release alone."""
    images = []
    for number in range(5):
        (folder / "image").write_bytes(bytes([number]) * 2_000)
        images.append(store.put(folder / "image", "image/tiff").sha256)
    for (name,) in connection.execute(
        "select conname from pg_constraint where conrelid = 'release_text'::regclass and contype = 'f'"
        " and confrelid <> 'release'::regclass"
    ).fetchall():
        connection.execute(f"alter table release_text drop constraint {name}")
    connection.execute("alter table release disable trigger user")
    connection.execute("alter table release_text disable trigger user")
    connection.execute("alter table release_scene disable trigger user")
    connection.execute(
        "insert into release (release_id, name, number, notes, rules, counts, text_count, content_sha256)"
        " overriding system value values (1, 'bench', 1, '', '{}', '{\"parts\": [], \"left_out\": {},"
        " \"verification\": {}}', 0, repeat('0', 64))"
    )
    values = {"images": images, "count": len(images), "scenes": scenes, "texts": texts}
    connection.execute(_SCENES, values)
    connection.execute(_TEXTS, values)
    connection.execute(_HEAD)
    connection.execute("vacuum analyze release_text")


def floor(connection: psycopg.Connection) -> float:
    """Seconds that COPY takes."""
    begun = time.perf_counter()
    with connection.cursor().copy(_FLOOR) as rows:
        for _ in rows:
            pass
    return time.perf_counter() - begun


def export(url: str, assets: str, format: str, out: str, answers: multiprocessing.SimpleQueue) -> None:
    """Export in this process, and tell (seconds, texts, bytes)."""
    engine = make_engine(url)
    begun = time.perf_counter()
    made = workflow.export_release(make_sessionmaker(engine), AssetStore(assets), RELEASE, format, Path(out))
    seconds = time.perf_counter() - begun
    answers.put((seconds, made.texts, made.bytes))


def measure(connection: psycopg.Connection, url: str, assets: str, format: str, out: Path) -> Measured:
    """Floor, export, floor; the mean of the two floors counts."""
    before = floor(connection)
    context = multiprocessing.get_context("spawn")
    answers = context.SimpleQueue()
    process = context.Process(target=export, args=(url, assets, format, str(out), answers))
    process.start()
    peak = _peak_mb(psutil.Process(process.pid), process)
    if process.exitcode:
        raise SystemExit(f"the export as {format} ended with {process.exitcode}")
    seconds, texts, size = answers.get()
    floor_s = (before + floor(connection)) / 2
    report = workflow.verify_folder(out)
    for fault in report.faults[:5]:
        print(f"  {fault}")
    return Measured(format, floor_s, seconds, peak, texts, size, report.is_intact)


def _peak_mb(found: psutil.Process, process: BaseProcess) -> float:
    """The most memory that the process and its helper had at one moment, looked at until it ends."""
    peak = 0
    while process.exitcode is None:
        with suppress(psutil.NoSuchProcess):
            peak = max(peak, sum(each.memory_info().rss for each in [found, *found.children()]))
        process.join(timeout=0.02)
    return peak / 1e6


@contextmanager
def filled(texts: int, scenes: int) -> Iterator[tuple[psycopg.Connection, str, str, Path]]:
    """A server of its own with such a release: a connection, its URL, the store, and a folder to write to."""
    with tempfile.TemporaryDirectory(prefix="trihedral-") as name, embedded.server(Path(name)) as url:
        folder = Path(name)
        (folder / "out").mkdir()
        (folder / "assets").mkdir()
        migrate.upgrade(url)
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            begun = time.perf_counter()
            fill(connection, AssetStore(folder / "assets"), folder, texts, scenes)
            print(f"{texts:,} texts of {scenes:,} scenes filled in {time.perf_counter() - begun:.0f} s", flush=True)
            yield connection, url, str(folder / "assets"), folder / "out"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=150_000)
    parser.add_argument("--scenes", type=int, default=500)
    parser.add_argument("--formats", nargs="+", default=["sarlang", "jsonl"])
    parser.add_argument("--runs", type=int, default=1)
    asked = parser.parse_args()
    faults: list[str] = []
    with filled(asked.texts, asked.scenes) as (connection, url, assets, out):
        for run in range(asked.runs):
            for format in asked.formats:
                measured = measure(connection, url, assets, format, out / f"{format}-{run}")
                print(measured.line(), flush=True)
                faults += measured.faults()
    for fault in faults:
        print(f"fault: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
