"""The offline twin as a drafter: prepared replies over a real socket, in the protocol of the real endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from threading import Event

from pipeline.drafting.drafters.endpoint import EndpointDrafter
from pipeline.drafting.drafting import Assignment, DrafterError, Outcome, Request
from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.replay import ReplayServer

_ANYWHERE = Endpoint("http://127.0.0.1/v1", "replay", is_replay=True)


class ReplayDrafter(EndpointDrafter):
    """Asks a replay server of its own, which lives as long as it drafts."""

    def __init__(self, assignment: Assignment) -> None:
        if assignment.replay is None:
            raise DrafterError("prepared replies come from a folder: give --replay DIR")
        given = assignment.endpoint or _ANYWHERE
        super().__init__(replace(assignment, endpoint=replace(given, is_replay=True)))
        # Told now, not after the run has begun.
        self._replies = assignment.replay
        with ReplayServer(self._replies):
            pass

    def draft(self, requests: Iterable[Request], stop: Event) -> Iterator[Outcome]:
        with ReplayServer(self._replies) as server:
            self.endpoint = replace(self.endpoint, base_url=server.base_url)
            yield from super().draft(requests, stop)
