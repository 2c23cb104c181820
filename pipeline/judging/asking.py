"""Ask a model to judge answers, and keep what it said."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from threading import Event
from typing import Final
from urllib.parse import quote

from pipeline.drafting.asking import ask_all
from pipeline.drafting.client import ChatClient, GaveUpError, Question
from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.failures import MENDED, DraftFailure
from pipeline.drafting.replay import KIND_HEADER, SCENE_HEADER
from pipeline.drafting.replies import Usage
from pipeline.scoring.judgement import Answer, Judgement, judged
from pipeline.scoring.model_judge import NAME, PROMPT_VERSION, judge_prompt, read_decision

REPLAY_KIND: Final = "judgement"
"""Under which a replay server finds replies, by the id of the answer instead of a scene."""


class JudgeFailedError(Exception):
    """The endpoint gives no more replies: why, after so many."""

    def __init__(self, failure: DraftFailure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class RawReply:
    """What the model said to one prompt: kept as it is, so that it can be read again."""

    key: str
    """SHA-256 of model, parameters and prompt: equal answers are asked about once."""
    said: str
    refusal: str = ""
    finish_reason: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def judgement(self, answer: Answer) -> Judgement:
        """What the reply decides."""
        if self.refusal or not self.said.strip():
            told = self.refusal or f"an empty reply ({self.finish_reason})"
            return judged("undecided", answer.truth, answer.prediction, f"the model gave no decision: {told[:200]}")
        return read_decision(answer, self.said)


def judging_endpoint(endpoint: Endpoint) -> Endpoint:
    """The endpoint as a judge is asked: temperature 0 where it may be set, and a reply in plain words."""
    temperature = None if endpoint.temperature is None else 0.0
    return replace(endpoint, temperature=temperature, response_format="none")


def recipe(endpoint: Endpoint) -> Mapping[str, object]:
    """What names the judge in each result."""
    return {
        "judge": NAME,
        "judge_version": PROMPT_VERSION,
        "judge_model": endpoint.model,
        "judge_temperature": endpoint.temperature,
    }


def key_of(endpoint: Endpoint, answer: Answer) -> str:
    """By which a reply is found again."""
    asked = [endpoint.model, endpoint.temperature, endpoint.max_tokens, judge_prompt(answer)]
    return hashlib.sha256(json.dumps(asked).encode("ascii")).hexdigest()


def ask_about(
    answers: Iterable[tuple[str, Answer]], endpoint: Endpoint, concurrency: int, stop: Event | None = None
) -> Iterator[RawReply]:
    """Ask about each answer, by its id; gives the replies as they come, in any order.

    A prompt that alone is refused gives an empty reply, so that it counts as undecided.

    Raises
    ------
    JudgeFailedError
        Where the endpoint fails, after its own attempts; the replies before were given.
    """
    halt = stop or Event()
    client = ChatClient(endpoint, halt, concurrency)

    def ask(asked: tuple[str, Answer]) -> RawReply | DraftFailure:
        return _ask(client, endpoint, *asked)

    try:
        replies: Iterator[RawReply | DraftFailure] = ask_all(answers, ask, concurrency, halt)
        for found in replies:
            if isinstance(found, DraftFailure):
                raise JudgeFailedError(found)
            yield found
    finally:
        halt.set()
        client.close()


def _ask(client: ChatClient, endpoint: Endpoint, name: str, answer: Answer) -> RawReply | DraftFailure:
    headers = {SCENE_HEADER: quote(name, safe=""), KIND_HEADER: REPLAY_KIND} if endpoint.is_replay else {}
    messages = [{"role": "user", "content": judge_prompt(answer)}]
    key = key_of(endpoint, answer)
    try:
        reply, _, lost = client.ask(Question(messages, "judgement", {}, endpoint.max_tokens, headers))
    except GaveUpError as gave_up:
        failure = gave_up.error.after(gave_up.attempts)
        if failure.reason in MENDED and (failure.is_fatal or failure.reason != "rejected"):
            return failure
        return RawReply(key, "", failure.detail, failure.reason, *_tokens(gave_up.usage))
    return RawReply(key, reply.content, reply.refusal, reply.finish_reason, *_tokens(reply.usage + lost))


def _tokens(usage: Usage) -> tuple[int, int]:
    return usage.prompt_tokens, usage.completion_tokens


def as_line(reply: RawReply) -> str:
    """A reply as a line of JSON, ASCII only, so that whatever was said can be written."""
    return json.dumps(asdict(reply))
