"""Is a claim as quick for who has done half of a large queue as the first one was?

    python -m benchmarks.claim_at_scale [--packets 1000000] [--claims 300] [--reviewers 200]

Fills a queue of packets that want two reviews each into a database of its own. One reviewer has done half of it in the
order of the queue, another a half that lies scattered, a third a half that is at the front once the order is reversed,
and many others stand somewhere. What they did leaves behind what it leaves in use: other slots of the same packets that
stay free, and entries of indexes that no vacuum has taken out yet, as many as the tables' settings let there be. Then
claims are timed, each in a transaction of its own, by reviewers who begin and by those three, and the pages are counted
that a claim reads. Ends with 1 where the 95th percentile of who has done half is more than 1.5 times that of first
claims. The very first claim after a change of the order passes over what is done, once.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import text

from app.db import SessionMaker, embedded, make_engine, make_sessionmaker, migrate, transaction
from app.review.queries import claiming
from app.review.workflow import ReviewConfig, claim

MOST_TIMES: Final = 1.5
SCENES: Final = 1000
WARMED_BY: Final = 20
UNVACUUMED: Final = 5000
"""Reviews since the last vacuum: ``app.db.tables.base.VACUUMED_OFTEN``."""

_FILL: Final = """
insert into asset (sha256, media_type, bytes) values (repeat('a', 64), 'image/tiff', 10);
insert into dataset (name, source, reviews_wanted) values ('scale', 'coco', 2);
insert into scene (dataset_id, name, source_sha256, rows, cols, split, sar_sha256, processed_sha256, unit, limits_low,
    limits_high, histogram, provenance)
    select dataset_id, 'scene ' || n, 'x', 100, 100, 'test', repeat('a', 64), repeat('a', 64), 'dn', 0, 255, '{{}}',
        '{{}}' from dataset cross join generate_series(1, {scenes}) as n;
insert into packet (dataset_id, scene_id, number, draft_count, reviews_wanted)
    select dataset_id, scene_id, n, 10, 2 from scene cross join generate_series(1, {packets} / {scenes}) as n;
insert into slot (packet_id, slot, dataset_id, sort_key)
    select packet_id, n, dataset_id, hashtextextended(packet_id::text, 0)
    from packet cross join generate_series(1, 2) n;
analyze;
"""

# As it happens in use: held first, then done, so that each leaves its entry in the indexes of what is held and free.
_DO: Final = """
with chosen as (select packet_id, slot, row_number() over () as n from ({chosen}) as c)
insert into assignment (packet_id, slot, reviewer, claimed_at, expires_at)
select packet_id, slot, '{reviewer}', now() - interval '2 hours', now() - interval '1 hour' from chosen;
update slot s set is_free = false from assignment a
    where a.reviewer = '{reviewer}' and a.packet_id = s.packet_id and a.slot = s.slot and s.is_free;
insert into review (packet_id, reviewer, slot, submission_id, body_sha256, acknowledgement, scene_verdict)
    select packet_id, reviewer, slot, gen_random_uuid(), 'x', '{{}}', 'usable' from assignment
    where reviewer = '{reviewer}' and state = 'held';
update assignment set state = 'done', ended_at = now() where reviewer = '{reviewer}' and state = 'held';
"""
_IN_ORDER: Final = """
select packet_id, slot from slot where slot = 1 and is_free order by sort_key, packet_id offset {offset} limit {limit}
"""
_SCATTERED: Final = """
select packet_id, slot from slot where slot = 2 and is_free and packet_id % 2 = 0 order by packet_id limit {limit}
"""
_CURSOR: Final = """
insert into queue_cursor (reviewer, dataset_id, sort_key, packet_id)
select '{reviewer}', dataset_id, sort_key, packet_id from slot where slot = 1
order by sort_key, packet_id offset {offset} limit 1
"""
_REVERSE: Final = """
update slot set sort_key = -sort_key;
insert into queue_ordering (dataset_id, order_by, decided_by, finished_at)
    select dataset_id, 'random', 'command', now() from dataset;
vacuum analyze slot
"""


@dataclass(frozen=True)
class Timed:
    """The claims of one kind of reviewer: seconds each, the very first apart, and the pages that one of them read."""

    name: str
    very_first: float
    seconds: list[float]
    pages: int

    def at(self, share: float) -> float:
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(share * len(self.seconds)))]

    def line(self) -> str:
        half, most, worst = (1000 * self.at(share) for share in (0.5, 0.95, 1.0))
        first = f"the very first {1000 * self.very_first:.1f} ms"
        return (
            f"{self.name}: median {half:.2f} ms, 95 % {most:.2f} ms, worst {worst:.1f} ms, {first}, {self.pages} pages"
        )


def fill(connection: psycopg.Connection[Any], packets: int) -> None:
    """The queue, with nothing done."""
    connection.execute(_FILL.format(packets=packets, scenes=SCENES))
    connection.execute("vacuum analyze")


def add_reviewers(connection: psycopg.Connection[Any], number: int) -> list[uuid.UUID]:
    added = "insert into pseudonym select from generate_series(1, %s) returning pseudonym"
    return [row[0] for row in connection.execute(added, [number]).fetchall()]


def do_half(connection: psycopg.Connection[Any], reviewers: list[uuid.UUID], packets: int) -> None:
    """The first of the three does half in order, the second half of it scattered, the third half from the end."""
    in_order, scattered, reordered = reviewers[:3]
    last = packets // 2 - UNVACUUMED
    parts = [
        (in_order, _IN_ORDER.format(offset=0, limit=last)),
        (scattered, _SCATTERED.format(limit=last)),
        (reordered, _IN_ORDER.format(offset=packets // 2, limit=packets // 2)),
    ]
    for reviewer, chosen in parts:
        connection.execute(_DO.format(reviewer=reviewer, chosen=chosen))
    connection.execute("vacuum analyze")
    latest = _IN_ORDER.format(offset=0, limit=UNVACUUMED)
    connection.execute(_DO.format(reviewer=in_order, chosen=latest))
    connection.execute(_CURSOR.format(reviewer=in_order, offset=packets // 2 - 1))
    for number, other in enumerate(reviewers[3:]):
        connection.execute(_CURSOR.format(reviewer=other, offset=number * packets // len(reviewers)))


def measure(sessions: SessionMaker, reviewers: Mapping[str, Sequence[uuid.UUID]]) -> list[Timed]:
    """A claim of each kind of reviewer in turn, so that all are timed at the same times, until all are made.

    What is claimed is put down as done between two. The first ones let the connection plan the statement.
    """
    seconds: dict[str, list[float]] = {name: [] for name in reviewers}
    for turn in zip(*reviewers.values(), strict=True):
        for name, reviewer in zip(reviewers, turn, strict=True):
            seconds[name].append(timed_claim(sessions, reviewer))
    return [
        Timed(name, seconds[name][0], seconds[name][WARMED_BY:], pages_read(sessions, those[-1]))
        for name, those in reviewers.items()
    ]


def timed_claim(sessions: SessionMaker, reviewer: uuid.UUID) -> float:
    began = time.perf_counter()
    with transaction(sessions) as session:
        found = claim(session, reviewer, "scale", [], ReviewConfig()).assignment_id
    seconds = time.perf_counter() - began
    if found is None:
        raise LookupError("nothing was handed out")
    with transaction(sessions) as session:
        done = "update assignment set state = 'done', ended_at = now() where assignment_id = :id"
        session.execute(text(done), {"id": found})
    return seconds


def pages_read(sessions: SessionMaker, reviewer: uuid.UUID) -> int:
    """The pages that one more claim reads, which is then undone."""
    asked = {"reviewer": reviewer, "dataset": "scale", "have": [], "lease_s": 1.0, "max_held": 3, "ended_at_once": 32}
    with sessions() as session:
        plan = session.execute(
            text(f"explain (analyze, buffers, format json) {claiming.STATEMENT}"), asked
        ).scalar_one()
        session.rollback()
    return int(plan[0]["Plan"]["Shared Hit Blocks"]) + int(plan[0]["Plan"]["Shared Read Blocks"])


def run(packets: int, claims: int, reviewers: int, folder: Path) -> list[Timed]:
    """Fill, do half, and time claims before and after."""
    with embedded.server(folder) as url:
        migrate.upgrade(url)
        engine = make_engine(url, pool_size=1)
        sessions = make_sessionmaker(engine)
        with psycopg.connect(url, autocommit=True) as connection:
            fill(connection, packets)
            those = add_reviewers(connection, 3 + reviewers)
            turns = WARMED_BY + claims
            timed = measure(sessions, {"first claims, nothing done": add_reviewers(connection, turns)})
            do_half(connection, those, packets)
            kinds = {"half done in order": [those[0]] * turns, "half done, scattered": [those[1]] * turns}
            timed += measure(sessions, {"first claims": add_reviewers(connection, turns), **kinds})
            for statement in _REVERSE.split(";"):
                connection.execute(statement)
            kinds = {"half done, then the order was reversed": [those[2]] * turns}
            timed += measure(sessions, {"first claims in that order": add_reviewers(connection, turns), **kinds})
        engine.dispose()
    return timed


def main() -> int:
    """The command of this module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packets", type=int, default=1_000_000)
    parser.add_argument("--claims", type=int, default=300)
    parser.add_argument("--reviewers", type=int, default=200, help="who stand somewhere in the queue")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trihedral-claims-") as folder:
        timed = run(asked.packets, asked.claims, asked.reviewers, Path(folder))
    first = timed[1].at(0.95)
    faults = []
    for each in timed:
        times = each.at(0.95) / first
        print(f"{each.line()}; 95 % is {times:.2f} times that of first claims")
        if times > MOST_TIMES:
            faults.append(each.name)
    for name in faults:
        print(f"FAULT: {name}: more than {MOST_TIMES} times as long as first claims")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
