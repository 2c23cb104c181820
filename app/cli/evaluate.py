"""`trihedral evaluate`: predictions of models, judged and scored; what they print is in modules of their own."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer

from app.cli import evaluate_options as options
from app.cli.evaluating import judging, say_evaluation, scored
from app.cli.measuring_texts import agreement, similarity
from app.cli.model_drafting import KEY_VARIABLE
from app.cli.predicting import predict

group = typer.Typer(
    help="Evaluations: what models say of a split or a quiz, and how right it is.", no_args_is_help=True
)
group.command()(predict)
group.command()(agreement)
group.command()(similarity)


@group.command()
def upload(
    release: options.Release,
    file: Annotated[Path, typer.Argument(help="JSONL or CSV with id and prediction.", exists=True, dir_okay=False)],
    model: Annotated[str, typer.Option(help="Whose predictions they are.")],
    task: options.Tasks = options.Task.QUESTIONS,
    captions: options.Captions = options.CaptionKind.BOTH,
    split: options.Split = "test",
    quiz: options.Quiz = "",
    note: Annotated[str, typer.Option(help="How the model was asked.")] = "",
    partial: Annotated[bool, typer.Option("--partial", help="Store it although predictions are missing.")] = False,
    as_json: options.Json = False,
) -> None:
    """Take in predictions that were made elsewhere, all or none, and score them."""
    from app.cli.opening import opened, say
    from app.db import transaction
    from app.evaluation.errors import PredictionsError
    from app.evaluation.workflow import scoring
    from app.evaluation.workflow.uploading import Upload, upload_predictions
    from app.settings import Settings

    given = Upload(model, task.value, options.kinds_of(captions), note, partial)
    with opened(Settings.from_environment()) as sessions:
        try:
            with file.open(encoding="utf-8", newline="") as lines, transaction(sessions) as session:
                target = options.target_of(session, release, split, quiz)
                made = upload_predictions(session, target, given, lines, "command")
        except UnicodeDecodeError as error:
            raise PredictionsError(f"{file} is not UTF-8 (byte {error.start:,}). Save it as UTF-8.") from error
        except PredictionsError as refused:
            _say_faults(refused, as_json)
            raise
        say(f"Evaluation {made.evaluation_id} has {made.predictions:,} of {made.items:,} predictions; scoring it")
        scoring.score(sessions, made.evaluation_id)
        shown = scored(sessions, made.evaluation_id)
    say_evaluation(shown, as_json)


@group.command()
def captions(evaluation: options.Number, as_json: options.Json = False) -> None:
    """Score captions by BLEU, ROUGE-L and CIDEr, in COCO's words and as they are, concise and complex ones apart."""
    from app.cli.opening import opened
    from app.evaluation.workflow import scoring
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions:
        scoring.score_captions(sessions, evaluation)
        shown = scored(sessions, evaluation)
    say_evaluation(shown, as_json)


@group.command()
def vqa(
    evaluation: options.Number,
    judge: Annotated[
        list[str] | None,
        typer.Option("--judge", help="exact, synonyms, sarlang-substring or llm; each once. All but llm without it."),
    ] = None,
    model: Annotated[str | None, typer.Option(help="Of --judge llm: its name at the endpoint.")] = None,
    base_url: Annotated[str | None, typer.Option(help=f"Of --judge llm: an endpoint; key in {KEY_VARIABLE}.")] = None,
    replay: Annotated[Path | None, typer.Option(help="Of --judge llm: prepared replies instead.")] = None,
    own_temperature: Annotated[bool, typer.Option("--own-temperature", help="For models that take no 0.")] = False,
    concurrency: Annotated[int, typer.Option(min=1, max=256, help="Requests at once.")] = 8,
    as_json: options.Json = False,
) -> None:
    """Judge answers; a model's judging that was broken off goes on where it was."""
    from app.cli.opening import opened, say
    from app.evaluation.workflow import scoring
    from app.settings import Settings

    judges = list(dict.fromkeys(judge or scoring.JUDGES))
    with opened(Settings.from_environment()) as sessions:
        scoring.score_answers(sessions, evaluation, [each for each in judges if each != "llm"])
        if "llm" in judges:
            with judging(model, base_url, replay, own_temperature) as endpoint:
                scoring.judge_by_model(
                    sessions,
                    evaluation,
                    endpoint,
                    concurrency,
                    lambda done, total: say(f"{done:,} of {total:,} answers are judged"),
                )
        shown = scored(sessions, evaluation)
    say_evaluation(shown, as_json)


@group.command("list")
def list_(as_json: options.Json = False) -> None:
    """List evaluations, newest first."""
    from app.cli.opening import opened
    from app.evaluation.workflow.evaluations import list_evaluations
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, sessions() as session:
        found, before = [], None
        while page := list_evaluations(session, before):
            found += page
            before = page[-1].evaluation_id
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(each) for each in found], indent=1, default=str))
        return
    for each in found:
        partial = f"{each.predictions:,} of {each.items:,}" if each.is_partial else f"{each.items:,}"
        state = "withdrawn" if each.withdrawn_at else each.state
        typer.echo(f"{each.evaluation_id}: {each.model}, {partial} {each.task} of {each.target.label}, {state}")
    if not found:
        typer.echo("Nothing was evaluated yet: begin with `trihedral evaluate predict` or `evaluate upload`.")


@group.command()
def show(evaluation: options.Number, as_json: options.Json = False) -> None:
    """Show the figures of an evaluation and how the model was asked."""
    from app.cli.opening import opened
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions:
        shown = scored(sessions, evaluation)
    say_evaluation(shown, as_json)


def _say_faults(refused: object, as_json: bool) -> None:
    """Each fault a line, on standard output where scripts read it."""
    from app.evaluation.workflow.reading import Fault

    faults = getattr(refused, "facts", {}).get("faults", [])
    if as_json:
        typer.echo(json.dumps(getattr(refused, "facts", {}), indent=1, ensure_ascii=False))
        return
    for fault in faults:
        typer.echo(Fault(**fault).sentence(), err=True)
