"""Questions on what covers the ground of a scene, of those few scenes of which the shares are known."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from zlib import crc32

from pipeline.drafting.box_arrays import BoxedScene
from pipeline.drafting.cells import Cell
from pipeline.programs.land_cover import covers_half, larger, predominant

_NONE = -1


def land_cover_candidates(scenes: Sequence[BoxedScene]) -> Iterator[tuple[Cell, int, int, int, int]]:
    """``(cell, scene, cover, other cover, answer)`` of each question with one right answer.

    A cover is its place among those of the scene, as is the answer; of ``land_cover_half`` it is 1 for Yes and 0 for
    No. Two covers are compared once, in an order that differs from pair to pair and from scene to scene.
    """
    for number, scene in enumerate(scenes):
        if scene.land_cover:
            for cell, cover, other, answer in _of_scene(scene):
                yield cell, number, cover, other, answer


def _of_scene(scene: BoxedScene) -> Iterator[tuple[Cell, int, int, int]]:
    shares, covers = scene.land_cover, list(scene.land_cover)
    most = predominant(shares)
    if most is not None:
        yield Cell("land_cover_main"), _NONE, _NONE, covers.index(most)
    for place, cover in enumerate(covers):
        covers_most = covers_half(cover, shares)
        if covers_most is not None:
            yield Cell("land_cover_half", is_none=not covers_most), place, _NONE, int(covers_most)
    for pair in itertools.combinations(range(len(covers)), 2):
        more = larger(covers[pair[0]], covers[pair[1]], shares)
        if more is not None:
            # By chance, else what is named first would be the answer more often, or less.
            told = f"{scene.name}\n{covers[pair[0]]}\n{covers[pair[1]]}".encode("utf-8", "replace")
            one, other = pair if crc32(told) % 2 else pair[::-1]
            yield Cell("land_cover_more"), one, other, covers.index(more)
