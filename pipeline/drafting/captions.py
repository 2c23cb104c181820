"""Captions of the optical image of a scene, concise and complex, worded for the radar image, from a model."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import Final, Literal
from urllib.parse import quote

from pipeline.drafting.client import ChatClient, Endpoint, GaveUpError, Question
from pipeline.drafting.failures import DraftFailure, ModelError
from pipeline.drafting.prompts import load_prompt
from pipeline.drafting.replies import CAPTION_SCHEMA, Usage, read_caption
from pipeline.records import Draft, Drafter

CaptionKind = Literal["concise_caption", "complex_caption"]

CAPTION_KINDS: Final[tuple[CaptionKind, ...]] = ("concise_caption", "complex_caption")
PROMPT_VERSION: Final = "1"
MAX_WORDS: Final = {"concise_caption": 25, "complex_caption": 90}
MAX_CHARACTERS: Final = {"concise_caption": 500, "complex_caption": 2000}
"""Longer than these a reply is no caption; far above what the prompt asks for, so that none is lost for a word."""

SCENE_HEADER: Final = "X-Trihedral-Scene"
KIND_HEADER: Final = "X-Trihedral-Kind"


@dataclass(frozen=True, slots=True)
class CaptionRequest:
    """One caption to be written.

    Raises
    ------
    ValueError
        If ``image`` is neither PNG nor JPEG.
    """

    scene: str
    kind: CaptionKind
    image: bytes
    """PNG or JPEG of the optical image."""
    gsd_m: float | None = None
    """Ground covered by one pixel of ``image``, if it is known."""

    def __post_init__(self) -> None:
        _media_type(self.image)


@dataclass(frozen=True, slots=True)
class CaptionOutcome:
    """What came of a request."""

    scene: str
    kind: CaptionKind
    result: Draft | DraftFailure
    attempts: int
    usage: Usage
    raw_answer_sha256: str | None
    """Of what the model said, where it said anything."""


def caption_drafter(kind: CaptionKind, endpoint: Endpoint) -> Drafter:
    """What writes captions of ``kind`` at ``endpoint``: model, prompt version and parameters."""
    return Drafter(
        name=kind,
        version="1",
        model=endpoint.model,
        prompt_version=f"{kind}.{PROMPT_VERSION}",
        parameters=endpoint.parameters | {"max_words": MAX_WORDS[kind]},
    )


def caption_scenes(
    requests: Iterable[CaptionRequest], endpoint: Endpoint, concurrency: int = 8
) -> Iterator[CaptionOutcome]:
    """Ask for captions, ``concurrency`` at a time, and give each outcome as it comes, in any order.

    Requests are drawn only as fast as they are worked off, so that memory does not grow with their number. A failure
    of one is its outcome. If ``requests`` raises, the outcomes under way are given first, then the exception.
    Closing the iterator ends the waits and sends nothing more.

    Raises
    ------
    ValueError
        If ``concurrency`` is not positive.
    """
    if concurrency < 1:
        raise ValueError(f"concurrency is {concurrency}; at least one request must be under way")
    stop, feed = Event(), _Feed(requests)
    client = ChatClient(endpoint, stop)
    pool = ThreadPoolExecutor(concurrency, thread_name_prefix="captions")
    under_way: set[Future[CaptionOutcome]] = set()
    try:
        while True:
            while len(under_way) < concurrency and (request := feed.draw()) is not None:
                under_way.add(pool.submit(_caption, client, endpoint, request))
            if not under_way:
                break
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
        feed.raise_fault()
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)
        client.close()


class _Feed:
    """Draws requests one by one; an exception of theirs ends the drawing and is kept for the end."""

    def __init__(self, requests: Iterable[CaptionRequest]) -> None:
        self._requests = iter(requests)
        self._fault: Exception | None = None

    def draw(self) -> CaptionRequest | None:
        if self._fault is not None:
            return None
        try:
            return next(self._requests, None)
        except Exception as error:
            self._fault = error
            return None

    def raise_fault(self) -> None:
        if self._fault is not None:
            raise self._fault


def _caption(client: ChatClient, endpoint: Endpoint, request: CaptionRequest) -> CaptionOutcome:
    try:
        reply, attempts = client.ask(_question(request, endpoint))
    except GaveUpError as gave_up:
        failure = gave_up.error.after(gave_up.attempts)
        return CaptionOutcome(request.scene, request.kind, failure, gave_up.attempts, Usage(), None)
    result: Draft | DraftFailure
    try:
        text = read_caption(reply, MAX_CHARACTERS[request.kind])
        result = Draft(kind=request.kind, text=text, raw_answer_sha256=reply.sha256)
    except ModelError as error:
        result = error.after(attempts)
    return CaptionOutcome(request.scene, request.kind, result, attempts, reply.usage, reply.sha256)


def _question(request: CaptionRequest, endpoint: Endpoint) -> Question:
    scale = "" if request.gsd_m is None else f" One pixel of the image covers {request.gsd_m:.2f} m on the ground."
    prompt = load_prompt(request.kind, PROMPT_VERSION)
    system, user = prompt.fill(max_words=str(MAX_WORDS[request.kind]), scale=scale)
    picture = f"data:{_media_type(request.image)};base64,{base64.b64encode(request.image).decode('ascii')}"
    content = [{"type": "text", "text": user}, {"type": "image_url", "image_url": {"url": picture}}]
    messages: list[dict[str, object]] = [{"role": "system", "content": system}, {"role": "user", "content": content}]
    headers = {SCENE_HEADER: quote(request.scene, safe=""), KIND_HEADER: request.kind} if endpoint.is_replay else {}
    return Question(messages, "caption", CAPTION_SCHEMA, headers)


def _media_type(image: bytes) -> str:
    if image.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if image.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    raise ValueError("a caption is asked for with the bytes of a PNG or JPEG image")
