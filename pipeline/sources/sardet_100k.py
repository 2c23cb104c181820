"""SARDet-100K: ten detection sets of SAR merged into one COCO layout with six categories; no optical partners.

The merged sets each annotated some of the six categories only, and no name or id tells which set an image is from. So
no scene is labelled unless the user says so: an absent box does not mean an absent object.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from pipeline.records import Scene
from pipeline.sources.coco import read_coco
from pipeline.sources.image_files import child_folder
from pipeline.sources.options import SourceOptions
from pipeline.sources.reading import SourceAbout, SourceError, SourceReading, require_folder
from pipeline.vocabulary import SARDET_CATEGORIES

LAYOUT: Final = "the extracted folder that holds Annotations/{train,val,test}.json and JPEGImages/"
ABOUT: Final = SourceAbout(
    "SARDet-100K",
    "CC BY-NC 4.0; the ten merged data sets keep their own licences",
    "Y. Li et al., “SARDet-100K: Towards Open-Source Benchmark and ToolKit for Large-Scale SAR Object Detection”,"
    " NeurIPS 2024, arXiv:2403.06534",
)


def read_sardet_100k(options: SourceOptions) -> SourceReading:
    """Read SARDet-100K, with its images in ``JPEGImages/`` or in a folder a split, whole or in part.

    Raises
    ------
    SourceError
        If there are no annotations, or ``labelled`` names none of the six categories.
    """
    root = _root(require_folder(options.path, LAYOUT))
    unknown = sorted(set(options.labelled) - set(SARDET_CATEGORIES))
    if unknown:
        what = f"SARDet-100K has no category {', '.join(unknown)}"
        raise SourceError("--labelled", what, f"Its categories are {', '.join(SARDET_CATEGORIES)}.")
    reading = read_coco(replace(options, path=root))
    reading.about = ABOUT
    reading.scenes = _as_published(reading.scenes)
    return reading


def _as_published(scenes: Iterator[Scene]) -> Iterator[Scene]:
    """The images are 8 bit, of unknown scaling, and are taken as they are."""
    return (replace(scene, quantity="dn", metadata=replace(scene.metadata, licence=ABOUT.licence)) for scene in scenes)


def _root(path: Path) -> Path:
    """The folder with the annotations: the one given, or the only one in it that has them."""
    if child_folder(path, "Annotations") is not None:
        return path
    below = [entry for entry in sorted(path.iterdir()) if entry.is_dir() and child_folder(entry, "Annotations")]
    if len(below) == 1 and not below[0].is_symlink():
        return below[0]
    raise SourceError(path, "there is no Annotations folder in it", f"Give {LAYOUT}.")
