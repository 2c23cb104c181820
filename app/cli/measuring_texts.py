"""`trihedral evaluate agreement` and `similarity`: the figures of `python -m pipeline`, of what is in the database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def agreement(
    dataset: Annotated[str, typer.Argument(help="The dataset whose reviews are compared.")],
    flag: Annotated[str, typer.Option(help="Whether this flag was given, instead of the verdicts.")] = "",
    kind: Annotated[str, typer.Option(help="Only texts of this kind.")] = "",
    table: Annotated[
        Path | None, typer.Option(help="Write the table too, for `python -m pipeline agreement`.", dir_okay=False)
    ] = None,
) -> None:
    """How far reviewers agree: Krippendorff's alpha, Fleiss' and Cohen's kappa, Gwet's AC1; null is not defined."""
    from app.cli.opening import opened, say
    from app.db import transaction
    from app.evaluation.workflow import agreeing
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, transaction(sessions) as session:
        found = agreeing.verdict_table(session, dataset, flag, kind)
    figures = agreeing.agreement(found)
    if table is not None:
        table.write_bytes(found.csv())
        say(f"The table of {len(found.rows):,} texts and {len(found.raters)} reviewers is in {table}")
    for name, reason in figures.reasons().items():
        say(f"{name} is not defined: {reason}")
    typer.echo(json.dumps(figures.as_json(), indent=1, ensure_ascii=False))


def similarity(
    vectors: Annotated[Path, typer.Argument(help="A NumPy array (vectors, numbers).", exists=True, dir_okay=False)],
) -> None:
    """Mean, variance and standard deviation of the cosine over all pairs of vectors."""
    from app.cli.opening import say
    from app.evaluation.errors import EvaluationError
    from pipeline.scoring.similarity import SimilarityError, similarity_of
    from pipeline.scoring.vector_files import read_vectors

    try:
        found = similarity_of(read_vectors(vectors))
    except SimilarityError as error:
        raise EvaluationError(f"{vectors}: {error}") from error
    if not found.pairs:
        say("mean, variance and std are not defined: there are not two vectors that have a direction")
    typer.echo(json.dumps(found.as_json(), indent=1))
