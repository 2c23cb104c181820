"""The dry run of an import: its source is read and reported, and nothing is left behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.db import SessionMaker, transaction
from app.intake.queries import datasets, planning
from app.intake.workflow.importing import check_name, check_same
from app.intake.workflow.options import ImportOptions, OnProgress, Progress, ignore_progress
from app.intake.workflow.outages import require_source
from app.intake.workflow.planned import PlannedScene, encoded, in_chunks
from app.intake.workflow.sources import open_source, read_splits
from pipeline.records import Refusal, Scene

UNDECIDED: Final = "decided at import"
"""Of scenes without a published split: by ground or likeness, for which pixels are needed."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What an import would find. No pixel was decoded, so what only they tell is not in it."""

    dataset: str
    counts: Mapping[str, int]
    """``new`` and ``known`` scenes (the latter by name), those of them with ``pairs`` or ``land_cover``, ``boxes``,
    ``refused``, ``notes``."""
    boxes: Mapping[str, int]
    """By category, most first."""
    splits: Mapping[str, int]
    refusals: Sequence[Refusal]
    notes: Sequence[Refusal]


def rehearse_import(
    sessions: SessionMaker, options: ImportOptions, *, on_progress: OnProgress = ignore_progress
) -> Rehearsal:
    """Read the source as an import would.

    Raises
    ------
    SourceError
        If there is nothing to read, or a file breaks off in the middle.
    SplitFileError
        If the file of splits cannot be used.
    DatasetNameError, DatasetDiffersError
        If the import could not go into a dataset of this name.
    """
    check_name(options.name)
    given, reading = read_splits(options.split_file), open_source(options)
    with transaction(sessions) as session:
        dataset = datasets.find_dataset(session, options.name)
    if dataset is not None:
        check_same(dataset, options)
    counts: Counter[str] = Counter(new=0, known=0, pairs=0, land_cover=0, boxes=0)
    boxes: Counter[str] = Counter()
    splits: Counter[str] = Counter()
    for chunk in in_chunks(reading):
        taken = [scene for scene in chunk if _is_taken(scene, reading.refusals)]
        with transaction(sessions) as session:
            names = [scene.name for scene in taken]
            known = planning.known_scenes(session, dataset.dataset_id, names) if dataset else {}
        for scene in taken:
            counts["known" if scene.name in known else "new"] += 1
            counts["pairs"] += scene.optical_path is not None
            counts["land_cover"] += scene.land_cover_path is not None
            boxes.update(box.category for box in scene.boxes)
            splits[given.get(scene.name) or scene.published_split or UNDECIDED] += 1
        done = counts["new"] + counts["known"]
        on_progress(Progress(None, done, reading.expected, {"refused": len(reading.refusals)}))
    require_source(options.folders())
    counts.update(boxes=boxes.total(), refused=len(reading.refusals), notes=len(reading.notes))
    return Rehearsal(
        options.name, counts, dict(boxes.most_common()), dict(sorted(splits.items())), reading.refusals, reading.notes
    )


def _is_taken(scene: Scene, refusals: list[Refusal]) -> bool:
    found = encoded(PlannedScene(scene))
    if isinstance(found, Refusal):
        refusals.append(found)
        return False
    return True
