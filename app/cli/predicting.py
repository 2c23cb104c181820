"""`trihedral evaluate predict`: a model asked about a split or a quiz."""

from __future__ import annotations

import dataclasses
import json
import math
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import evaluate_options as options
from app.cli.evaluating import judging, say_evaluation, scored
from app.cli.model_drafting import KEY_VARIABLE, LEFT

if TYPE_CHECKING:
    from app.db import SessionMaker
    from app.evaluation.queries.items import Target
    from app.evaluation.workflow.predicting import Estimated, Predicting
    from pipeline.drafting.costs import Purse
    from pipeline.drafting.endpoints import Endpoint


class ImageShown(StrEnum):
    """Which image of a scene the model is shown."""

    RAW = "raw"
    PROCESSED = "processed"
    BOTH = "both"


def predict(
    release: options.Release = "-",
    split: options.Split = "test",
    quiz: options.Quiz = "",
    task: options.Tasks = options.Task.QUESTIONS,
    captions: options.Captions = options.CaptionKind.BOTH,
    image: Annotated[
        ImageShown, typer.Option(help="The image that is shown; both makes two evaluations, which compare them.")
    ] = ImageShown.PROCESSED,
    model: Annotated[str | None, typer.Option(help="The model's name at the endpoint.")] = None,
    base_url: Annotated[str | None, typer.Option(help=f"An OpenAI-compatible endpoint; key in {KEY_VARIABLE}.")] = None,
    replay: Annotated[Path | None, typer.Option(help="Replies from files in this folder instead of a model.")] = None,
    own_temperature: Annotated[bool, typer.Option("--own-temperature", help="For models that take no 0.")] = False,
    max_tokens: Annotated[int, typer.Option(min=1, max=32_768, help="The longest reply.")] = 256,
    concurrency: Annotated[int, typer.Option(min=1, max=256, help="Requests at once.")] = 8,
    estimate: Annotated[bool, typer.Option("--estimate", help="Tell calls, tokens and cost; ask nobody.")] = False,
    prices: Annotated[Path | None, typer.Option(help="What models cost, as JSON or TOML: see the guide.")] = None,
    max_cost: Annotated[float | None, typer.Option(min=0, help="Stop in good order before more is spent.")] = None,
    image_tokens: Annotated[int | None, typer.Option(min=0, max=1_000_000, help="Tokens of an image.")] = None,
    as_json: options.Json = False,
) -> None:
    """Ask a model about all that it has not answered yet, by the paper's prompts; then score it."""
    from app.cli.opening import opened, say
    from app.db import transaction
    from app.settings import Settings

    purse = _purse(model or "replay", prices, max_cost, image_tokens)
    settings = Settings.from_environment()
    with (
        judging(model, base_url, replay, own_temperature, max_tokens=max_tokens) as endpoint,
        opened(settings) as sessions,
    ):
        with transaction(sessions) as session:
            target = options.target_of(session, release, split, quiz)
        wanted = [_predicting(task, captions, shown, endpoint, concurrency, purse) for shown in _shown(image)]
        if estimate:
            _estimate(sessions, target, wanted, as_json)
            return
        numbers = []
        for given in wanted:
            try:
                numbers.append(_run(sessions, settings.assets_url, target, given))
            except KeyboardInterrupt:
                say("Stopped. What came is stored; the same command goes on.")
                raise typer.Exit(LEFT) from None
        shown_all = [scored(sessions, number) for number in numbers]
    if as_json:
        told = [
            dataclasses.asdict(s.evaluation) | {"scores": [dataclasses.asdict(x) for x in s.scores]} for s in shown_all
        ]
        typer.echo(json.dumps(told, indent=1, default=str, ensure_ascii=False))
        return
    for each in shown_all:
        say_evaluation(each, as_json=False)


def _shown(image: ImageShown) -> list[Any]:
    return ["processed", "raw"] if image is ImageShown.BOTH else [image.value]


def _predicting(
    task: options.Task,
    captions: options.CaptionKind,
    shown: Any,
    endpoint: Endpoint,
    concurrency: int,
    purse: Purse,
) -> Predicting:
    from app.evaluation.workflow.predicting import Predicting
    from app.evaluation.workflow.targets import kinds_of

    return Predicting(task.value, kinds_of(task.value, options.kinds_of(captions)), shown, endpoint, concurrency, purse)


def _run(sessions: SessionMaker, assets_url: str, target: Target, given: Predicting) -> int:
    from app.assets import AssetStore
    from app.cli.opening import say
    from app.cli.progress import shown
    from app.evaluation.workflow import scoring
    from app.evaluation.workflow.predicting import predict as ask
    from app.intake.workflow.options import Progress

    with shown(f"Predictions of {given.endpoint.model}, {given.shown} image") as show:
        made = ask(
            sessions, AssetStore(assets_url), target, given, lambda done, total: show(Progress(None, done, total, {}))
        )
    if made.state == "predicting":
        say(
            f"The limit of --max-cost is reached: {made.predictions:,} of {made.items:,} predictions are stored. The"
            " same command goes on."
        )
    else:
        scoring.score(sessions, made.evaluation_id)
    return made.evaluation_id


def _purse(model: str, prices: Path | None, max_cost: float | None, image_tokens: int | None) -> Purse:
    from pipeline.drafting.costs import MICRO, Purse, read_price

    if max_cost is not None and not math.isfinite(max_cost * MICRO):
        raise typer.BadParameter("it must be a number", param_hint="--max-cost")
    if max_cost is not None and prices is None:
        raise typer.BadParameter("a limit needs prices: give --prices FILE too", param_hint="--max-cost")
    price = None if prices is None else read_price(prices, model)
    return Purse(price, None if max_cost is None else round(max_cost * MICRO), image_tokens)


def _estimate(sessions: SessionMaker, target: Target, wanted: list[Predicting], as_json: bool) -> None:
    from app.db import transaction
    from app.evaluation.workflow.predicting import estimate

    with transaction(sessions) as session:
        found = [estimate(session, target, given) for given in wanted]
    price = wanted[0].purse.price
    if as_json:
        told = [dataclasses.asdict(each) | {"currency": price.currency if price else None} for each in found]
        typer.echo(json.dumps(told, indent=1))
        return
    for each in found:
        typer.echo(_sentence(each, price.currency if price else ""))
    typer.echo("Tokens by rules of thumb: 4 characters or 750 pixels a token, or --image-tokens an image.", err=True)
    if price is None:
        typer.echo("What it costs needs a price list: give --prices FILE.", err=True)


def _sentence(each: Estimated, currency: str) -> str:
    from pipeline.drafting.costs import in_money

    cost = "" if each.cost_micro is None else f", about {in_money(each.cost_micro, currency)}"
    usage = each.usage
    return (
        f"{each.shown} image: {each.calls:,} calls, {usage.prompt_tokens:,} tokens in and"
        f" {usage.completion_tokens:,} out{cost}"
    )
