"""The figures of a card, drawn from its tables: SARLANG-1M's Figures 3, 4 and 7, corrections and caption lengths.

The only module that imports matplotlib. No dates, no random ids: the same tables give the same bytes under the same
lock file. Colours are told apart by who does not see red and green alike, and each figure has its table beside it.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from threading import Lock
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from pipeline.formats.card.table import Table, Value, percent, printable

INK: Final = "#1b2733"
QUIET: Final = "#5c6b7a"
GRID: Final = "#d9e0e7"
BLUE: Final = "#0072b2"
COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a5195", "#000000")
"""After Okabe and Ito."""
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X", "*")
"""Beside the colour, so that neither is needed to tell sources apart."""
MOST_SOURCES: Final = 20
MOST_BARS: Final = 30
MOST_LABELS: Final = 16
DPI: Final = 120
_STYLE: Final[Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "text.color": INK,
    "text.parse_math": False,  # a name may have dollars in it
    "axes.edgecolor": GRID,
    "axes.labelcolor": QUIET,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "xtick.color": QUIET,
    "ytick.color": INK,
    "xtick.bottom": False,
    "ytick.left": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.hashsalt": "trihedral",
    "svg.fonttype": "path",
}
_LOCK: Final = Lock()
"""The style is one for the whole process."""

Drawn = tuple[bytes, bytes]
"""SVG and PNG."""


def sources_by_application(table: Table) -> Drawn | None:
    """Texts per source and application: a count in each field, darker where it is larger."""
    return _drawn(_draw_sources, table) if table.rows else None


def frequencies(question_types: Table, land_covers: Table, categories: Table) -> Drawn | None:
    """Question types, land covers and the most frequent categories, each as bars."""
    given = [table for table in (question_types, land_covers, categories) if table.rows]
    return _drawn(_draw_frequencies, *given) if given else None


def corrections(per_flag: Table, per_drafter: Table) -> Drawn | None:
    """The share of texts that were corrected, per flag and per drafter."""
    given = [table for table in (per_flag, per_drafter) if any(row[-1] is not None for row in table.rows)]
    return _drawn(_draw_corrections, *given) if given else None


def caption_lengths(table: Table) -> Drawn | None:
    """How many captions have so many words."""
    return _drawn(_draw_lengths, table) if table.rows else None


def places(table: Table) -> Drawn | None:
    """A map of the world with a point for each place, larger where more images lie."""
    return _drawn(_draw_places, table) if table.rows else None


@lru_cache(maxsize=32)
def _drawn(draw: Callable[..., Figure], *tables: Table) -> Drawn:
    """Remembered: a release is often exported in several formats, with the same figures."""
    with _LOCK, mpl.rc_context(_STYLE), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a script that the font lacks: its letters are shown as boxes
        figure = draw(*tables)
        svg, png = io.BytesIO(), io.BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None})
        figure.set_layout_engine("none")  # it has done its work, which takes as long as drawing does
        figure.savefig(png, format="png", dpi=DPI, metadata={"Software": None})
    return svg.getvalue(), png.getvalue()


def _figure(width: float, height: float) -> Figure:
    """Of this size in inches, with room around and between its parts."""
    figure = Figure(figsize=(width, height), layout="constrained")
    engine = figure.get_layout_engine()
    assert engine is not None  # noqa: S101 - it was asked for
    engine.set(w_pad=0.14, h_pad=0.14)  # type: ignore[call-arg]
    return figure


def _draw_sources(table: Table) -> Figure:
    rows = sorted(table.rows, key=lambda row: (-_number(row[-1]), str(row[0])))[:MOST_SOURCES]
    counts = np.array([[_number(value) for value in row[1:-1]] for row in rows], dtype=float)
    names, heads = [_label(row[0], 30) for row in rows], [_label(head, 24) for head in table.head[1:-1]]
    figure = _figure(2.8 + 1.05 * len(heads), 1.5 + 0.46 * len(names))
    axes = figure.add_subplot()
    # Light enough that dark figures can be read in the darkest field; by the logarithm, or most would look empty.
    shades = 0.08 + 0.44 * np.log1p(counts) / np.log1p(max(counts.max(), 1))
    axes.pcolormesh(
        np.ma.masked_array(shades, counts == 0), cmap="Blues", vmin=0, vmax=1, edgecolors="white", linewidth=2
    )
    for (row, column), count in np.ndenumerate(counts):
        colour = INK if count else "#8794a1"
        axes.text(column + 0.5, row + 0.5, f"{int(count):,}", ha="center", va="center", color=colour)
    axes.set_xticks(np.arange(len(heads)) + 0.5, [head.replace(" ", "\n", 1) for head in heads])
    axes.set_yticks(np.arange(len(names)) + 0.5, names)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.invert_yaxis()
    axes.spines[:].set_visible(False)
    axes.set_title("Verified texts per source and application (number of texts)")
    _say_cut(axes, len(table.rows), len(rows), "sources")
    return figure


def _draw_frequencies(*tables: Table) -> Figure:
    lengths = [min(MOST_BARS, len(_bars(table))) for table in tables]
    if len(tables) == 1 or sum(lengths) < 14:
        figure = _figure(8, 0.9 * len(tables) + 0.3 * sum(lengths) + 0.4)
        panels = [*figure.subplots(len(tables), 1, squeeze=False, height_ratios=[each + 1 for each in lengths])[:, 0]]
    else:
        # The longest on the right, the others above each other on the left.
        left = sum(lengths[:-1]) + 4 * (len(lengths) - 2)
        figure = _figure(12.5, 1.1 + 0.27 * max(left, lengths[-1]))
        outer = figure.add_gridspec(1, 2, wspace=0.06)
        inner = outer[0].subgridspec(len(tables) - 1, 1, height_ratios=[each + 1 for each in lengths[:-1]], hspace=0.06)
        panels = [figure.add_subplot(part) for part in (*(inner[place] for place in range(len(tables) - 1)), outer[1])]
    for axes, table in zip(panels, tables, strict=True):
        _draw_bars(axes, table)
    return figure


def _draw_bars(axes: Axes, table: Table) -> None:
    bars = _bars(table)[:MOST_BARS]
    places, counts = np.arange(len(bars)), [_number(row[1]) for row in bars]
    axes.barh(places, counts, color=BLUE, height=0.68)
    for place, row in zip(places, bars, strict=True):
        told = f"{_number(row[1]):,}" + (f"  ({percent(row[2])})" if isinstance(row[2], Fraction) else "")
        axes.annotate(told, (_number(row[1]), place), (4, 0), textcoords="offset points", va="center", color=QUIET)
    axes.set_yticks(places, [_label(row[0], 28) for row in bars])
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlim(0, max(counts, default=1) * 1.3)
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(axis="x")
    axes.set_title(f"{table.title} (number of {table.head[1]})")


def _bars(table: Table) -> list[tuple[Value, ...]]:
    """Without the sum, and without rows that are a part of another."""
    return [row for row in table.rows if not str(row[0]).startswith(("All ", "General: "))]


def _draw_corrections(*tables: Table) -> Figure:
    shown = [[row for row in table.rows if row[-1] is not None][-MOST_BARS:] for table in tables]
    lengths = [len(rows) for rows in shown]
    figure = _figure(8.5, 1.05 * len(tables) + 0.32 * sum(lengths))
    panels = figure.subplots(len(tables), 1, squeeze=False, height_ratios=[each + 1.2 for each in lengths])[:, 0]
    for axes, table, rows in zip(panels, tables, shown, strict=True):
        shares = [100 * float(row[-1]) for row in rows]  # type: ignore[arg-type]
        places = np.arange(len(rows))
        axes.barh(places, [100] * len(rows), color="#eef2f6", height=0.68)
        axes.barh(places, shares, color=COLOURS[1], height=0.68)
        for place, row, value in zip(places, rows, shares, strict=True):
            told = f"{percent(row[-1])}  ({_number(row[-2]):,} of {_number(row[-3]):,})"  # type: ignore[arg-type]
            is_long = value > 62
            axes.annotate(
                *(told, (value, place), (-5 if is_long else 5, 0)),
                textcoords="offset points", va="center", ha="right" if is_long else "left",
                color="white" if is_long else INK,
            )  # fmt: skip
        axes.set_yticks(places, [_label(row[0], 34) for row in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0, 100)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f} %"))
        axes.grid(axis="x")
        axes.set_title(f"{table.title} (share of the texts read that were corrected)")
    return figure


def _draw_lengths(table: Table) -> Figure:
    kinds = list(dict.fromkeys(str(row[0]) for row in table.rows))
    figure = _figure(8.5, 0.5 + 2.0 * len(kinds))
    panels = figure.subplots(len(kinds), 1, squeeze=False, sharex=True)[:, 0]
    longest = max(_number(row[1]) for row in table.rows)
    width = max(1, math.ceil((longest + 1) / 60))
    for place, (axes, kind) in enumerate(zip(panels, kinds, strict=True)):
        lengths = [(_number(row[1]), _number(row[2])) for row in table.rows if row[0] == kind]
        edges = np.arange(0, longest + width + 1, width) - 0.5
        axes.hist(
            [words for words, _ in lengths], edges, weights=[count for _, count in lengths], color=COLOURS[place % 8],
            rwidth=0.9,
        )  # fmt: skip
        mean = sum(words * count for words, count in lengths) / sum(count for _, count in lengths)
        axes.axvline(mean, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        axes.annotate(
            *(f"mean {mean:.1f}", (mean, 0.98), (5, 0)),
            xycoords=("data", "axes fraction"), textcoords="offset points", va="top",
        )  # fmt: skip
        axes.set_ylabel("captions")
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.grid(axis="y")
        axes.set_title(f"{kind}s by length" + (f" ({width} words a bar)" if width > 1 else ""))
        axes.set_xlim(-0.5, longest + 1)
    panels[-1].xaxis.set_major_locator(MaxNLocator(10, integer=True))
    panels[-1].set_xlabel("length of the caption (words)")
    return figure


def _draw_places(table: Table) -> Figure:
    figure = _figure(11, 6.75)
    axes = figure.add_subplot()
    _draw_graticule(axes)
    images: dict[str, int] = {}
    for row in table.rows:
        images[str(row[3])] = images.get(str(row[3]), 0) + _number(row[4])
    most = max(_number(row[4]) for row in table.rows)
    sources = sorted(images, key=lambda name: (-images[name], name))
    for place, source in enumerate(sources):
        rows = [row for row in table.rows if row[3] == source]
        axes.scatter(
            [_degrees_of(row)[1] for row in rows], [_degrees_of(row)[0] for row in rows],
            s=[24 + 110 * _number(row[4]) / most for row in rows], marker=MARKERS[place % 8],
            color=COLOURS[place % 8], alpha=0.8, edgecolors="white", linewidths=0.8, zorder=3,
        )  # fmt: skip
    _name_places(axes, table)
    axes.set_title("Places of the SAR images")
    axes.set_xlabel(
        "Equirectangular. Each mark is a cell of half a degree; it is larger where more images lie.",
        loc="left", labelpad=8,
    )  # fmt: skip
    marks = [
        Line2D([], [], linestyle="", marker=MARKERS[place], color=COLOURS[place], markersize=7,
               label=f"{_label(source, 26)} ({images[source]:,} {'image' if images[source] == 1 else 'images'})")
        for place, source in enumerate(sources[:8])
    ]  # fmt: skip
    figure.legend(handles=marks, loc="outside lower left", ncols=4, frameon=False)
    return figure


def _draw_graticule(axes: Axes) -> None:
    axes.set_xlim(-180, 180)
    axes.set_ylim(-90, 90)
    axes.set_aspect("equal")
    axes.set_facecolor("#f7f9fb")
    axes.set_xticks(range(-180, 181, 30), [_degrees(each, "E", "W") for each in range(-180, 181, 30)])
    axes.set_yticks(range(-90, 91, 30), [_degrees(each, "N", "S") for each in range(-90, 91, 30)])
    axes.tick_params(colors=QUIET, labelsize=8)
    axes.grid(linewidth=0.7)
    axes.axhline(0, color="#aab6c2", linewidth=0.9)
    axes.axvline(0, color="#aab6c2", linewidth=0.9)
    for latitude, name in ((23.44, "Tropic of Cancer"), (-23.44, "Tropic of Capricorn"), (66.56, "Arctic Circle")):
        axes.axhline(latitude, color="#c3ccd6", linewidth=0.7, linestyle=(0, (3, 3)))
        axes.annotate(name, (-178, latitude), (0, 2), textcoords="offset points", fontsize=7, color="#8794a1")
    axes.spines[:].set_visible(True)


def _name_places(axes: Axes, table: Table) -> None:
    """Names beside the places with most images, on the side where neither a name nor a mark is in the way."""
    marks = [_degrees_of(row) for row in table.rows]
    taken = [(latitude, longitude - 2, longitude + 2) for latitude, longitude in marks]
    named = 0
    for row, (latitude, longitude) in zip(table.rows, marks, strict=True):
        name = _label(row[0], 22)
        width = 1.95 * len(name) + 3
        sides = [(longitude + 3, "left"), (longitude - 3 - width, "right")]
        free = [each for each in sides if _is_free(latitude, each[0], each[0] + width, taken)]
        if name and free and named < MOST_LABELS:
            start, alignment = free[0]
            taken.append((latitude, start, start + width))
            named += 1
            axes.annotate(
                *(name, (longitude, latitude), (9 if alignment == "left" else -9, 0)),
                textcoords="offset points", va="center", ha=alignment, fontsize=8, zorder=4,
            )  # fmt: skip


def _is_free(latitude: float, start: float, end: float, taken: Sequence[tuple[float, float, float]]) -> bool:
    is_on_map = start > -180 and end < 180
    return is_on_map and all(
        abs(latitude - other) > 4.5 or start > other_end or end < other_start for other, other_start, other_end in taken
    )


def _degrees_of(row: tuple[Value, ...]) -> tuple[float, float]:
    """(latitude, longitude)"""
    _, latitude, longitude, *_ = row
    assert isinstance(latitude, float) and isinstance(longitude, float)  # noqa: S101, PT018 - columns of the table
    return latitude, longitude


def _degrees(value: int, positive: str, negative: str) -> str:
    return f"{abs(value)}°{positive if value > 0 else negative if value < 0 else ''}"


def _say_cut(axes: Axes, there_are: int, shown: int, what: str) -> None:
    if there_are > shown:
        axes.set_xlabel(f"The {shown} largest of {there_are} {what}; the table has all.", loc="left", labelpad=10)


def _label(value: Value, longest: int) -> str:
    """A name as the font can draw it, on one line; boxes stand for letters that it lacks."""
    plain = " ".join(printable(str(value or "")).split())
    plain = plain if len(plain) <= longest else f"{plain[: longest - 1]}…"
    font = get_font(findfont("DejaVu Sans"))
    return "".join(mark if font.get_char_index(ord(mark)) else "□" for mark in plain)


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0
