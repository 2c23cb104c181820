"""What was taken out of a text and put in, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

MOST_CELLS: Final = 250_000
"""Where both texts together have more, what differs is told as a whole: the comparison grows with the product."""

_PIECES: Final = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of the texts; put together, ``same`` and ``gone`` are the old one, ``same`` and ``new`` the new one."""

    kind: Literal["same", "gone", "new"]
    text: str


def differences(before: str, after: str) -> list[Change]:
    """The way from one text to the other."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    changes = [
        Change("same", "".join(old[:head])),
        *_between(inner_old, inner_new),
        Change("same", "".join(old[len(old) - tail :])),
    ]
    return list(_grouped([change for change in changes if change.text]))


def _grouped(changes: Sequence[Change]) -> Iterator[Change]:
    """Between two stretches that stay, first all that went, then all that came; a space between two changes goes along:
    “~~two~~ ~~boats~~” reads better as one."""
    gone = new = ""
    for at, change in enumerate(changes):
        is_gap = change.kind == "same" and change.text.isspace() and 0 < at < len(changes) - 1
        if change.kind == "same" and not is_gap:
            yield from (Change(kind, text) for kind, text in _both(gone, new))
            yield change
            gone = new = ""
        gone += change.text if is_gap or change.kind == "gone" else ""
        new += change.text if is_gap or change.kind == "new" else ""
    yield from (Change(kind, text) for kind, text in _both(gone, new))


def _both(gone: str, new: str) -> list[tuple[Literal["gone", "new"], str]]:
    pairs: list[tuple[Literal["gone", "new"], str]] = [("gone", gone), ("new", new)]
    return [(kind, text) for kind, text in pairs if text]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many pieces both begin with."""
    for at, (mine, theirs) in enumerate(zip(one, other, strict=False)):
        if mine != theirs:
            return at
    return min(len(one), len(other))


def _between(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    if len(old) * len(new) > MOST_CELLS:
        yield from (Change("gone", "".join(old)), Change("new", "".join(new)))
        return
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Change("same", "".join(old[old_from:old_to]))
        else:
            yield Change("gone", "".join(old[old_from:old_to]))
            yield Change("new", "".join(new[new_from:new_to]))
