"""A second process for the texts of a large release: the two take turns, a range of ids each.

Formatting a million texts is what an export spends its time on, and Python does it on one processor. So, once it is
ready, a helper with a connection of its own makes every second batch. It is told its range before this process begins
with the one before, so that both read at the same time; all that it then needs is how many texts the files have before
its batch, which is counted before the batches are formatted, at the same time again.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, Final

from pipeline.formats.image_names import ImagePaths
from pipeline.formats.source import OpenTexts, ReleaseSource
from pipeline.formats.statistics import Statistics
from pipeline.formats.text_batches import Batch, BatchMaker, Range, batches_of, ranges
from pipeline.formats.writer import ReleaseWriter
from pipeline.formats.writers import find_writer

HELPED_FROM: Final = 50_000
"""Texts; with fewer, the helper would take longer to start than it saves."""
READY_WITHIN_S: Final = 0.0
"""How long it is waited for before each batch: meanwhile this process makes them alone."""
READY: Final = "ready"
"""What the helper says first."""


class HelperGoneError(ConnectionError):
    """The helper was ended from outside, perhaps for want of memory; the export can be gone on with."""


@contextmanager
def batches(
    source: ReleaseSource, writer: ReleaseWriter, paths: ImagePaths, statistics: Statistics
) -> Iterator[Iterator[Batch]]:
    """All batches of a release, in the order of the ids; afterwards ``statistics`` have its texts."""
    maker, parts = BatchMaker(source, writer, paths), list(ranges(source.text_count))
    opener = source.opener()
    if opener is None or source.text_count < HELPED_FROM or _processors() < 2:
        yield batches_of(maker, parts)
    else:
        with _helper(opener, writer.name) as helper:
            yield _in_turns(maker, parts, helper)
            helper.send(None)
            if (found := _received(helper)) == READY:  # only now
                found = _received(helper)
            statistics.merge(found)
    statistics.merge(maker.statistics)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _in_turns(maker: BatchMaker, parts: Sequence[Range], helper: Connection) -> Iterator[Batch]:
    """Batches of this process, and of the helper as soon as it is ready."""
    counts: Mapping[str, int] = {}
    is_ready, told = False, 0

    def tell_next(place: int) -> int:
        """Let the helper begin with the range after ``place``, if there is one."""
        if place + 1 < len(parts):
            helper.send(parts[place + 1])
        return min(place + 1, len(parts))

    place = 0
    while place < len(parts):
        if not is_ready and helper.poll(READY_WITHIN_S):
            is_ready = _received(helper) == READY
            told = tell_next(place)
        read = maker.read(parts[place])
        after = read.count(counts)
        is_helped = place < told < len(parts)
        if is_helped:
            helper.send(after)
        yield maker.make(read, counts)
        counts, place = after, place + 1
        if is_helped:
            counts, batch = _received(helper)
            place += 1
            told = tell_next(place)
            yield batch


@contextmanager
def _helper(opener: OpenTexts, format: str) -> Iterator[Connection]:
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe()
    process = context.Process(target=_help, args=(its, opener, format), daemon=True)
    process.start()
    its.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join(timeout=1)
        process.kill()
        process.join()


def _help(main: Connection, opener: OpenTexts, format: str) -> None:
    try:
        with opener() as source:
            writer = find_writer(format)()
            writer.begin(source.head, source.scene_names())
            maker = BatchMaker(source, writer, ImagePaths(writer.images, source.scene_names()))
            main.send(READY)
            while (between := main.recv()) is not None:
                read = maker.read(between)
                counts = main.recv()
                main.send((read.count(counts), maker.make(read, counts)))
            main.send(maker.statistics)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return  # the export ended before
    except Exception as error:
        main.send(error)


def _received(helper: Connection) -> Any:
    try:
        found = helper.recv()
    except (EOFError, OSError) as error:
        raise HelperGoneError("the process that helped to export was ended: start the export again") from error
    if isinstance(found, Exception):
        raise found
    return found
