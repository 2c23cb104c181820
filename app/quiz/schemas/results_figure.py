"""The figure of results: a bar a group, and what one gets without looking, with intervals. SVG, without a library.

The page draws the same bars into itself, in the colours of its theme.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from app.quiz.workflow.results import ALL, Results

WIDTH: Final = 720
LEFT: Final = 220
"""Where a share of 0 lies, in units of the drawing; names are left of it."""
SPAN: Final = 400
"""Of a share of 1."""
TOP: Final = 16
ROW: Final = 34
FOOT: Final = 36
LONGEST_NAME: Final = 30
TICKS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """One row, in units of the drawing."""

    title: str
    short: str
    """The title, cut to what has room."""
    is_people: bool
    middle: int
    """Its y."""
    end: float
    """x where the share lies."""
    low: float | None
    high: float | None
    label: str


@dataclass(frozen=True, slots=True)
class Figure:
    """Bars from ``left`` to the right, and ticks of the axis under them."""

    bars: Sequence[Bar]
    ticks: Sequence[tuple[float, str]]
    """(x, its text)"""
    width: int
    height: int
    left: int
    bottom: int
    """y of the axis."""
    title: str


def draw(results: Results) -> Figure:
    """The shares of all questions, of those who answered any."""
    rows = [row for row in (*results.rows, *results.baselines) if not row.arm and row.cells[ALL].value is not None]
    bars = []
    for place, row in enumerate(rows):
        cell = row.cells[ALL]
        value = cell.value or 0.0
        count = "" if cell.right is None else f" ({cell.right}/{cell.asked})"
        bars.append(
            Bar(
                title=row.title,
                short=row.title if len(row.title) <= LONGEST_NAME else f"{row.title[: LONGEST_NAME - 1]}…",
                is_people=row.people is not None,
                middle=TOP + place * ROW + ROW // 2,
                end=_x(value),
                low=None if cell.low is None else _x(cell.low),
                high=None if cell.high is None else _x(cell.high),
                label=f"{value:.0%}{count}",
            )
        )
    bottom = TOP + ROW * len(bars)
    ticks = [(_x(each), f"{each:.0%}") for each in TICKS]
    title = f"{results.standing.quiz.name}: right answers, with 95 % intervals"
    return Figure(bars, ticks, WIDTH, bottom + FOOT, LEFT, bottom, title)


def figure_svg(results: Results) -> bytes:
    """The figure as a file of its own, on white."""
    figure = draw(results)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {figure.width} {figure.height}" width="{figure.width}"'
        f' height="{figure.height}" font-family="sans-serif" font-size="13" role="img">',
        f"<title>{escape(figure.title)}</title>",
        f'<rect width="{figure.width}" height="{figure.height}" fill="#fff"/>',
    ]
    for x, text in figure.ticks:
        lines.append(f'<path d="M{x} {TOP}V{figure.bottom}" stroke="#ddd"/>')
        lines.append(f'<text x="{x}" y="{figure.bottom + 20}" text-anchor="middle" fill="#555">{text}</text>')
    for bar in figure.bars:
        lines += _bar_lines(bar)
    return "\n".join([*lines, "</svg>\n"]).encode()


def _bar_lines(bar: Bar) -> list[str]:
    colour = "#2b6cb0" if bar.is_people else "#a0aec0"
    lines = [
        f'<text x="{LEFT - 10}" y="{bar.middle + 4}" text-anchor="end">{escape(bar.short)}</text>',
        f'<rect x="{LEFT}" y="{bar.middle - 9}" width="{bar.end - LEFT:.1f}" height="18" fill="{colour}"/>',
    ]
    if bar.low is not None and bar.high is not None:
        lines.append(
            f'<path d="M{bar.low} {bar.middle}H{bar.high}M{bar.low} {bar.middle - 5}v10M{bar.high} {bar.middle - 5}v10"'
            ' stroke="#111" stroke-width="1.5" fill="none"/>'
        )
    right = bar.end if bar.high is None else max(bar.end, bar.high)
    return [*lines, f'<text x="{right + 8:.1f}" y="{bar.middle + 4}" fill="#111">{escape(bar.label)}</text>']


def _x(share: float) -> float:
    return round(LEFT + SPAN * share, 1)
