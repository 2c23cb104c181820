"""Many requests at once: threads that draw, ask and hand over, with memory for only a few each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from threading import Event, Lock, Semaphore, Thread
from typing import Final, Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

_WAITING: Final = 2
"""Answers a thread that may wait to be taken, before it draws no more."""


def ask_all(
    requests: Iterable[Asked], ask: Callable[[Asked], Answer | None], concurrency: int, stop: Event
) -> Iterator[Answer]:
    """Give the answers as they come, in any order; ``concurrency`` requests are asked at a time.

    A thread draws its next request as soon as it has its answer, whether or not that was taken; but no more are drawn
    than were taken, are under way or are waiting for a place. An answer of None ends the drawing, as ``stop`` does. If
    ``requests`` or ``ask`` raises, the answers under way are given first, then the exception. Closing the iterator sets
    ``stop`` and waits for what is under way.

    Raises
    ------
    ValueError
        If ``concurrency`` is not positive.
    """
    if concurrency < 1:
        raise ValueError(f"concurrency is {concurrency}; at least one request must be under way")
    asking = _Asking(iter(requests), ask, concurrency, stop)
    threads = [Thread(target=asking.work, name=f"drafting-{number}", daemon=True) for number in range(concurrency)]
    for thread in threads:
        thread.start()
    try:
        yield from asking.answers(concurrency)
    finally:
        stop.set()
        asking.release(len(threads))
        for thread in threads:
            thread.join()
    if asking.fault is not None:
        raise asking.fault


class _Asking(Generic[Asked, Answer]):
    def __init__(
        self, requests: Iterator[Asked], ask: Callable[[Asked], Answer | None], concurrency: int, stop: Event
    ) -> None:
        self._requests, self._ask, self._stop = requests, ask, stop
        self._places = Semaphore(concurrency * (1 + _WAITING))
        self._drawing = Lock()
        self._is_over = False
        self._answers: SimpleQueue[Answer | _Left] = SimpleQueue()
        self.fault: BaseException | None = None

    def work(self) -> None:
        """One thread's work until there is no more."""
        try:
            while (request := self._draw()) is not None:
                answer = self._ask(request[0])
                if answer is None:
                    break
                self._answers.put(answer)
        except BaseException as error:
            self.fault = self.fault or error
        finally:
            self._is_over = True
            self._answers.put(_LEFT)

    def answers(self, threads: int) -> Iterator[Answer]:
        """Until all threads have left."""
        while threads:
            answer = self._answers.get()
            if isinstance(answer, _Left):
                threads -= 1
                continue
            self._places.release()
            yield answer

    def release(self, threads: int) -> None:
        """Let threads that wait for a place see that it is over."""
        self._is_over = True
        for _ in range(threads):
            self._places.release()

    def _draw(self) -> tuple[Asked] | None:
        self._places.acquire()
        with self._drawing:
            if self._is_over or self._stop.is_set():
                # Whoever else waits for a place leaves too.
                self._places.release()
                return None
            try:
                return (next(self._requests),)
            except StopIteration:
                self._is_over = True
                self._places.release()
                return None


class _Left:
    """In place of an answer: a thread has left."""


_LEFT: Final = _Left()
