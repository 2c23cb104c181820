"""A release as large as the paper's: how long does it take to look at it beforehand, to freeze it, and to compare two?

    python -m benchmarks.freezing [--texts 1126277]

Fills a dataset with drafts that were screened and reviewed into a database of its own: a tenth is not read yet, some
are rejected, in dispute, or have findings that nobody answered. Then it times the preview, the freezing of a first
number, a page of what was left out, the freezing of a second number after one text in a hundred was decided anew, and
the pages and the whole of the difference between the two. Ends with 1 where a page takes longer than a page may.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import psycopg

from app.db import SessionMaker, embedded, make_engine, make_sessionmaker, migrate, transaction
from app.release.queries import differences, previewing
from app.release.queries.rules import Rules
from app.release.workflow import freeze_release, get_release

PAPER_TEXTS: Final = 1_126_277
TEXTS_A_SCENE: Final = 48
MOST_S: Final = {"a page of what was left out": 1.0, "a page of the difference": 1.0}

_FILL: Final = """
insert into pseudonym (pseudonym) values (md5('reviewer')::uuid);
insert into asset (sha256, media_type, bytes) values (repeat('a', 64), 'image/tiff', 10);
insert into dataset (name, source, licence) values ('scale', 'coco', 'CC BY 4.0');
insert into run (dataset_id, kind, state, finished_at) values (1, 'screen', 'done', now());
insert into drafter (identity, name, version, parameters) values ('corpus', 'corpus', '1', '{{"seed": 1}}');
insert into scene (dataset_id, name, source_sha256, rows, cols, split, sar_sha256, processed_sha256, unit, limits_low,
    limits_high, histogram, provenance, is_grouped)
    select 1, 'scene ' || n, 'x', 100, 100, case when n % 10 < 7 then 'train' else 'test' end, repeat('a', 64),
        repeat('a', 64), 'dn', 0, 255, '{{}}', '{{"looks": 4.4}}', true from generate_series(1, {scenes}) as n;
insert into draft (scene_id, drafter_id, run_id, kind, question_type, text, answer, box_ids, program, draft_sha256)
    select 1 + n / {a_scene}, 1, 1, 'question', 'counting', 'How many ships are in row ' || n || ' of the image?',
        (n % 98)::text, array[n::text], 'count ship', encode(sha256(('draft ' || n)::bytea), 'hex')
    from generate_series(0, {texts} - 1) as n;
insert into packet (dataset_id, scene_id, number, draft_count, reviews_wanted)
    select 1, scene_id, n, 12, 1 from scene cross join generate_series(1, {a_scene} / 12) as n;
insert into packet_draft (packet_id, position, draft_id, scene_id)
    select p.packet_id, 1 + (d.draft_id - 1) % 12, d.draft_id, d.scene_id
    from draft d join packet p on p.scene_id = d.scene_id and p.number = 1 + ((d.draft_id - 1) % {a_scene}) / 12;
insert into screened (draft_id, screening_version, run_id) select draft_id, 'v1', 1 from draft;
insert into finding (draft_id, screening_version, rule, severity, field, start_, end_, span_text, message)
    select draft_id, 'v1', 'counts.more', case when draft_id % 40 = 0 then 'error' else 'info' end, 'text', 0, 3, 'How',
        'Look.' from draft where draft_id % 4 = 0;
insert into review (packet_id, reviewer, slot, submission_id, body_sha256, acknowledgement, scene_verdict)
    select packet_id, md5('reviewer')::uuid, 1, gen_random_uuid(), repeat('0', 64), '{{}}', 'usable' from packet
    where packet_id % 10 > 0;
insert into draft_verdict (review_id, draft_id, packet_id, verdict)
    select review_id, draft_id, packet_id, case when draft_id % 20 = 0 then 'reject' else 'accept' end
    from review join packet_draft using (packet_id);
insert into disagreement (draft_id, packet_id, reason)
    select draft_id, packet_id, 'unsure' from draft_verdict where draft_id % 50 = 1;
insert into resolution (draft_id, outcome, text, answer, support, review_ids)
    select v.draft_id, case verdict when 'reject' then 'rejected' else 'verified' end,
        case verdict when 'reject' then null else d.text end, case verdict when 'reject' then null else d.answer end,
        case verdict when 'reject' then null else 'sar' end, array[review_id]
    from draft_verdict v join draft d using (draft_id) where v.draft_id % 50 <> 1;
"""
_DECIDE: Final = """
insert into resolution (draft_id, revision, supersedes, outcome, text, answer, support, is_revised, review_ids)
    select draft_id, 2, 1, case when draft_id % 200 = 2 then 'rejected' else 'verified' end,
        case when draft_id % 200 = 2 then null else text end, case when draft_id % 200 = 2 then null else '7' end,
        case when draft_id % 200 = 2 then null else 'sar' end, true, review_ids
    from resolution where draft_id % 100 = 2
"""
_FILLED: Final = (
    "draft",
    "packet_draft",
    "finding",
    "screened",
    "review",
    "draft_verdict",
    "disagreement",
    "resolution",
)


def fill(connection: psycopg.Connection, texts: int) -> None:
    """The dataset, as drafting, screening and reviewing leave it."""
    # Keys are looked up row by row; what is filled here is right by itself, and what is timed keeps its own.
    dropped = connection.execute(
        "select conrelid::regclass::text, conname from pg_constraint"
        " where contype = 'f' and conrelid = any(%s::regclass[])",
        (list(_FILLED),),
    ).fetchall()
    for table, name in dropped:
        connection.execute(f"alter table {table} drop constraint {name}")
    for table in _FILLED:
        connection.execute(f"alter table {table} disable trigger user")
    scenes = 1 + texts // TEXTS_A_SCENE
    for statement in _FILL.format(texts=texts, scenes=scenes, a_scene=TEXTS_A_SCENE).split(";\n"):
        if statement.strip():
            connection.execute(statement)  # type: ignore[call-overload]


class Clock:
    """Times what it is given and says it."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def time(self, what: str, do: Callable[[], Any]) -> Any:
        began = time.monotonic()
        found = do()
        took_s = time.monotonic() - began
        print(f"{what}: {took_s:.2f} s", flush=True)
        if took_s > MOST_S.get(what, float("inf")):
            self.faults.append(f"{what} took {took_s:.1f} s")
        return found


def measure(sessions: SessionMaker, connection: psycopg.Connection) -> list[str]:
    """All of it; gives what took too long."""
    clock, rules = Clock(), Rules(("scale",))

    def freeze() -> str:
        with transaction(sessions) as session:
            return freeze_release(session, "bench", rules).label

    with sessions() as session:
        seen = clock.time("the preview", lambda: previewing.count_all(session, rules, keep_for=1))
        print(f"  {seen['parts']}")
        for standing in ("not_reviewed", "disagreement"):
            asked = previewing.LeftOutFilter(1, standing)
            clock.time("a page of what was left out", partial(previewing.list_left_out, session, asked))
    clock.time("freezing the first number", freeze)
    connection.execute(_DECIDE)
    clock.time("freezing the second number", freeze)
    connection.execute("vacuum analyze release_text")
    with sessions() as session:
        old, new = get_release(session, "bench@1"), get_release(session, "bench@2")
        print(f"  {new.counts['difference']}")
        for is_frozen in (True, False):
            pair = differences.Pair(old.release_id, new.release_id, is_frozen)
            of = "the difference" if is_frozen else "the difference of any two"
            for change in ("", "added", "changed", "removed"):
                asked = differences.ChangeFilter(change=change)
                clock.time(f"a page of {of}", partial(differences.list_changes, session, pair, asked))
            clock.time(f"counting {of}", partial(differences.count_changes, session, pair))
            every = differences.all_changes(session, pair, differences.ChangeFilter())
            whole = clock.time(f"the whole of {of}", partial(sum, (1 for _ in every)))
        print(f"  {whole:,} texts")
    return clock.faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=PAPER_TEXTS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trihedral-freezing-") as folder, embedded.server(Path(folder)) as url:
        migrate.upgrade(url)
        engine = make_engine(url)
        with psycopg.connect(url, autocommit=True) as connection:
            began = time.monotonic()
            fill(connection, arguments.texts)
            connection.execute("vacuum analyze")
            print(f"{arguments.texts:,} drafts were filled in within {time.monotonic() - began:.0f} s", flush=True)
            faults = measure(make_sessionmaker(engine), connection)
        engine.dispose()
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
