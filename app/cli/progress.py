"""How far a run is: a bar on a terminal, a line now and then elsewhere; both on standard error, beside the result."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from app.intake.workflow.options import OnProgress
from app.intake.workflow.options import Progress as Step

LINE_EVERY_S = 5.0


@contextmanager
def shown(what: str) -> Iterator[OnProgress]:
    """Give the callback that shows the progress of ``what`` while the block runs."""
    if not sys.stderr.isatty():
        yield _lines(what)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeRemainingColumn(), TextColumn("{task.fields[counts]}"), console=Console(stderr=True)
    ) as bar:
        row = bar.add_task(what, total=None, counts="")

        def show(step: Step) -> None:
            bar.update(row, completed=step.done, total=step.total, counts=in_words(step.counts))

        yield show


def _lines(what: str) -> OnProgress:
    said_at = time.monotonic()

    def show(step: Step) -> None:
        nonlocal said_at
        if time.monotonic() - said_at >= LINE_EVERY_S:
            said_at = time.monotonic()
            total = "" if step.total is None else f" of {step.total}"
            typer.echo(f"{what}: {step.done}{total} ({in_words(step.counts)})", err=True)

    return show


WORDS: Final = {
    "new": ("new scene", "new scenes"),
    "unchanged": ("scene unchanged", "scenes unchanged"),
    "restored": ("image restored", "images restored"),
    "boxes": ("box", "boxes"),
}
"""One and many, for counts whose name alone does not say of what, or whose plural is more than an s."""


def in_words(counts: Mapping[str, int]) -> str:
    """``31 new scenes, 2 refused``; what is zero is left out."""
    return ", ".join(f"{number} {_noun(name, number)}" for name, number in counts.items() if number)


def _noun(name: str, number: int) -> str:
    many = name.replace("_", " ")
    one, many = WORDS.get(name, (many.removesuffix("s"), many))
    return one if number == 1 else many
