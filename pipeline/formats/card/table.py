"""A table of figures: the one thing of which README.md, the CSV files and the figures are made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from pipeline.formats.cells import row as csv_row

Value = str | int | float | Fraction | None
"""A name, a count, a measure, a share, or not known."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below a head. A first cell names its row."""

    name: str
    """Of its CSV file, without the ending."""
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""
    """A sentence of ours below it, in Markdown."""

    def markdown(self) -> str:
        """The table in Markdown, with its title in bold above and its note below; empty without rows."""
        if not self.rows:
            return ""
        ruler = ["---" if place in self._names() else "---:" for place in range(len(self.head))]
        lines = [self.head, ruler, *([shown(value) for value in row] for row in self.rows)]
        table = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
        note = f"\n\n{self.note}" if self.note else ""
        return f"**{self.title}** ([CSV](statistics/{self.name}.csv))\n\n{table}{note}"

    def csv(self) -> bytes:
        """The table as CSV: counts and shares as plain numbers, what is not known empty, no cell a formula."""
        return b"".join(b",".join(map(_cell, row)) + b"\r\n" for row in (self.head, *self.rows))

    def _names(self) -> set[int]:
        """Columns of names, which stand on the left."""
        return {place for place in range(len(self.head)) if any(isinstance(row[place], str) for row in self.rows)}


def share(part: int, whole: int) -> Fraction | None:
    """The part of the whole; None of nothing."""
    return Fraction(part, whole) if whole else None


def shown(value: Value) -> str:
    """As it stands in a table of Markdown: ``484,620``, ``44.8 %``, ``–``, or the name without a mark of its own."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, Fraction):
        return percent(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def percent(value: Fraction) -> str:
    """``44.8 %``; exact arithmetic, half a tenth rounded up, so that it is the same everywhere."""
    tenths = (2000 * value.numerator + value.denominator) // (2 * value.denominator)
    return f"{tenths // 10}.{tenths % 10} %"


def escaped(text: str) -> str:
    """Text from outside in Markdown: on one line, with no cell, mark, tag, address or formula of its own."""
    plain = " ".join(printable(text).split())
    # ``&`` and ``<`` as entities: some that show Markdown take tags even behind a backslash. Some make links of plain
    # addresses.
    plain = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    plain = plain.replace("://", ":&#47;&#47;").replace("www.", "www&#46;")
    marked = "".join(f"\\{mark}" if mark in "\\|`*_[]!~$" else mark for mark in plain)
    # At the beginning of a line these would begin a heading, a list or a rule.
    return f"\\{marked}" if marked[:1] in {"#", "+", "-", "="} else marked


def printable(text: str) -> str:
    """The text with a space for each character that is none to be seen, such as those that turn the direction."""
    return "".join(mark if mark.isprintable() else " " for mark in text)


def joined(parts: Iterable[tuple[str, int]], most: int = 4) -> str | None:
    """``SAR-A (310), SAR-B (12)``; without numbers where there is one, None where there is none."""
    found = list(parts)
    if not found:
        return None
    if len(found) == 1:
        return found[0][0]
    told = [f"{name} ({count:,})" for name, count in found[:most]]
    return ", ".join(told) + (f" and {len(found) - most} more" if len(found) > most else "")


def _cell(value: Value) -> bytes:
    if isinstance(value, str):
        return csv_row([value]).removesuffix(b"\r\n")
    if value is None:
        return b""
    # A negative number is no formula: it stands as it is.
    return (f"{float(value):.6f}" if isinstance(value, Fraction) else str(value)).encode()
