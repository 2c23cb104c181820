"""Gather what a drafter gives into batches: one transaction for all that came within a moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from queue import Empty, Queue
from threading import Thread
from typing import Final, Generic, TypeVar

Given = TypeVar("Given")

BATCH_S: Final = 0.1
LARGEST_BATCH: Final = 500


class Gathering(Generic[Given]):
    """Draws from an iterator in a thread of its own, so that it never waits for what is done with its items."""

    def __init__(self, items: Iterator[Given]) -> None:
        self._items = items
        self._queue: Queue[Given | _Over] = Queue(LARGEST_BATCH)
        self._over: _Over | None = None
        self._thread = Thread(target=self._draw, name="gathering", daemon=True)
        self._thread.start()

    def batches(self) -> Iterator[list[Given]]:
        """All items, at most :data:`LARGEST_BATCH` at a time; what the iterator raises comes behind them."""
        while self._over is None:
            batch = self._batch()
            if batch:
                yield batch
        self._thread.join()
        if self._over.fault is not None:
            raise self._over.fault

    def _batch(self) -> list[Given]:
        batch: list[Given] = []
        self._take(self._queue.get(), batch)
        until = time.monotonic() + BATCH_S
        while self._over is None and len(batch) < LARGEST_BATCH and (left := until - time.monotonic()) > 0:
            try:
                self._take(self._queue.get(timeout=left), batch)
            except Empty:
                break
        return batch

    def _take(self, item: Given | _Over, batch: list[Given]) -> None:
        if isinstance(item, _Over):
            self._over = item
        else:
            batch.append(item)

    def _draw(self) -> None:
        fault: BaseException | None = None
        try:
            for item in self._items:
                self._queue.put(item)
        except BaseException as error:
            fault = error
        self._queue.put(_Over(fault))


class _Over:
    """Behind the last item: why there are no more."""

    def __init__(self, fault: BaseException | None) -> None:
        self.fault = fault
