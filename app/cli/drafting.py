"""`trihedral draft`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from app.cli import drafting_options as options
from app.cli.model_drafting import Given, estimate_as_json, print_estimate, run_drafting, run_estimate

if TYPE_CHECKING:
    from app.intake.workflow.options import RunReport
    from pipeline.drafting.policy import PolicyName


def draft(
    name: options.Dataset,
    corpus: options.Corpus = False,
    policy: options.Policy = options.PolicyChoice.PAPER,
    per_scene: options.PerScene = None,
    seed: options.Seed = 0,
    captions: options.Captions = "",
    questions: options.Questions = False,
    drafter: options.DrafterName = None,
    show: options.Show = options.Shown.OPTICAL,
    prompt: options.PromptNames = None,
    prompt_file: options.PromptFiles = None,
    model: options.Model = None,
    base_url: options.BaseUrl = None,
    response_format: options.ResponseFormat = options.Format.JSON_SCHEMA,
    own_temperature: options.OwnTemperature = False,
    replay: options.Replay = None,
    concurrency: options.Concurrency = 8,
    estimate: options.Estimated = False,
    prices: options.Prices = None,
    max_cost: options.MaxCost = None,
    image_tokens: options.ImageTokens = None,
    as_json: options.Json = False,
) -> None:
    """Write drafts of what does not have them yet; broken off, it goes on."""
    given = Given(
        dataset=name,
        drafter=drafter,
        captions=captions,
        questions=questions,
        per_scene=per_scene,
        seed=seed,
        show=show.value,
        prompts=prompt or [],
        prompt_files=prompt_file or [],
        model=model,
        base_url=base_url,
        response_format=response_format.value,
        own_temperature=own_temperature,
        replay=replay,
        concurrency=concurrency,
        prices=prices,
        max_cost=max_cost,
        image_tokens=image_tokens,
    )
    if not corpus and not given.is_wanted:
        raise typer.BadParameter(
            "say what to write: --corpus, --captions concise,complex, --questions, or --drafter NAME"
        )
    if estimate:
        _estimate(given, corpus, as_json)
        return
    if given.is_wanted:
        # Refused before the corpus is written, where it is to be.
        given.check()
    reports = [_draft_corpus(name, per_scene, seed, policy.value)] if corpus else []
    if given.is_wanted:
        reports.append(run_drafting(given))
    _print_reports(reports, as_json)


def _estimate(given: Given, corpus: bool, as_json: bool) -> None:
    if not given.is_wanted:
        raise typer.BadParameter("the corpus asks no model and costs nothing; estimate captions or questions")
    found = run_estimate(given)
    if as_json:
        typer.echo(json.dumps(estimate_as_json(found), indent=1))
    else:
        print_estimate(found)
        if corpus:
            typer.echo("The corpus asks no model and costs nothing.", err=True)


def _draft_corpus(name: str, per_scene: int | None, seed: int, policy: PolicyName) -> RunReport:
    from app.cli.opening import opened
    from app.cli.progress import shown
    from app.intake.workflow.corpus import CorpusOptions, draft_corpus
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, shown(f"Questions of {name}") as on_progress:
        return draft_corpus(sessions, CorpusOptions(name, per_scene, seed, policy), on_progress=on_progress)


def _print_reports(reports: list[RunReport], as_json: bool) -> None:
    from app.cli.opening import say
    from app.cli.progress import in_words

    for each in reports:
        if remark := getattr(each, "remark", ""):
            say(remark)
        if each.counts.get("failed") or each.counts.get("dropped"):
            say(f"Why some gave no text: trihedral run show {each.run_id} --refusals")
    if as_json:
        told = [{"dataset": each.dataset, "run_id": each.run_id, "counts": dict(each.counts)} for each in reports]
        typer.echo(json.dumps(told, indent=1))
        return
    for each in reports:
        typer.echo(f"{each.dataset}: {in_words(each.counts) or 'nothing to do'}")
