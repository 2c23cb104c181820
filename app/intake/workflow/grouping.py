"""Same ground, within and across datasets: found, kept in one group, and on one side of the split.

Scenes are settled one after another in the order of their names, each against all that were settled before it. So the
outcome does not depend on the order in which an import's chunks were stored, nor on how often the search broke off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.intake.queries import grouping
from app.intake.queries.grouping import GroundScene, Settled
from app.intake.workflow.partners import Chunk, KnownHashes, find_partners
from pipeline.records import digest

CHUNK_SCENES: Final = 500


def settle_ground(sessions: SessionMaker, run_id: int, on_chunk: Callable[[], None] = lambda: None) -> Counter[str]:
    """Find the same ground for all scenes of the run's dataset that were not compared yet, and fix their splits.

    A scene that was settled before never changes its split. Two searches at once wait for each other; one that broke
    off is gone on with by the next call.

    Parameters
    ----------
    on_chunk
        Called before each chunk; what it raises ends the search.

    Returns
    -------
    Counter
        ``settled`` scenes; those of them on the ``same_ground`` as one before them; and those ``held_out`` because
        their ground lies on both sides.
    """
    counts: Counter[str] = Counter()
    # The lock belongs to a transaction that does nothing else: chunks are committed beside it.
    with transaction(sessions) as guard:
        grouping.lock_ground(guard)
        with transaction(sessions) as session:
            dataset_id = grouping.dataset_of(session, run_id)
            waiting = grouping.waiting_scenes(session, dataset_id)
            if not waiting:
                return counts
            known, parents = KnownHashes.of(session), grouping.chips_by_parent(session, dataset_id)
        for start in range(0, len(waiting), CHUNK_SCENES):
            on_chunk()
            with transaction(sessions) as session:
                chunk = find_partners(session, waiting[start : start + CHUNK_SCENES], known, parents)
                counts.update(_settle_chunk(session, chunk))
    return +counts


def _settle_chunk(session: Session, chunk: Chunk) -> Counter[str]:
    in_play = {scene.group for scene in chunk.scenes.values() if scene.group}
    places = Places(chunk.scenes, grouping.sides_of(session, in_play))
    for scene in chunk.new:
        places.take(scene, chunk.partners.get(scene.scene_id, ()))
    grouping.rename_groups(session, {name: places.named(name) for name in places.renamed})
    grouping.settle(session, places.decided())
    held_out = sum(places.splits[scene.scene_id] == "held_out" != scene.split for scene in chunk.new)
    return Counter(settled=len(chunk.new), same_ground=len(chunk.partners), held_out=held_out)


@dataclass
class Places:
    """Groups as they grow while scenes are taken in, one after another."""

    scenes: dict[int, GroundScene]
    sides: dict[str, set[str]]
    """The splits that each group lies in."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Groups that became part of another."""
    groups: dict[int, str] = field(default_factory=dict)
    """Of scenes whose group is new to them."""
    splits: dict[int, str] = field(default_factory=dict)
    """Of scenes that were taken in."""

    def take(self, scene: GroundScene, partners: Sequence[int]) -> None:
        """Decide on a scene that shares its ground with scenes that are in already."""
        self.splits[scene.scene_id] = self._split(scene, partners)
        if partners:
            self._join(scene, partners)

    def decided(self) -> list[Settled]:
        """All that changed: scenes that were taken in, and settled ones that came into a group."""
        changed = {**dict.fromkeys(self.splits), **dict.fromkeys(self.groups)}
        return [Settled(scene_id, self._split_of(scene_id), self.group_of(scene_id)) for scene_id in changed]

    def group_of(self, scene_id: int) -> str | None:
        name = self.groups.get(scene_id, self.scenes[scene_id].group)
        return None if name is None else self.named(name)

    def named(self, group: str) -> str:
        """The group's name by now."""
        while group in self.renamed:
            group = self.renamed[group]
        return group

    def _split_of(self, scene_id: int) -> str:
        return self.splits.get(scene_id, self.scenes[scene_id].split)

    def _split(self, scene: GroundScene, partners: Sequence[int]) -> str:
        if scene.published_split is not None or not partners or scene.split == "held_out":
            return scene.split
        if scene.corners is not None:
            # Its ground cells have decided; another dataset may have decided otherwise of the same ground.
            sides = {scene.split, *map(self._split_of, partners)}
        else:
            sides = set().union(*map(self._sides_around, partners))
        sides.discard("held_out")
        return sides.pop() if len(sides) == 1 else "held_out"

    def _sides_around(self, scene_id: int) -> set[str]:
        group = self.group_of(scene_id)
        return {self._split_of(scene_id)} if group is None else self.sides[group]

    def _join(self, scene: GroundScene, partners: Sequence[int]) -> None:
        """One group of the scene, its partners, and all groups that these are in."""
        found = {group for group in map(self.group_of, partners) if group is not None}
        members = [scene, *(self.scenes[partner] for partner in partners)]
        name = min(found) if found else min(map(_first_name, members))
        sides = set().union(*(self.sides[group] for group in found))
        for other in found - {name}:
            self.renamed[other] = name
        for member in members:
            if self.group_of(member.scene_id) is None:
                self.groups[member.scene_id] = name
            sides.add(self._split_of(member.scene_id))
        self.sides[name] = sides


def _first_name(scene: GroundScene) -> str:
    """Of a group that begins with the scene: by its content, so the same wherever it is imported."""
    return digest([scene.source_sha256, scene.name])[:32]
