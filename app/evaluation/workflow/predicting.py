"""Asking a model about a split or a quiz: each reply is stored as it comes, and what is stored is not asked again.

Needs rasterio: for commands only. No transaction is open while a model is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from threading import Event
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy.orm import Session

from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.evaluation.errors import EndpointFailedError, EvaluationError
from app.evaluation.queries import evaluations, items
from app.evaluation.queries.evaluations import EvaluationRow, NewEvaluation, NewPrediction
from app.evaluation.queries.items import Asked, Image, Target
from app.evaluation.workflow.evaluations import get_evaluation
from app.evaluation.workflow.images import Shown, picture_for
from app.evaluation.workflow.prompts import prompt_name, prompt_of
from app.evaluation.workflow.targets import captioned_scenes
from app.evaluation.workflow.uploading import checked_model
from app.intake.workflow.pictures import in_advance, picture_size
from pipeline.drafting.asking import ask_all
from pipeline.drafting.client import ChatClient, GaveUpError, Question
from pipeline.drafting.costs import Purse, text_tokens
from pipeline.drafting.drafting import Picture
from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.failures import MENDED, DraftFailure
from pipeline.drafting.replay import KIND_HEADER, SCENE_HEADER
from pipeline.drafting.replies import Usage

REPLAY_KIND: Final = "prediction"
"""Under which a replay server finds replies, by the id of the item instead of a scene."""
ANSWER_TOKENS: Final = {"questions": 8, "captions": 40}
"""Of a usual reply, for estimates."""
SCENES_AT_ONCE: Final = 500

OnStep = Callable[[int, int], None]
"""Told how many predictions are there, of how many."""


@dataclass(frozen=True, slots=True)
class Predicting:
    """What is to be asked of whom."""

    task: str
    kinds: tuple[str, ...]
    shown: Shown
    endpoint: Endpoint
    concurrency: int = 8
    purse: Purse = field(default_factory=Purse)

    @property
    def recipe(self) -> dict[str, Any]:
        """All that makes for other predictions; by it a run that was ended is found again."""
        asked = self.endpoint
        return {
            "prompt": prompt_name(self.task),
            "image": self.shown,
            "temperature": asked.temperature,
            "max_tokens": asked.max_tokens,
            "endpoint": asked.address,
        }


@dataclass(frozen=True, slots=True)
class Estimated:
    """What is still to be asked, and about how much that takes."""

    shown: Shown
    calls: int
    usage: Usage
    cost_micro: int | None


@dataclass(frozen=True, slots=True)
class _Request:
    asked: Asked
    picture: Picture


@dataclass(frozen=True, slots=True)
class _Outcome:
    asked: Asked
    made: NewPrediction | None
    """None where the endpoint failed: the next run asks again."""
    usage: Usage
    failure: DraftFailure | None = None


def estimate(session: Session, target: Target, given: Predicting) -> Estimated:
    """Count what has no prediction yet, without any call; tokens by rules of thumb."""
    found = _standing(session, target, given)
    wanted, _ = _wanted(session, target, given, found)
    images = _images(session, target, wanted)
    usage = Usage()
    for each in wanted:
        size = picture_size(images[each.scene].rows, images[each.scene].cols)
        usage += _most(given, each, given.purse.tokens_of(size), ANSWER_TOKENS[given.task])
    price = given.purse.price
    return Estimated(given.shown, len(wanted), usage, None if price is None else price.micro(usage))


def predict(
    sessions: SessionMaker, store: AssetStore, target: Target, given: Predicting, tell: OnStep = lambda *_: None
) -> EvaluationRow:
    """Ask about all that has no prediction yet. An evaluation of the same model and recipe is gone on with.

    Its state stays ``predicting`` where the purse was empty before the end.

    Raises
    ------
    EvaluationError
        If there is nothing to predict, or a quiz is asked for captions.
    EndpointFailedError
        If the endpoint ends in the middle: what came is stored, and the same call goes on.
    """
    with transaction(sessions) as session:
        found = _begin(session, target, given)
        wanted, total = _wanted(session, target, given, found)
        images = _images(session, target, wanted)
    if found.state != "predicting":
        return found
    done = total - len(wanted)
    failure = None
    for outcome in _ask(store, wanted, images, given):
        failure = failure or outcome.failure
        with transaction(sessions) as session:
            _keep(session, found.evaluation_id, outcome, given.purse)
        done += outcome.made is not None
        tell(done, total)
    if failure is not None:
        raise EndpointFailedError(
            f"The endpoint failed: {failure.detail.rstrip('.')}. {done:,} of {total:,} predictions are stored; the same"
            " command goes on."
        )
    with transaction(sessions) as session:
        if get_evaluation(session, found.evaluation_id).predictions == total:
            evaluations.move(session, found.evaluation_id, "stored")
        return get_evaluation(session, found.evaluation_id)


def _standing(session: Session, target: Target, given: Predicting) -> EvaluationRow | None:
    return evaluations.find_same(session, target, _new(given, 0))


def _new(given: Predicting, total: int) -> NewEvaluation:
    price = given.purse.price
    return NewEvaluation(
        task=given.task,
        kinds=given.kinds,
        source="predict",
        model=checked_model(given.endpoint.model),
        recipe=given.recipe,
        items=total,
        created_by="command",
        currency=price.currency if price else None,
    )


def _begin(session: Session, target: Target, given: Predicting) -> EvaluationRow:
    found = _standing(session, target, given)
    if found is not None:
        return found
    _, total = _wanted(session, target, given, None)
    if not total:
        raise EvaluationError(
            f"There is nothing of this kind to predict in {target.label}. Choose another split or task."
        )
    return get_evaluation(session, evaluations.insert_evaluation(session, target, _new(given, total)))


def _wanted(
    session: Session, target: Target, given: Predicting, found: EvaluationRow | None
) -> tuple[list[Asked], int]:
    """What has no prediction yet, scene by scene, so that each picture is made once; and how many items there are."""
    if given.task == "captions":
        scenes = captioned_scenes(session, target, given.kinds)
        asked = [Asked(scene, scene, None, None) for scene in scenes]
    else:
        asked = list(_questions(session, target))
    done = evaluations.predicted_ids(session, found.evaluation_id) if found else set()
    wanted = [each for each in asked if each.item_id not in done]
    return sorted(wanted, key=lambda each: (each.scene, each.item_id)), len(asked)


def _questions(session: Session, target: Target) -> Iterator[Asked]:
    after = ""
    while page := items.list_questions(session, target, after):
        yield from page
        after = page[-1].item_id


def _images(session: Session, target: Target, wanted: Sequence[Asked]) -> dict[str, Image]:
    scenes = list(dict.fromkeys(each.scene for each in wanted))
    found: dict[str, Image] = {}
    for start in range(0, len(scenes), SCENES_AT_ONCE):
        found |= items.images_of(session, target.release_id, scenes[start : start + SCENES_AT_ONCE])
    return found


def _requests(
    store: AssetStore, wanted: Sequence[Asked], images: Mapping[str, Image], shown: Shown
) -> Iterator[_Request]:
    groups = [list(group) for _, group in groupby(wanted, key=lambda each: each.scene)]

    def draw(group: list[Asked]) -> tuple[list[Asked], Picture]:
        return group, picture_for(store, images[group[0].scene], shown)

    for group, picture in in_advance(groups, draw):
        yield from (_Request(each, picture) for each in group)


def _ask(
    store: AssetStore, wanted: Sequence[Asked], images: Mapping[str, Image], given: Predicting
) -> Iterator[_Outcome]:
    stop = Event()
    client = ChatClient(given.endpoint, stop, given.concurrency)
    try:
        for outcome in ask_all(
            _requests(store, wanted, images, given.shown),
            lambda request: _ask_one(client, given, request),
            given.concurrency,
            stop,
        ):
            yield outcome
            if outcome.failure is not None:
                # Nothing new is begun; what is under way is waited for and stored.
                stop.set()
    finally:
        stop.set()
        client.close()


def _ask_one(client: ChatClient, given: Predicting, request: _Request) -> _Outcome | None:
    """None where the purse has not enough left: nothing more is asked then."""
    asked, endpoint = request.asked, given.endpoint
    most = _most(given, asked, given.purse.tokens_of(request.picture.size), endpoint.max_tokens)
    reserved = given.purse.reserve(most)
    if reserved is None:
        return None
    headers = {SCENE_HEADER: quote(asked.item_id, safe=""), KIND_HEADER: REPLAY_KIND} if endpoint.is_replay else {}
    content = [
        {"type": "image_url", "image_url": {"url": request.picture.data_url}},
        {"type": "text", "text": prompt_of(given.task, asked.question)},
    ]
    messages = [{"role": "user", "content": content}]
    spent = Usage()
    try:
        reply, _, lost = client.ask(
            Question(messages, "prediction", {}, endpoint.max_tokens, headers, most.prompt_tokens)
        )
        spent = reply.usage + lost
        said, reason = reply.content, "refused" if reply.refusal else reply.finish_reason
        return _Outcome(asked, _prediction(asked, said, reason), spent)
    except GaveUpError as gave_up:
        spent = gave_up.usage
        failure = gave_up.error.after(gave_up.attempts)
        if failure.reason in MENDED and (failure.is_fatal or failure.reason != "rejected"):
            return _Outcome(asked, None, spent, failure)
        # This prompt alone was refused, or what came cannot be read: the model said nothing that could be right.
        return _Outcome(asked, _prediction(asked, "", failure.reason), spent)
    finally:
        given.purse.settle(reserved, most, spent)


def _most(given: Predicting, asked: Asked, image_tokens: int, completion_tokens: int) -> Usage:
    return Usage(text_tokens(prompt_of(given.task, asked.question)) + image_tokens, completion_tokens)


def _prediction(asked: Asked, said: str, reason: str) -> NewPrediction:
    told = [each.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0") for each in (said, reason)]
    return NewPrediction(asked.item_id, asked.scene, asked.question_type, told[0], told[1][:200])


def _keep(session: Session, evaluation_id: int, outcome: _Outcome, purse: Purse) -> None:
    tokens = outcome.usage.prompt_tokens, outcome.usage.completion_tokens
    cost = purse.micro(outcome.usage)
    if outcome.made is None:
        evaluations.spend(session, evaluation_id, tokens, cost)
    else:
        evaluations.keep_prediction(session, evaluation_id, outcome.made, tokens, cost)
