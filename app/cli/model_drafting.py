"""`trihedral draft` by a model or any other drafter: its options made into a drafter, its estimate, its run."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import typer

if TYPE_CHECKING:
    from app.intake.workflow.drafting import DraftingOptions, DraftReport
    from app.intake.workflow.estimating import Estimate
    from pipeline.drafting.costs import Purse
    from pipeline.drafting.drafting import Assignment
    from pipeline.drafting.endpoints import Endpoint, ResponseFormat
    from pipeline.drafting.prompts import Prompt, Show
    from pipeline.records import Kind

KEY_VARIABLE: Final = "OPENAI_API_KEY"
"""The key never appears on a command line, where other users of the machine could read it."""
LEFT: Final = 130
"""The exit code of a command that Ctrl-C ended."""
CAPTIONS: Final = {"concise": "concise_caption", "complex": "complex_caption"}


@dataclass(frozen=True, slots=True)
class Given:
    """The options of the command line that are about drafters other than the corpus."""

    dataset: str
    drafter: str | None
    captions: str
    questions: bool
    per_scene: int | None
    seed: int
    show: Show
    prompts: list[str]
    prompt_files: list[Path]
    model: str | None
    base_url: str | None
    response_format: ResponseFormat
    own_temperature: bool
    replay: Path | None
    concurrency: int
    prices: Path | None
    max_cost: float | None
    image_tokens: int | None

    @property
    def is_wanted(self) -> bool:
        return bool(self.drafter or self.captions.strip() or self.questions)

    def check(self) -> None:
        """Raise what :func:`drafting_of` refuses."""
        drafting_of(self)


def drafting_of(given: Given) -> DraftingOptions:
    """What is to be drafted; everything that can be refused is refused here, before any call."""
    from app.intake.workflow.drafting import DraftingOptions
    from pipeline.drafting.drafters import make_drafter

    name, kinds = given.drafter or ("replay" if given.replay else "endpoint"), _kinds(given)
    endpoint, purse = _endpoint(given, name), _purse(given)
    drafter = make_drafter(name, _assignment(given, kinds, endpoint, purse))
    return DraftingOptions(given.dataset, name, drafter, purse, endpoint.address if endpoint else None)


def _assignment(given: Given, kinds: tuple[Kind, ...], endpoint: Endpoint | None, purse: Purse) -> Assignment:
    from pipeline.drafting.drafting import Assignment

    return Assignment(
        kinds=kinds,
        per_scene=given.per_scene,
        seed=given.seed,
        endpoint=endpoint,
        prompts=_prompts(given, kinds),
        replay=given.replay,
        concurrency=given.concurrency,
        purse=purse,
    )


def _kinds(given: Given) -> tuple[Kind, ...]:
    """In the order of the vocabulary; all of them where only a drafter is named."""
    from pipeline.vocabulary import KINDS

    parts = [part.strip() for part in given.captions.split(",") if part.strip()]
    if given.captions.strip() and not parts:
        raise typer.BadParameter("say which captions: concise, complex or concise,complex", param_hint="--captions")
    if unknown := [part for part in parts if part not in CAPTIONS]:
        raise typer.BadParameter(f"there is no caption {unknown[0]!r}; choose from concise and complex")
    chosen = {CAPTIONS[part] for part in parts} | ({"question"} if given.questions else set())
    listed: Any = tuple(kind for kind in KINDS if not chosen or kind in chosen)
    return listed  # type: ignore[no-any-return]


def _prompts(given: Given, kinds: tuple[Kind, ...]) -> dict[Kind, Prompt]:
    """The newest of each kind for what is shown, unless others are named."""
    from pipeline.drafting.prompts import default_prompt, named_prompt, read_prompt

    prompts = {kind: default_prompt(kind, given.show) for kind in kinds}
    named = [named_prompt(title) for title in given.prompts] + [read_prompt(file) for file in given.prompt_files]
    for prompt in named:
        if prompt.kind not in kinds:
            raise typer.BadParameter(f"the prompt {prompt.title} is for a {prompt.kind}, which is not asked for")
        prompts[prompt.kind] = prompt
    if len({prompt.kind for prompt in named}) != len(named):
        raise typer.BadParameter("two prompts are given for the same kind; give one a kind")
    return prompts


def _endpoint(given: Given, name: str) -> Endpoint | None:
    from pipeline.drafting.endpoints import Endpoint

    if name == "replay":
        model = given.model or "replay"
        return Endpoint("http://127.0.0.1/v1", model, response_format=given.response_format, is_replay=True)
    if not (given.model and given.base_url):
        if name == "endpoint":
            raise typer.BadParameter(
                "captions and questions come from a model: give --model and --base-url, or --replay"
            )
        return None
    endpoint = Endpoint(_checked_url(given.base_url), given.model, _key(), response_format=given.response_format)
    return replace(endpoint, temperature=None) if given.own_temperature else endpoint


def _purse(given: Given) -> Purse:
    from pipeline.drafting.costs import MICRO, Purse, read_price

    # As millionths it must be a number too.
    if given.max_cost is not None and not math.isfinite(given.max_cost * MICRO):
        raise typer.BadParameter("it must be a number", param_hint="--max-cost")
    if given.max_cost is not None and given.prices is None:
        raise typer.BadParameter("a limit needs prices: give --prices FILE too", param_hint="--max-cost")
    model = given.model or "replay"
    price = None if given.prices is None else read_price(given.prices, model)
    limit = None if given.max_cost is None else round(given.max_cost * MICRO)
    return Purse(price, limit, given.image_tokens)


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_usable = False
    if not is_usable:
        raise typer.BadParameter("it must look like https://host/v1", param_hint="--base-url")
    return url


def _key() -> str | None:
    # The value is not repeated: it is a secret, or something that was pasted in its place.
    key = os.environ.get(KEY_VARIABLE)
    if key is not None and not (key.isascii() and key.isprintable() and " " not in key):
        raise typer.BadParameter("it has a character that no key has; copy the key anew", param_hint=KEY_VARIABLE)
    return key or None


def run_drafting(given: Given) -> DraftReport:
    """Draft, and tell how far it is."""
    from app.assets import AssetStore
    from app.cli.opening import kept_open
    from app.cli.progress import shown
    from app.intake.workflow.drafting import draft_scenes
    from app.settings import Settings

    settings, options = Settings.from_environment(), drafting_of(given)
    with kept_open(settings) as database, shown(f"Drafts of {given.dataset}") as on_progress, _told_once():
        return draft_scenes(
            database.sessions,
            AssetStore(settings.assets_url),
            options,
            on_progress=on_progress,
            revive=database.revive,
        )


@contextmanager
def _told_once() -> Iterator[None]:
    """Say what Ctrl-C does, and where to go on."""
    from app.cli.opening import say

    try:
        yield
    except KeyboardInterrupt:
        say("Stopped. What came is stored; the same command goes on.")
        raise typer.Exit(LEFT) from None


def run_estimate(given: Given) -> Estimate:
    """Count, without any call."""
    from app.cli.opening import opened
    from app.intake.workflow.estimating import estimate
    from app.settings import Settings

    options = drafting_of(given)
    with opened(Settings.from_environment()) as sessions:
        return estimate(sessions, options)


def estimate_as_json(found: Estimate) -> dict[str, Any]:
    """For scripts; money in the list's currency."""
    from pipeline.drafting.costs import MICRO

    def costs(micro: int | None) -> float | None:
        return None if micro is None else micro / MICRO

    rows = [
        {
            "kind": each.kind,
            "calls": each.calls,
            "prompt_tokens": each.usage.prompt_tokens,
            "completion_tokens": each.usage.completion_tokens,
            "cost": costs(each.cost_micro),
        }
        for each in found.kinds
    ]
    total = {"calls": found.calls, "cost": costs(found.cost_micro), "currency": found.currency}
    return {"dataset": found.dataset, "basis": found.basis, "kinds": rows, "remark": found.remark, **total}


def print_estimate(found: Estimate) -> None:
    """A line a kind, and their sum."""
    from pipeline.vocabulary import KIND_TITLES

    typer.echo(f"{'':<18}{'calls':>10}{'tokens in':>14}{'tokens out':>14}{'cost':>16}")
    for each in found.kinds:
        typer.echo(_line(KIND_TITLES[each.kind] + "s", each, found.currency))
    if len(found.kinds) > 1:
        typer.echo(_line("All", found, found.currency))
    how = {
        "earlier runs": "Tokens a call are those of earlier runs of the same drafters.",
        "rules of thumb": "Tokens by rules of thumb: 4 characters or 750 pixels a token, or --image-tokens an image.",
        "no model": "This drafter asks no model that Trihedral knows of.",
    }
    typer.echo(how[found.basis], err=True)
    if found.currency is None and found.calls:
        typer.echo("What it costs needs a price list: give --prices FILE.", err=True)
    if found.remark:
        typer.echo(found.remark, err=True)


def _line(title: str, each: Any, currency: str | None) -> str:
    from pipeline.drafting.costs import in_money

    cost = "–" if currency is None else in_money(each.cost_micro, currency)
    usage = each.usage
    return f"{title:<18}{each.calls:>10,}{usage.prompt_tokens:>14,}{usage.completion_tokens:>14,}{cost:>16}"
