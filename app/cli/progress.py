"""How far a run is: a bar on a terminal, a line now and then elsewhere; both on standard error, beside the result."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from app.intake.workflow.options import OnProgress, money_in_words, roughly
from app.intake.workflow.options import Progress as Step

LINE_EVERY_S = 5.0


@contextmanager
def shown(what: str) -> Iterator[OnProgress]:
    """Give the callback that shows the progress of ``what`` while the block runs."""
    if not sys.stderr.isatty():
        yield _lines(what)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TextColumn("{task.fields[told]}"), console=Console(stderr=True)) as bar:
        row = bar.add_task(escape(what), total=None, told="")

        def show(step: Step) -> None:
            bar.update(row, completed=step.done, total=step.total, told=escape(told(step)))

        yield show


def _lines(what: str) -> OnProgress:
    said_at = time.monotonic()
    said_trouble: str | None = None

    def show(step: Step) -> None:
        nonlocal said_at, said_trouble
        if time.monotonic() - said_at >= LINE_EVERY_S or step.trouble != said_trouble:
            said_at, said_trouble = time.monotonic(), step.trouble
            total = "" if step.total is None else f" of {step.total}"
            beside = told(step)
            typer.echo(f"{what}: {step.done}{total}{f' ({beside})' if beside else ''}", err=True)

    return show


def told(step: Step) -> str:
    """What is said beside the number of what is done: ``3.1 a second, 4 min left, 31 new scenes``."""
    if step.trouble is not None:
        return f"waiting: {step.trouble}"
    parts = [
        "" if not step.rate_s else f"{step.rate_s:.1f} a second",
        "" if not step.eta_s else f"{roughly(step.eta_s)} left",
        in_words(step.counts),
    ]
    return ", ".join(part for part in parts if part)


WORDS: Final = {
    "new": ("new scene", "new scenes"),
    "known": ("scene known by its name", "scenes known by their names"),
    "unchanged": ("scene unchanged", "scenes unchanged"),
    "restored": ("image restored", "images restored"),
    "boxes": ("box", "boxes"),
    "dropped": ("question dropped", "questions dropped"),
    "repeated": ("question repeated", "questions repeated"),
    "land_cover": ("scene with land cover", "scenes with land cover"),
}
"""One and many, for counts whose name alone does not say of what, or whose plural is more than an s."""


def in_words(counts: Mapping[str, int]) -> str:
    """``31 new scenes, 2 refused, USD 0.0125``; what is zero is left out."""
    return ", ".join(
        money_in_words(name, number) or f"{number} {_noun(name, number)}" for name, number in counts.items() if number
    )


def _noun(name: str, number: int) -> str:
    many = name.replace("_", " ")
    one, many = WORDS.get(name, (many.removesuffix("s"), many))
    return one if number == 1 else many
