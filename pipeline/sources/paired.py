"""Paired folders: ``sar/NAME.ext`` and ``optical/NAME.ext``, or any folders whose paths differ in a word alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from pipeline.records import ObjectBox, Scene, SceneMetadata
from pipeline.sources.coco import require_categories
from pipeline.sources.coco_index import CocoIndex, index_coco
from pipeline.sources.image_files import child_folder, images_below, shown_name
from pipeline.sources.options import SourceOptions
from pipeline.sources.pairing import PairTokens
from pipeline.sources.polarisation_files import SarFiles, choose_files
from pipeline.sources.reading import SourceError, SourceReading, require_folder
from pipeline.sources.scene_metadata import read_scene_metadata

LAYOUT: Final = "the folder that holds sar/ and, where there are partners, optical/"


def read_paired(options: SourceOptions) -> SourceReading:
    """Read a folder of SAR images, with or without optical partners.

    Parameters
    ----------
    options
        ``path`` has ``sar/`` (otherwise its own images are the SAR images), and optionally ``optical/``, ``boxes.json``
        and ``metadata.json`` (``{scene name: SceneMetadata}``). Sub-folders are part of an image's name; endings may
        differ between partners. ``optical`` is the folder of the partners elsewhere. With ``pair`` all images below
        ``path`` are told apart by that word in their path instead, and partners differ in it alone. ``boxes`` is a COCO
        file (``boxes.json`` if not given), whose ``file_name`` is a scene's name, with or without folder or ending.
        ``labelled`` holds instead of what ``metadata.json`` says. ``band`` chooses where each polarisation is a file.

    Returns
    -------
    SourceReading
        Scenes by name; a scene's name is the path of its SAR image below ``path``.

    Raises
    ------
    SourceError
        If a folder or file is absent or not what it should be, or ``labelled`` names no category of the boxes.
    """
    root = require_folder(options.path, LAYOUT)
    reading = SourceReading()
    pairs = _by_word(root, options, reading) if options.pair is not None else _by_folder(root, options, reading)
    reading.expected = len(pairs.sar.files)
    annotated = _annotated(root, options.boxes, options.labelled, reading)
    reading.scenes = _scenes(pairs, annotated, reading)
    return reading


@dataclass(frozen=True, slots=True)
class _Pairs:
    root: Path
    sar: SarFiles
    """By stem: the path below its folder without the ending."""
    optical: Mapping[str, Path] | None
    """The same; None where none are expected."""
    tokens: PairTokens | None = None

    def name(self, stem: str) -> str:
        return shown_name(self.sar.files[stem], self.root)

    def partner(self, stem: str) -> str | None:
        """The stem of a scene's partner."""
        plain = self.sar.plain(stem)
        forms = [stem, plain] if self.tokens is None else [*self.tokens.partners(stem), *self.tokens.partners(plain)]
        return next((form for form in forms if form in (self.optical or {})), None)


def _by_folder(root: Path, options: SourceOptions, reading: SourceReading) -> _Pairs:
    # Without a sar/ folder only the images right here are SAR: folders beside them hold who knows what.
    found = child_folder(root, "sar")
    sar_folder = found or root
    images = images_below(sar_folder, reading, shown_below=root, deep=found is not None, others=found is not None)
    if not images:
        raise SourceError(sar_folder, "there is no image in this folder", f"Give {LAYOUT}.")
    folder = options.optical
    if folder is not None:
        require_folder(folder, "the folder of the optical images")
    elif found is not None:
        folder = child_folder(root, "optical")
    optical = None if folder is None else images_below(folder, reading, shown_below=root)
    return _Pairs(root, choose_files(images, options.band, root, reading), optical)


def _by_word(root: Path, options: SourceOptions, reading: SourceReading) -> _Pairs:
    if options.optical is not None:
        what = "--optical and --pair both say where the partners are"
        raise SourceError("--pair", what, "Give one of them: --pair finds both images below PATH.")
    tokens = PairTokens.parse(options.pair or "")
    sar, optical, others = tokens.split(images_below(root, reading, shown_below=root, others=False))
    if not sar:
        what = f"no image has the word {tokens.sar!r} in its path"
        raise SourceError(root, what, "Words are compared letter for letter; give --pair as the names are spelt.")
    if others:
        are = "image is" if len(others) == 1 else "images are"
        reading.note(root.name, f"{len(others):,} {are} left out that have neither word, the first is {others[0]}")
    return _Pairs(root, choose_files(sar, options.band, root, reading), optical, tokens)


@dataclass(frozen=True, slots=True)
class _Annotated:
    """Boxes and metadata beside the images; both may be missing."""

    index: CocoIndex | None
    by_file: dict[str, int]
    metadata: dict[str, SceneMetadata]
    labelled: tuple[str, ...]

    def image_of(self, name: str, stem: str, plain: str) -> int | None:
        """The box file's entry for a scene: by its name, without folder, ending or polarisation."""
        forms = (name, name.partition("/")[2], stem, plain)
        return next((self.by_file[form] for form in forms if form in self.by_file), None)


def _annotated(root: Path, boxes: Path | None, labelled: tuple[str, ...], reading: SourceReading) -> _Annotated:
    if boxes is not None and not boxes.is_file():
        raise SourceError(boxes, "there is no such file", "Give the COCO .json file to --boxes.")
    if boxes is None and (root / "boxes.json").is_file():
        boxes = root / "boxes.json"
    file = root / "metadata.json"
    metadata = read_scene_metadata(file, reading) if file.is_file() else {}
    if boxes is None:
        return _Annotated(None, {}, metadata, labelled)
    index = index_coco(boxes, boxes.name, reading)
    require_categories(labelled, index, boxes)
    by_file: dict[str, int] = {}
    for number, image in enumerate(index.images):
        by_file[image.file_name] = number
        # An ending is left off only where this hides no other entry.
        by_file.setdefault(PurePosixPath(image.file_name).with_suffix("").as_posix(), number)
    return _Annotated(index, by_file, metadata, labelled)


def _scenes(pairs: _Pairs, annotated: _Annotated, reading: SourceReading) -> Iterator[Scene]:
    used: set[int] = set()
    matched: set[str] = set()
    for stem, file in pairs.sar.files.items():
        name, partner = pairs.name(stem), pairs.partner(stem)
        image = annotated.image_of(name, stem, pairs.sar.plain(stem))
        if image is not None:
            used.add(image)
        if partner is not None:
            matched.add(partner)
        elif pairs.optical is not None:
            reading.note(name, "it has no optical partner: none has its name")
        known = pairs.sar.polarisations.get(stem, ())
        metadata = _metadata(name, image, annotated)
        yield Scene(
            name=name,
            sar_path=file,
            optical_path=None if partner is None or pairs.optical is None else pairs.optical[partner],
            size=_size(image, annotated),
            boxes=_boxes(image, annotated),
            metadata=replace(metadata, polarisations=metadata.polarisations or known),
            # The file is the polarisation, and what it calls its only band is no matter.
            band=1 if known else None,
        )
    _report_unused(pairs, matched, annotated, used, reading)


def _size(image: int | None, annotated: _Annotated) -> tuple[int, int] | None:
    return annotated.index.images[image].size if annotated.index is not None and image is not None else None


def _boxes(image: int | None, annotated: _Annotated) -> tuple[ObjectBox, ...]:
    return annotated.index.boxes(image) if annotated.index is not None and image is not None else ()


def _metadata(name: str, image: int | None, annotated: _Annotated) -> SceneMetadata:
    """A scene that the box file does not mention was not looked at: nothing is known to be absent from it."""
    known = annotated.metadata.get(name, SceneMetadata())
    wanted = annotated.labelled or known.labelled
    if annotated.index is None or image is None:
        return replace(known, labelled=())
    return replace(known, labelled=annotated.index.labelled(image, wanted))


def _report_unused(
    pairs: _Pairs, matched: set[str], annotated: _Annotated, used: set[int], reading: SourceReading
) -> None:
    for stem, file in (pairs.optical or {}).items():
        if stem not in matched:
            reading.refuse(shown_name(file, pairs.root), "an optical image without a SAR image of the same name")
    names = {pairs.name(stem) for stem in pairs.sar.files}
    for name in sorted(set(annotated.metadata) - names):
        reading.refuse("metadata.json", f"it describes a scene that is not here: {name}")
    for number, image in enumerate(annotated.index.images if annotated.index else ()):
        if number not in used:
            reading.refuse(image.file_name, "the box file lists this image, but it is not here")
