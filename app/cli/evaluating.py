"""What the commands of `trihedral evaluate` print, and the endpoints that they ask."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from app.cli.model_drafting import KEY_VARIABLE

if TYPE_CHECKING:
    from app.db import SessionMaker
    from app.evaluation.queries.evaluations import EvaluationRow
    from app.evaluation.queries.scores import Score
    from pipeline.drafting.endpoints import Endpoint


@dataclass(frozen=True, slots=True)
class Scored:
    """An evaluation with its figures."""

    evaluation: EvaluationRow
    scores: Sequence[Score]


def scored(sessions: SessionMaker, evaluation_id: int) -> Scored:
    """Read it as it stands."""
    from app.db import transaction
    from app.evaluation.queries.scores import whole_scores
    from app.evaluation.workflow.evaluations import get_evaluation

    with transaction(sessions) as session:
        return Scored(get_evaluation(session, evaluation_id), whole_scores(session, evaluation_id))


def say_evaluation(shown: Scored, as_json: bool) -> None:
    """The model, how it was asked, and a line a figure."""
    each = shown.evaluation
    if as_json:
        told: dict[str, Any] = dataclasses.asdict(each)
        told["scores"] = [dataclasses.asdict(score) for score in shown.scores]
        typer.echo(json.dumps(told, indent=1, default=str, ensure_ascii=False))
        return
    partial = f" (partial: {each.predictions:,} of {each.items:,})" if each.is_partial else ""
    typer.echo(f"{each.evaluation_id}: {each.model} on {each.target.label}, {each.task}{partial}, {each.state}")
    for name, value in each.recipe.items():
        typer.echo(f"{name}: {value}")
    if each.cost_micro is not None:
        from pipeline.drafting.costs import in_money

        typer.echo(f"cost: {in_money(each.cost_micro, each.currency or '')}")
    for score in shown.scores:
        _say_score(score)


def _say_score(score: Score) -> None:
    from app.evaluation.workflow.figures import CAPTION_FIGURES

    figures = score.figures
    if score.kind == "question":
        _say_share(f"{score.measure} (version {score.version})", figures)
        for name, share in figures["types"].items():
            _say_share(f"  {name}", share)
        return
    told = ", ".join(f"{name} {figures[name]:.4f}" for name in CAPTION_FIGURES)
    typer.echo(f"{score.kind} ({score.measure}), {figures['images']:,} images: {told}")
    for note in figures["notes"]:
        typer.echo(f"  {note}")


def _say_share(title: str, share: Any) -> None:
    undecided = f", {share['undecided']:,} undecided" if share["undecided"] else ""
    typer.echo(
        f"{title}: {share['right']:,} of {share['answers']:,} right, {share['value']:.4f}"
        f" [{share['low']:.4f}, {share['high']:.4f}] by {share['method']}{undecided}"
    )


@contextmanager
def judging(
    model: str | None, base_url: str | None, replay: Path | None, own_temperature: bool, *, max_tokens: int = 800
) -> Iterator[Endpoint]:
    """The endpoint that the options name, or prepared replies served over a real socket while the block runs."""
    from pipeline.drafting.endpoints import Endpoint
    from pipeline.drafting.replay import ReplayServer

    temperature = None if own_temperature else 0.0
    if replay is not None:
        with ReplayServer(replay) as server:
            yield Endpoint(server.base_url, model or "replay", None, temperature, max_tokens, "none", is_replay=True)
        return
    if not model or not base_url:
        raise typer.BadParameter("a model needs --model and --base-url, or --replay with prepared replies")
    yield Endpoint(base_url, model, _key(), temperature, max_tokens, "none")


def _key() -> str | None:
    """From the environment: on a command line other users of the machine could read it."""
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if key and not (key.isascii() and key.isprintable()):
        raise typer.BadParameter("it has a character that no key has; copy the key anew", param_hint=KEY_VARIABLE)
    return key or None
