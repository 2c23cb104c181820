"""A reviewer's browser without the browser: claims, submits, and sends again what was not acknowledged."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient

ANSWER_WITHIN_S = 30.0
GIVE_UP_AFTER_S = 90.0
STATUSES_TO_TRY_AGAIN = frozenset({502, 503, 504})


@dataclass(frozen=True)
class Acknowledged:
    """A review that the server said is stored."""

    review_id: int
    submission_id: str
    packet_id: int
    said: list[str]
    """``draft verdict text`` of each draft, by draft."""
    seconds: float


class Hands:
    """All packets that are in somebody's hands, seen from the clients' side."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: dict[tuple[int, int], str] = {}
        self.acknowledged: list[Acknowledged] = []
        self.faults: list[str] = []
        self.is_over = threading.Event()

    def take(self, packet: dict[str, Any], client: str) -> None:
        """Note who was handed a slot. No hold ends within a run, so it stays theirs for good."""
        slot = (packet["assignment"]["packet_id"], packet["assignment"]["slot"])
        with self._lock:
            if self._holder.setdefault(slot, client) != client:
                self.faults.append(f"packet and slot {slot} were given to two reviewers")

    def acknowledge(self, review: Acknowledged) -> None:
        with self._lock:
            self.acknowledged.append(review)


class ReviewingClient:
    """One reviewer with a bearer token."""

    def __init__(self, port: int, token: str, hands: Hands) -> None:
        self._port = port
        self._hands = hands
        self._token = token
        self._chance = random.Random(token)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._connection: http.client.HTTPConnection | None = None
        self.tries_again = 0

    def knock(self, path: str, seconds: float) -> int:
        """How many requests to a route that does nothing are answered in this time."""
        answered, ends_at = 0, time.monotonic() + seconds
        while time.monotonic() < ends_at:
            status, _ = self._send(path, None, "GET")
            if status not in (200, 204):
                raise RuntimeError(f"{path} answered {status}")
            answered += 1
        return answered

    def review_everything(self) -> list[str]:
        """Claim and submit until nothing is left, or the run is over; gives what went wrong."""
        packet: dict[str, Any] | None = None
        try:
            while not self._hands.is_over.is_set():
                if packet is None:
                    packet, reason = self.claim()
                    if reason == "nothing_left":
                        return []
                if packet is None:
                    time.sleep(0.05)
                    continue
                packet = self.submit(packet)
            return []
        except Exception as error:  # a client that stops is a fault of the run, whatever stopped it
            return [f"a client stopped: {type(error).__name__}: {error}"]

    def claim(self) -> tuple[dict[str, Any] | None, str | None]:
        """A packet, or why there is none."""
        answer = self._ask("/api/v1/queue/claim", {})
        return answer["packet"], answer["reason"]

    def submit(self, packet: dict[str, Any]) -> dict[str, Any] | None:
        """Review the packet; gives the next one."""
        self._hands.take(packet, self._token)
        body = self._review_of(packet)
        began = time.monotonic()
        told = self._ask("/api/v1/reviews", body)
        said = [f"{one['draft_id']} {one['verdict']} {one.get('revised_text') or ''}" for one in body["verdicts"]]
        self._hands.acknowledge(
            Acknowledged(told["review_id"], body["submission_id"], body["packet_id"], said, time.monotonic() - began)
        )
        following: dict[str, Any] | None = told["next"]
        return following

    def _review_of(self, packet: dict[str, Any]) -> dict[str, Any]:
        verdicts = [self._verdict_of(draft) for draft in sorted(packet["drafts"], key=lambda one: one["draft_id"])]
        return {
            "submission_id": str(uuid.uuid4()),
            "assignment_id": packet["assignment"]["id"],
            "packet_id": packet["assignment"]["packet_id"],
            "scene": {"verdict": "usable", "reason": None},
            "verdicts": verdicts,
            "next": True,
        }

    def _verdict_of(self, draft: dict[str, Any]) -> dict[str, Any]:
        verdict = self._chance.choice(("accept", "accept", "reject", "unsure", "revise"))
        text = {"revised_text": f"Revised {self._chance.random()}"} if verdict == "revise" else {}
        return {"draft_id": draft["draft_id"], "verdict": verdict, **text}

    def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request, sent until there is one."""
        sent, give_up_at = json.dumps(body), time.monotonic() + GIVE_UP_AFTER_S
        while True:
            try:
                status, answer = self._send(path, sent)
                if status == 200:
                    return dict(json.loads(answer))
                if status not in STATUSES_TO_TRY_AGAIN:
                    raise RuntimeError(f"{path} answered {status}: {answer[:300]!r}")
            except (OSError, http.client.HTTPException):
                self._drop()
            if time.monotonic() > give_up_at:
                raise TimeoutError(f"{path} was not answered within {GIVE_UP_AFTER_S:.0f} s")
            self.tries_again += 1
            time.sleep(self._chance.uniform(0.02, 0.2))

    def _send(self, path: str, body: str | None, method: str = "POST") -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_WITHIN_S)
        self._connection.request(method, path, body, self._headers)
        response = self._connection.getresponse()
        return response.status, response.read()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class InProcessClient(ReviewingClient):
    """As its parent, without a network: through a test client of an application in this process."""

    def __init__(self, client: TestClient, token: str, hands: Hands) -> None:
        super().__init__(0, token, hands)
        self._client = client

    def _send(self, path: str, body: str | None, method: str = "POST") -> tuple[int, bytes]:
        response = self._client.request(method, path, content=body, headers=self._headers)
        return response.status_code, response.content
