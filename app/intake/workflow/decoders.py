"""The child processes that decode images: one pool a worker process, shared by all that it has in hand."""

from __future__ import annotations

import os
import queue
from types import TracebackType
from typing import Self

from pipeline.imaging.decoding import SceneWorker
from pipeline.imaging.prepared import PreparedScene, SceneRequest


class Decoders:
    """As many decoders as there are processors. They start when they are first needed, and end on leaving.

    Attributes
    ----------
    size : int
        How many scenes are decoded at once.
    """

    def __init__(self, size: int | None = None) -> None:
        self.size = size or len(os.sched_getaffinity(0))
        self._free: queue.LifoQueue[SceneWorker] = queue.LifoQueue()
        for _ in range(self.size):
            # Last in, first out: where one is enough, the others never start.
            self._free.put(SceneWorker())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _ in range(self.size):
            self._free.get().close()

    def prepare(self, request: SceneRequest) -> tuple[PreparedScene, ...]:
        """:meth:`SceneWorker.prepare` in a decoder that is free, waiting for one; from any thread."""
        decoder = self._free.get()
        try:
            return decoder.prepare(request)
        finally:
            self._free.put(decoder)
