"""``python -m pipeline agreement`` and ``similarity``: what can be asked of them, and what they print."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

_LEVELS: Final = ("nominal", "ordinal", "interval", "ratio")


def add_agreement(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to those of ``python -m pipeline``; its code is imported when it runs."""
    about = "how far raters agree: Krippendorff's alpha, Fleiss' and Cohen's kappa, Gwet's AC1; null is not defined"
    command = commands.add_parser("agreement", help=about, description=about)
    table = "a line a unit, a column a rater, whose names the first line holds; an empty cell is missing"
    command.add_argument("table", metavar="TABLE.csv", type=Path, help=table)
    level = "what Krippendorff's alpha takes as distance (default nominal); the others know categories only"
    command.add_argument("--level", choices=_LEVELS, default="nominal", help=level)
    command.set_defaults(run=_agreement)


def add_similarity(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to those of ``python -m pipeline``; its code is imported when it runs."""
    about = "mean, variance and standard deviation of the cosine over all pairs of vectors; null is not defined"
    command = commands.add_parser("similarity", help=about, description=about)
    vectors = "a NumPy array (vectors, numbers); zero vectors are left out and counted"
    command.add_argument("vectors", metavar="VECTORS.npy", type=Path, help=vectors)
    command.set_defaults(run=_similarity)


def _agreement(chosen: argparse.Namespace) -> int:
    from pipeline.scoring.agreement import agreement_of
    from pipeline.scoring.agreement_table import TableError, read_rating_table
    from pipeline.scoring.ratings import RatingsError

    try:
        table = read_rating_table(chosen.table, chosen.level)
        agreement = agreement_of(table.rows, chosen.level, table.raters)
    except TableError as error:
        print(error, file=sys.stderr)
        return 1
    except RatingsError as error:
        print(f"{chosen.table}: {error}", file=sys.stderr)
        return 1
    for note in table.notes:
        print(f"warning: {note}", file=sys.stderr)
    for name, reason in agreement.reasons().items():
        print(f"{name} is not defined: {reason}", file=sys.stderr)
    print(_json(agreement.as_json()))
    return 0


def _similarity(chosen: argparse.Namespace) -> int:
    from pipeline.scoring.similarity import SimilarityError, similarity_of
    from pipeline.scoring.vector_files import read_vectors

    try:
        similarity = similarity_of(read_vectors(chosen.vectors))
    except SimilarityError as error:
        print(f"{chosen.vectors}: {error}", file=sys.stderr)
        return 1
    if not similarity.pairs:
        print(
            "mean, variance and std are not defined: there are not two vectors that have a direction", file=sys.stderr
        )
    print(_json(similarity.as_json()))
    return 0


def _json(figures: dict[str, Any]) -> str:
    return json.dumps(figures, indent=1, ensure_ascii=False)
