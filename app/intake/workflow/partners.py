"""Which scenes show the ground of a scene that is new: by their footprints, by their looks, or cut from one image."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.intake.queries import grouping
from app.intake.queries.grouping import GroundScene
from pipeline.imaging.same_ground import LEAST_STRUCTURE, candidate_pairs, confirmed_pairs, overlap_share

LEAST_OVERLAP: Final = 0.1
"""Of the smaller footprint. Less is the seam between neighbours, which ground cells keep on one side anyway."""
MOST_CANDIDATES: Final = 16
"""Of one scene, the most alike. More only come of very many copies of one image, of which any leads to their group."""

Pairs = Iterable[tuple[int, int]]
"""(a new scene, one that was there before it or comes before it)"""


@dataclass
class KnownHashes:
    """Hashes of the scenes that were compared already: sixteen bytes a scene, whatever their number."""

    scene_ids: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    hashes: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))

    @classmethod
    def of(cls, session: Session) -> KnownHashes:
        """Those of all settled scenes of all datasets."""
        rows = np.fromiter(
            grouping.settled_hashes(session, LEAST_STRUCTURE), dtype=[("scene_id", np.int64), ("bits", np.int64)]
        )
        return cls(rows["scene_id"].copy(), rows["bits"].copy().view(np.uint64))

    def add(self, scene_ids: NDArray[np.int64], hashes: NDArray[np.uint64]) -> None:
        self.scene_ids = np.concatenate([self.scene_ids, scene_ids])
        self.hashes = np.concatenate([self.hashes, hashes])


@dataclass(frozen=True, slots=True)
class Chunk:
    """New scenes in their order, the scenes they may share ground with, and which of these do."""

    new: Sequence[GroundScene]
    scenes: dict[int, GroundScene]
    """Those of ``new``, and all partners."""
    partners: dict[int, list[int]]
    """Of each new scene; all of them settled before, or earlier in ``new``."""


def find_partners(session: Session, scene_ids: Sequence[int], known: KnownHashes, parents: dict[str, int]) -> Chunk:
    """The partners of new scenes among all that were compared before, and among themselves.

    Parameters
    ----------
    scene_ids
        In the order in which they are to be settled.
    known
        Gets the hashes of these scenes added.
    parents
        A settled chip of each parent without coordinates; gets those of these scenes added.
    """
    places = {scene_id: place for place, scene_id in enumerate(scene_ids)}
    alike = _alike(session, scene_ids, known)
    near = _in_order(grouping.neighbours(session, scene_ids), places)
    scenes = grouping.ground_scenes(session, scene_ids)
    new = [scenes[scene_id] for scene_id in scene_ids if not scenes[scene_id].is_settled]
    others = {scene_id for pair in (*alike, *near) for scene_id in pair}
    others |= {parents[scene.parent] for scene in new if scene.parent in parents}
    scenes |= grouping.ground_scenes(session, others - scenes.keys())
    partners: defaultdict[int, list[int]] = defaultdict(list)
    for pairs in (_confirmed(session, scenes, alike), _overlapping(scenes, near), _siblings(new, parents)):
        for scene_id, other in pairs:
            partners[scene_id].append(other)
    return Chunk(new, scenes, {scene_id: sorted(set(found)) for scene_id, found in partners.items()})


def _alike(session: Session, scene_ids: Sequence[int], known: KnownHashes) -> list[tuple[int, int]]:
    """Pairs of near hashes, each new scene with the nearest."""
    found = grouping.hashes_of(session, scene_ids, LEAST_STRUCTURE)
    ids = np.array([scene_id for scene_id in scene_ids if scene_id in found], np.int64)
    hashes = np.array([found[scene_id] for scene_id in ids.tolist()], np.int64).view(np.uint64)
    before = candidate_pairs(hashes, known.hashes)
    # Of two new ones, the later in their order is the one that joins.
    among = candidate_pairs(hashes, hashes)[:, ::-1]
    firsts = np.concatenate([before[:, 0], among[:, 0]])
    others = np.concatenate([known.scene_ids[before[:, 1]], ids[among[:, 1]]])
    bits = np.bitwise_count(hashes[firsts] ^ np.concatenate([known.hashes[before[:, 1]], hashes[among[:, 1]]]))
    known.add(ids, hashes)
    return _nearest(firsts, others, bits, ids)


def _nearest(
    firsts: NDArray[np.int64], others: NDArray[np.int64], bits: NDArray[np.uint8], ids: NDArray[np.int64]
) -> list[tuple[int, int]]:
    order = np.lexsort((others, bits, firsts))
    firsts, others = firsts[order], others[order]
    rank = np.arange(len(firsts)) - np.searchsorted(firsts, firsts)
    chosen = rank < MOST_CANDIDATES
    return list(zip(ids[firsts[chosen]].tolist(), others[chosen].tolist(), strict=True))


def _confirmed(session: Session, scenes: dict[int, GroundScene], alike: Sequence[tuple[int, int]]) -> Pairs:
    """Those that look the same; where both have coordinates, these decide and not their looks."""
    asked = [pair for pair in alike if any(scenes[scene_id].corners is None for scene_id in pair)]
    if not asked:
        return []
    prints = grouping.fingerprints(session, {scene_id for pair in asked for scene_id in pair})
    places = {scene_id: place for place, scene_id in enumerate(prints)}
    thumbnails = [found[1] or "" for found in prints.values()]
    structures = [found[2] or 0.0 for found in prints.values()]
    indices = np.array([[places[scene_id] for scene_id in pair] for pair in asked])
    confirmed = confirmed_pairs(indices, thumbnails, thumbnails, structures, structures)
    return [pair for pair, is_same in zip(asked, confirmed.tolist(), strict=True) if is_same]


def _in_order(neighbours: dict[int, list[int]], places: dict[int, int]) -> list[tuple[int, int]]:
    """Each pair once, the later new scene first."""
    return [
        (scene_id, other)
        for scene_id, others in neighbours.items()
        for other in others
        if places.get(other, -1) < places[scene_id]
    ]


def _overlapping(scenes: dict[int, GroundScene], near: Sequence[tuple[int, int]]) -> Pairs:
    """Those that share enough ground."""
    located = [pair for pair in near if all(scenes[scene_id].corners for scene_id in pair)]
    if not located:
        return
    ids = sorted({scene_id for pair in located for scene_id in pair})
    boxes = np.array([_box(scenes[scene_id].corners or ()) for scene_id in ids])
    first, second = (np.searchsorted(np.array(ids), [pair[end] for pair in located]) for end in (0, 1))
    # Exact areas are worth their time only where the surrounding boxes meet at all.
    apart = np.abs((boxes[first, :2] - boxes[second, :2] + 180) % 360 - 180)
    for place in np.flatnonzero((apart < boxes[first, 2:] + boxes[second, 2:]).all(axis=1)).tolist():
        one, other = located[place]
        if overlap_share(scenes[one].corners or (), scenes[other].corners or ()) >= LEAST_OVERLAP:
            yield one, other


def _box(corners: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """Centre and half size in degrees, longitudes counted from the first corner: it may lie across the antimeridian."""
    east = [(lon - corners[0][0] + 180) % 360 - 180 for lon, _ in corners]
    north = [lat for _, lat in corners]
    centre = corners[0][0] + (min(east) + max(east)) / 2, (min(north) + max(north)) / 2
    return *centre, (max(east) - min(east)) / 2, (max(north) - min(north)) / 2


def _siblings(new: Sequence[GroundScene], parents: dict[str, int]) -> Pairs:
    """Chips of one image without coordinates: which of them overlap need not be told apart."""
    for scene in new:
        if scene.parent is None or scene.corners is not None:
            continue
        first = parents.setdefault(scene.parent, scene.scene_id)
        if first != scene.scene_id:
            yield scene.scene_id, first
