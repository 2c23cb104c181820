"""The options of `trihedral draft`, each with its help."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli.model_drafting import KEY_VARIABLE


class Shown(StrEnum):
    """What a model is shown of a scene."""

    OPTICAL = "optical"
    SAR = "sar"
    BOTH = "both"


class Format(StrEnum):
    """How a server is told to answer in JSON."""

    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"
    NONE = "none"


class PolicyChoice(StrEnum):
    """Which questions of the corpus are written."""

    PAPER = "paper"
    COMPLETE = "complete"


Dataset = Annotated[str, typer.Argument(help="The dataset.")]
Corpus = Annotated[bool, typer.Option("--corpus", help="Questions that follow from the object boxes.")]
Policy = Annotated[
    PolicyChoice,
    typer.Option(help="Of the corpus: as many of each type, for the scenes and boxes, as SARLANG-1M has; or all."),
]
PerScene = Annotated[
    int | None,
    typer.Option(min=1, help="At most so many questions a scene: of the corpus all, of a model 8, without it."),
]
Seed = Annotated[int, typer.Option(help="Fixes which of the corpus.")]
Captions = Annotated[str, typer.Option(help="Captions from a model: concise, complex or concise,complex.")]
Questions = Annotated[bool, typer.Option("--questions", help="Questions with answers from a model.")]
DrafterName = Annotated[
    str | None, typer.Option("--drafter", help="Another drafter: its name, or a Python file with one class.")
]
Show = Annotated[Shown, typer.Option(help="What the model is shown: the optical image, the processed SAR image, both.")]
PromptNames = Annotated[
    list[str] | None, typer.Option("--prompt", help="A prompt by NAME.N instead of the newest; once a kind.")
]
PromptFiles = Annotated[
    list[Path] | None, typer.Option("--prompt-file", help="A prompt of your own, NAME.N.txt; once a kind.")
]
Model = Annotated[str | None, typer.Option(help="The model's name at the endpoint.")]
BaseUrl = Annotated[str | None, typer.Option(help=f"An OpenAI-compatible endpoint; key in {KEY_VARIABLE}.")]
ResponseFormat = Annotated[Format, typer.Option(help="How the endpoint is told to answer in JSON.")]
OwnTemperature = Annotated[
    bool, typer.Option("--own-temperature", help="Leave the temperature to the model: some take no other than theirs.")
]
Replay = Annotated[Path | None, typer.Option(help="Replies from files in this folder instead of a model.")]
Concurrency = Annotated[int, typer.Option(min=1, max=256, help="Requests at once.")]
Estimated = Annotated[bool, typer.Option("--estimate", help="Tell calls, tokens and cost; ask nobody.")]
Prices = Annotated[Path | None, typer.Option(help="What models cost, as JSON or TOML: see the guide.")]
MaxCost = Annotated[
    float | None, typer.Option(min=0, help="Stop in good order before more is spent, in the price list's currency.")
]
ImageTokens = Annotated[
    int | None, typer.Option(min=0, max=1_000_000, help="Tokens of an image, for estimates and the limit.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
