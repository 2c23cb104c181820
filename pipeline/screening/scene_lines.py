"""Which lines of a file are about the same scene: their places are kept, their texts are read again when needed."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Final

from pipeline.records import Draft

_MOST_COMPARED: Final = 2_000
"""Texts of a scene that are held to each other, the first ones."""
_LONGEST_COMPARED: Final = 20_000
"""Longer texts, in code points, are held to no other."""
_KEPT: Final = 4_000_000
"""Code points of texts that stay in memory, for files in which the lines of several scenes are mixed."""


class SceneLines:
    """The texts of each scene of a file, wherever they stand in it; a line is known by where it begins.

    ``scene_of`` names the scene of a line, None where it names none; ``read`` makes its draft, None of what is none.
    """

    def __init__(
        self,
        lines: IO[bytes],
        scene_of: Callable[[bytes], str | int | None],
        read: Callable[[bytes], Draft | None],
    ) -> None:
        self._lines, self._read = lines, read
        self._kept: dict[str | int, Mapping[int, Draft]] = {}
        self._kept_size = 0
        self._places: dict[str | int, array[int]] = {}
        for _, start, line in numbered(lines):
            scene = scene_of(line)
            if scene is not None:
                places = self._places.setdefault(scene, array("Q"))
                if len(places) < _MOST_COMPARED:
                    places.append(start)

    def texts(self, scene: str | int) -> Mapping[int, Draft]:
        """The drafts of ``scene`` by where their lines begin, in the order of the file; none where it has but one."""
        if len(self._places.get(scene, ())) < 2:
            return {}
        kept = self._kept.pop(scene, None)
        if kept is None:
            kept = self._read_again(scene)
            self._kept_size += _size(kept)
        # Put at the end, as the last that was asked for.
        self._kept[scene] = kept
        while self._kept_size > _KEPT and len(self._kept) > 1:
            self._kept_size -= _size(self._kept.pop(next(iter(self._kept))))
        return kept

    def _read_again(self, scene: str | int) -> Mapping[int, Draft]:
        drafts = {}
        for place in self._places[scene]:
            self._lines.seek(place)
            draft = self._read(self._lines.readline())
            if draft is not None and len(draft.text) + len(draft.answer or "") <= _LONGEST_COMPARED:
                drafts[place] = draft
        return drafts


def numbered(lines: IO[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """The lines of a file that are not blank: their numbers from 1, where they begin, and what they hold."""
    lines.seek(0)
    start = 0
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, start, line
        start += len(line)


def _size(drafts: Mapping[int, Draft]) -> int:
    # Each costs something beside its text.
    return sum(500 + len(draft.text) + len(draft.answer or "") for draft in drafts.values())
