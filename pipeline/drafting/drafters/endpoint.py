"""A model at an OpenAI-compatible endpoint as a drafter: captions and questions from what it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from threading import Event
from typing import Any, Final
from urllib.parse import quote

from pipeline.drafting.asking import ask_all
from pipeline.drafting.captions import CAPTION_SCHEMA, MAX_WORDS, read_caption
from pipeline.drafting.client import ChatClient, GaveUpError, Question
from pipeline.drafting.costs import Purse, text_tokens
from pipeline.drafting.drafting import Assignment, DrafterError, Need, Outcome, Request, SceneView
from pipeline.drafting.failures import ASKED_AGAIN, ModelError
from pipeline.drafting.prompts import Prompt, default_prompt
from pipeline.drafting.questions import (
    MOST_QUESTIONS,
    QUESTIONS_A_SCENE,
    QUESTIONS_SCHEMA,
    TOKENS_A_QUESTION,
    ReadQuestions,
    read_questions,
)
from pipeline.drafting.replay import KIND_HEADER, SCENE_HEADER
from pipeline.drafting.replies import Reply, Usage
from pipeline.records import Drafter, Kind, digest


class EndpointDrafter:
    """One call a scene and kind; questions of a scene come in one call together."""

    def __init__(self, assignment: Assignment) -> None:
        if assignment.endpoint is None:
            raise DrafterError("a model is asked at an endpoint: give --model and --base-url")
        self.kinds: tuple[Kind, ...] = assignment.kinds
        self.endpoint = assignment.endpoint
        self.purse = assignment.purse or Purse()
        self.questions = QUESTIONS_A_SCENE if assignment.per_scene is None else assignment.per_scene
        if not 1 <= self.questions <= MOST_QUESTIONS:
            raise DrafterError(f"a model writes 1 to {MOST_QUESTIONS} questions a scene, not {self.questions}")
        self._concurrency = assignment.concurrency
        self._prompts = {kind: assignment.prompts.get(kind) or default_prompt(kind, "optical") for kind in self.kinds}

        # Once, since inputs are told for each of a dataset's scenes.
        self._wordings = {kind: digest([prompt.system, prompt.user]) for kind, prompt in self._prompts.items()}

    def needs(self, kind: Kind) -> frozenset[Need]:
        return frozenset(self._prompts[kind].shows)

    def identity(self, kind: Kind) -> Drafter:
        shaped = dict(self.endpoint.parameters)
        if kind == "question":
            # Room for a reply goes by the number of questions, which is told by the input.
            del shaped["max_tokens"]
        return Drafter(
            name="questions" if kind == "question" else kind,
            version="1",
            model=self.endpoint.model,
            prompt_version=self._prompts[kind].title,
            parameters=shaped if kind == "question" else shaped | {"max_words": MAX_WORDS[kind]},
        )

    def input_sha256(self, kind: Kind, scene: SceneView) -> str:
        prompt = self._prompts[kind]
        number = self.questions if kind == "question" else None
        shown = [scene.assets[name] for name in prompt.shows]
        return digest([self._wordings[kind], shown, scene.spacing_m and list(scene.spacing_m), number])

    def draft(self, requests: Iterable[Request], stop: Event) -> Iterator[Outcome]:
        client = ChatClient(self.endpoint, stop, self._concurrency)
        try:
            yield from ask_all(requests, _Caller(self, client, stop).outcome, self._concurrency, stop)
        finally:
            client.close()

    def question(self, request: Request) -> Question:
        """What is sent for a request."""
        prompt, scene = self._prompts[request.kind], request.scene
        system, user = self._filled(prompt, request)
        content: list[dict[str, Any]] = [{"type": "text", "text": user}]
        for name in prompt.shows:
            content.append({"type": "image_url", "image_url": {"url": scene.pictures[name].data_url}})
        messages: list[dict[str, Any]] = [{"role": "system", "content": system}, {"role": "user", "content": content}]
        headers = {SCENE_HEADER: quote(scene.name, safe=""), KIND_HEADER: request.kind}
        is_question = request.kind == "question"
        return Question(
            messages,
            "questions" if is_question else "caption",
            QUESTIONS_SCHEMA if is_question else CAPTION_SCHEMA,
            self.most_tokens(request.kind),
            headers if self.endpoint.is_replay else {},
            self.prompt_tokens(request.kind, [scene.pictures[name].size for name in prompt.shows]),
        )

    def prompt_tokens(self, kind: Kind, sizes: Iterable[tuple[int, int]]) -> int:
        """By the rules of thumb, for images of these ``(rows, cols)``."""
        prompt = self._prompts[kind]
        return text_tokens(prompt.system + prompt.user) + sum(self.purse.tokens_of(size) for size in sizes)

    def most_tokens(self, kind: Kind) -> int:
        """Of a reply."""
        return TOKENS_A_QUESTION * self.questions + 100 if kind == "question" else self.endpoint.max_tokens

    def likely_tokens(self, kind: Kind) -> int:
        """Of a reply, as they come: a word has a token and a half, a question with its keys some fifty."""
        return 20 + (50 * self.questions if kind == "question" else MAX_WORDS[kind] * 3 // 2)

    def _filled(self, prompt: Prompt, request: Request) -> tuple[str, str]:
        scene = request.scene
        reduction = scene.pictures[prompt.shows[0]].reduction
        scale = ""
        if scene.spacing_m is not None:
            metres = sum(scene.spacing_m) / 2 * reduction
            scale = f" One pixel of the image covers {metres:.2f} m on the ground."
        if request.kind == "question":
            return prompt.fill(number=str(self.questions), scale=scale)
        return prompt.fill(max_words=str(MAX_WORDS[request.kind]), scale=scale)


@dataclass(frozen=True, slots=True)
class _Call:
    """What came of one call."""

    result: ReadQuestions | ModelError
    attempts: int
    usage: Usage
    said: str | None = None
    """SHA-256 of what the model said."""


_STOPPED: Final = ModelError("stopped", "drafting was stopped")


@dataclass(frozen=True, slots=True)
class _Caller:
    """Makes outcomes of requests, with one client for all threads."""

    drafter: EndpointDrafter
    client: ChatClient
    stop: Event

    def outcome(self, request: Request) -> Outcome | None:
        """Ask until a reply can be used; None where nothing is to be asked any more."""
        question = self.drafter.question(request)
        attempts, spent, said = 0, Usage(), None
        for left in reversed(range(self.drafter.endpoint.max_replies)):
            call = self._call(request, question)
            if call is None and attempts == 0:
                return None
            if call is None:
                # What another call might have mended is no outcome of the scene.
                return Outcome(request, _STOPPED.after(attempts), attempts, spent, said)
            attempts, spent, said = attempts + call.attempts, spent + call.usage, call.said or said
            if isinstance(call.result, ReadQuestions):
                read = call.result
                return Outcome(request, read.drafts, attempts, spent, said, read.dropped, read.repeated)
            if not left or call.result.reason not in ASKED_AGAIN:
                failure = self._told(call.result).after(attempts)
                if failure.is_fatal:
                    # At once: until whoever takes the outcome does so, many more calls would fail alike.
                    self.stop.set()
                return Outcome(request, failure, attempts, spent, said)
        raise ValueError("an endpoint needs at least one reply")

    def _call(self, request: Request, question: Question) -> _Call | None:
        """One call with its retries; None where there is no money or time left for it."""
        most = Usage(question.prompt_tokens, question.max_tokens)
        reserved = None if self.stop.is_set() else self.drafter.purse.reserve(most)
        if reserved is None:
            return None
        spent = Usage()
        try:
            reply, attempts, lost = self.client.ask(question)
            spent = lost + _counted(reply, question)
            return _Call(self._read(request.kind, reply), attempts, spent, reply.sha256)
        except GaveUpError as gave_up:
            spent = gave_up.usage
            return _Call(gave_up.error, gave_up.attempts, spent)
        finally:
            self.drafter.purse.settle(reserved, most, spent)

    def _read(self, kind: Kind, reply: Reply) -> ReadQuestions | ModelError:
        try:
            if kind == "question":
                return read_questions(reply, self.drafter.questions)
            return ReadQuestions((read_caption(reply, kind),), (), 0)
        except ModelError as error:
            return error

    def _told(self, error: ModelError) -> ModelError:
        """The failure, with the models that there are where it may be the model's name that is wrong."""
        endpoint = self.drafter.endpoint
        if error.status != 404 or endpoint.is_replay:
            return error
        listed = ", ".join(self.client.models())
        there = f"; it has the models {listed}" if listed else ""
        told = f"the endpoint does not know the model {endpoint.model!a} or the address{there} ({error.detail})"
        return ModelError(error.reason, endpoint.redacted(told), error.status)


def _counted(reply: Reply, question: Question) -> Usage:
    """As the endpoint counted, or estimated where it does not say."""
    if reply.usage != Usage():
        return reply.usage
    return Usage(question.prompt_tokens, text_tokens(reply.content))
