"""`trihedral draft`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

if TYPE_CHECKING:
    from app.intake.workflow.options import RunReport
    from pipeline.drafting.client import Endpoint

KEY_VARIABLE = "OPENAI_API_KEY"
"""The key never appears on a command line, where other users of the machine could read it."""

CAPTIONS = {"concise": "concise_caption", "complex": "complex_caption"}

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


def draft(
    name: Annotated[str, typer.Argument(help="The dataset.")],
    corpus: Annotated[bool, typer.Option("--corpus", help="Questions that follow from the object boxes.")] = False,
    per_scene: Annotated[int | None, typer.Option(min=1, help="At most so many corpus questions a scene.")] = None,
    seed: Annotated[int, typer.Option(help="Fixes which of them.")] = 0,
    captions: Annotated[str, typer.Option(help="Captions from a model: concise, complex or concise,complex.")] = "",
    model: Annotated[str | None, typer.Option(help="The model's name at the endpoint.")] = None,
    base_url: Annotated[str | None, typer.Option(help=f"An OpenAI-compatible endpoint; key in {KEY_VARIABLE}.")] = None,
    replay: Annotated[Path | None, typer.Option(help="Replies from files in this folder instead of a model.")] = None,
    concurrency: Annotated[int, typer.Option(min=1, max=256, help="Requests at once.")] = 8,
    as_json: Json = False,
) -> None:
    """Write drafts of what does not have them yet; broken off, it goes on."""
    kinds = [part.strip() for part in captions.split(",") if part.strip()]
    if not corpus and not kinds:
        raise typer.BadParameter("say what to write: --corpus, --captions concise,complex, or both")
    if unknown := [kind for kind in kinds if kind not in CAPTIONS]:
        raise typer.BadParameter(f"there is no caption {unknown[0]!r}; choose from concise and complex")
    if kinds and not replay and not (model and base_url):
        raise typer.BadParameter("captions come from a model: give --model and --base-url, or --replay")
    reports = []
    from app.cli.opening import say

    if corpus:
        reports.append(_draft_corpus(name, per_scene, seed))
    if kinds:
        with _endpoint(model, base_url, replay) as endpoint:
            reports.append(_draft_captions(name, endpoint, [CAPTIONS[kind] for kind in kinds], concurrency))
        if not any(reports[-1].counts.values()):
            say("No caption was missing: each scene with an optical image, which captions are written of, has its own.")
    _print_reports(reports, as_json)


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
    if key is not None and not (key.isascii() and key.isprintable()):
        raise typer.BadParameter("it has a character that no key has; copy the key anew", param_hint=KEY_VARIABLE)
    return key


@contextmanager
def _endpoint(model: str | None, base_url: str | None, replay: Path | None) -> Iterator[Endpoint]:
    from pipeline.drafting.client import Endpoint
    from pipeline.drafting.replay import ReplayServer

    if replay is None:
        yield Endpoint(base_url=_checked_url(str(base_url)), model=str(model), api_key=_key())
        return
    with ReplayServer(replay) as server:
        yield Endpoint(base_url=server.base_url, model=model or "replay", is_replay=True)


def _draft_corpus(name: str, per_scene: int | None, seed: int) -> RunReport:
    from app.cli.opening import opened
    from app.cli.progress import shown
    from app.intake.workflow.corpus import CorpusOptions, draft_corpus
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, shown(f"Questions of {name}") as on_progress:
        return draft_corpus(sessions, CorpusOptions(name, per_scene, seed), on_progress=on_progress)


def _draft_captions(name: str, endpoint: Endpoint, kinds: list[str], concurrency: int) -> RunReport:
    from app.assets import AssetStore
    from app.cli.opening import opened
    from app.cli.progress import shown
    from app.intake.workflow.captioning import CaptionOptions, draft_captions
    from app.settings import Settings
    from pipeline.drafting.captions import CAPTION_KINDS

    settings = Settings.from_environment()
    options = CaptionOptions(name, endpoint, tuple(kind for kind in CAPTION_KINDS if kind in kinds), concurrency)
    with opened(settings) as sessions, shown(f"Captions of {name}") as on_progress:
        return draft_captions(sessions, AssetStore(settings.assets_url), options, on_progress=on_progress)


def _print_reports(reports: list[RunReport], as_json: bool) -> None:
    from app.cli.progress import in_words

    if as_json:
        told = [{"dataset": each.dataset, "run_id": each.run_id, "counts": dict(each.counts)} for each in reports]
        typer.echo(json.dumps(told, indent=1))
        return
    for each in reports:
        typer.echo(f"{each.dataset}: {in_words(each.counts) or 'nothing to do'}")
