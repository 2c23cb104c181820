"""A table of ratings as a CSV file: the first line names the raters, every other line is a unit."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.scoring.ratings import Level

_NEEDED: Final = (
    "The first line names the raters, separated by commas; each line below is a unit, an empty cell missing."
)
_OTHER_MARKS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}


class TableError(ValueError):
    """A file that is no table of ratings: where, what is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class RatingTable:
    """A table as it was read, and what should be known of it."""

    raters: tuple[str, ...]
    rows: Sequence[tuple[Hashable | None, ...]]
    notes: tuple[str, ...] = ()


def read_rating_table(path: Path, level: Level) -> RatingTable:
    """Read a table of ratings from a UTF-8 CSV file.

    Cells are stripped of white space; an empty one is missing. Where all others are numbers, and always above the
    nominal level, they are compared as numbers: 1 and 1.0 are one category.

    Raises
    ------
    TableError
        With the line, if the file is no such table.
    OSError
        If it cannot be read.
    """
    lines = _lines(path)
    if not lines:
        raise TableError(f"{path}: the file is empty. {_NEEDED}")
    raters = _raters(path, lines[0][1])
    cells = [(number, _checked(path, number, row, raters)) for number, row in lines[1:]]
    given = [(number, rater, cell) for number, row in cells for rater, cell in zip(raters, row, strict=True) if cell]
    if not given:
        raise TableError(f"{path}: there is no rating below the first line. {_NEEDED}")
    as_numbers = _are_numbers(path, given, level)
    rows = [tuple((float(cell) if as_numbers else cell) if cell else None for cell in row) for _, row in cells]
    names_are_numbers = all(_number(name) is not None for name in raters)
    note = "the first line holds numbers only; it was taken as the names of the raters"
    return RatingTable(raters, rows, (note,) if names_are_numbers else ())


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    """The lines that are not blank, with the number of the line on which each ends."""
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TableError(f"{path}: the file is UTF-16; save it as CSV in UTF-8.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(f"{path}: byte {error.start} is no UTF-8; save the file as CSV in UTF-8.") from error
    if "\0" in text:
        raise TableError(f"{path}: the file holds NUL, which no CSV file does; save it as CSV in UTF-8.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            stripped = [cell.strip() for cell in row]
            if len(stripped) > 1 or any(stripped):
                found.append((reader.line_num, stripped))
    except csv.Error as error:
        raise TableError(f"{path}, line {reader.line_num}: the line is not CSV ({error}).") from error
    return found


def _raters(path: Path, names: list[str]) -> tuple[str, ...]:
    where = f"{path}, line 1"
    for mark, called in _OTHER_MARKS.items():
        if len(names) == 1 and mark in names[0]:
            raise TableError(f"{where}: the columns are separated by {called}; save the file with commas.")
    if len(names) < 2:
        raise TableError(f"{where}: there is one column, and agreement needs two raters or more. {_NEEDED}")
    for column, name in enumerate(names, start=1):
        if not name:
            told = "Name the rater, or take the column out if it numbers the units."
            raise TableError(f"{where}: column {column} has no name. {told}")
        if "|" in name:
            raise TableError(
                f'{where}: the name "{name}" holds "|", which stands between names in the result; change it.'
            )
        if names.index(name) != column - 1:
            told = f'the name "{name}" is there twice (columns {names.index(name) + 1} and {column})'
            raise TableError(f"{where}: {told}; give each rater a name of its own. {_NEEDED}")
    return tuple(names)


def _checked(path: Path, number: int, row: list[str], raters: tuple[str, ...]) -> list[str]:
    if len(row) != len(raters):
        told = f"the line has {len(row)} cells, and the first line names {len(raters)} raters"
        raise TableError(f"{path}, line {number}: {told}. Leave a cell empty where a rating is missing.")
    return row


def _are_numbers(path: Path, given: list[tuple[int, str, str]], level: Level) -> bool:
    """Whether cells are compared as numbers; a cell that cannot be is refused where it has to."""
    wrong = [each for each in given if _number(each[2]) is None]
    if not wrong:
        return True
    number, rater, cell = wrong[0]
    where = f"{path}, line {number}, rater {rater}"
    if level != "nominal":
        told = "Leave it empty if the rating is missing, or use --level nominal."
        raise TableError(f"{where}: {cell[:80]!r} is no finite number, which --level {level} needs. {told}")
    if all(cell.casefold() == "nan" for _, _, cell in wrong):
        raise TableError(f"{where}: {cell!r} is no category. Leave the cell empty if the rating is missing.")
    return False


def _number(cell: str) -> float | None:
    """None for what is no finite number, and for what Python alone reads as one, such as 1_000."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in cell else None
