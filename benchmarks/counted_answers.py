"""Answers counted anew from boxes, independent of what drafting and reviewing count with: for benchmarks to compare.

Written after docs/guide/corpus.md alone: thirds of the image, strict majorities, nothing said of what was not looked
for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

ARGUMENT = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
COMPACT = {"ship", "aircraft", "car", "tank"}


@dataclass(frozen=True)
class Seen:
    """One object: its id where it came with one, its class, and its box."""

    name: str
    kind: str
    box: tuple[float, float, float, float]

    def corners(self) -> str:
        return ",".join(f"{number:.1f}" for number in self.box)


def place_of(seen: Seen, size: tuple[int, int]) -> str | None:
    """left, right, top, bottom or center: the middle third both ways, else the side that is farther."""
    x, y = across(seen, size), down(seen, size)
    if 1 / 3 < x < 2 / 3 and 1 / 3 < y < 2 / 3:
        return "center"
    sides = {"left": 0.5 - x, "right": x - 0.5, "top": 0.5 - y, "bottom": y - 0.5}
    best = max(sides.values())
    first = [side for side, depth in sides.items() if depth == best]
    return first[0] if len(first) == 1 else None


def across(seen: Seen, size: tuple[int, int]) -> float:
    return (seen.box[0] + seen.box[2] / 2) / size[1]


def down(seen: Seen, size: tuple[int, int]) -> float:
    return (seen.box[1] + seen.box[3] / 2) / size[0]


def on_side(seen: Seen, side: str, size: tuple[int, int]) -> bool | None:
    """In the outer third of that side; None between it and the middle, where opinions differ."""
    at = across(seen, size) if side in ("left", "right") else down(seen, size)
    depth = 0.5 - at if side in ("left", "top") else at - 0.5
    return True if depth > 1 / 6 else (False if depth <= 0 else None)


def most_of(kinds: Sequence[str | None]) -> str | None:
    """What more than half of them are; None where one is not decided."""
    counts = {kind: kinds.count(kind) for kind in set(kinds)}
    return None if None in counts else next((kind for kind, n in counts.items() if 2 * n > len(kinds)), None)


def counted(program: str, all_seen: Sequence[Seen], size: tuple[int, int], looked_for: Collection[str]) -> str | None:
    """The answer, or None where there is none that nobody could argue with."""
    form, given = program.partition("(")[0], dict(ARGUMENT.findall(program))
    kind, side, name = given.get("category", ""), given.get("side"), given.get("box")
    own = [seen for seen in all_seen if seen.kind == kind]
    if name is not None:
        return of_one(form, kind, [seen for seen in all_seen if seen.name == name], all_seen, size, looked_for)
    if form == "count":
        sided = [True if side is None else on_side(seen, side, size) for seen in own]
        return None if None in sided or (not any(sided) and kind not in looked_for) else str(sum(map(bool, sided)))
    if form == "exists":
        near = [True if side is None else on_side(seen, side, size) for seen in own]
        found = True if True in near else (None if None in near else False)
        return "Yes" if found else (None if found is None or kind not in looked_for else "No")
    if form == "others":
        others = any(seen.kind != kind for seen in all_seen)
        return None if not own else ("Yes" if others else ("No" if set(looked_for) - {kind} else None))
    if form == "main":
        surely = [seen.kind for seen in all_seen if side is None or on_side(seen, side, size) is True]
        perhaps = [seen.kind for seen in all_seen if side is None or on_side(seen, side, size) is not False]
        return most_of(surely) if most_of(surely) == most_of(perhaps) else None
    if form == "categories":
        there = sorted({seen.kind for seen in all_seen})
        return ", ".join(there) if there and len(set(looked_for)) > 1 and set(there) <= set(looked_for) else None
    return most_of([place_of(seen, size) for seen in own]) if form == "where_most" else None


def of_one(
    form: str,
    kind: str,
    named: Sequence[Seen],
    all_seen: Sequence[Seen],
    size: tuple[int, int],
    looked_for: Collection[str],
) -> str | None:
    """Of a question about one box, told by its corners."""
    if not named:
        return None
    asked = named[0]
    twins = [seen for seen in all_seen if seen.corners() == asked.corners()]
    if form == "where":
        return place_of(asked, size) if len(twins) == 1 else None
    if any(seen.kind != asked.kind for seen in twins):
        return None
    if form == "object_at":
        return asked.kind
    if asked.kind == kind:
        return "Yes"
    is_free = not any(overlap(asked.box, seen.box) for seen in all_seen if seen.kind == kind)
    return "No" if is_free and (asked.kind in COMPACT or kind in looked_for) else None


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether they share any ground."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return width > 0 and height > 0


def still_asks(program: str, before: Sequence[Seen], after: Sequence[Seen]) -> bool:
    """Whether a question's own words are still true: of a single ship, of a box that is still a ship."""
    form, given = program.partition("(")[0], dict(ARGUMENT.findall(program))
    if form == "where_most":
        one, other = ([s for s in seen if s.kind == given["category"]] for seen in (before, after))
        return (len(one) == 1) == (len(other) == 1)
    if form == "where":
        one, other = ([s.kind for s in seen if s.name == given["box"]] for seen in (before, after))
        return one == other
    return True
