"""Scenes that come as one file a polarisation (``1_HH.tif``, ``1_HV.tif`` …): one of the files is the scene's image."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pipeline.sources.image_files import shown_name
from pipeline.sources.reading import SourceError, SourceReading

POLARISATIONS: Final = ("HH", "HV", "VH", "VV")
_WORD: Final = re.compile(r"(?<![A-Za-z0-9])(HH|HV|VH|VV)(?![A-Za-z0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SarFiles:
    """The SAR images of a source, one a scene."""

    files: Mapping[str, Path]
    """By stem."""
    polarisations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By stem, of scenes that come as several files: all that there are, the chosen one first."""

    def plain(self, stem: str) -> str:
        """The stem without its polarisation, by which partners and boxes may be called."""
        return _without(stem) if stem in self.polarisations else stem


def choose_files(images: Mapping[str, Path], band: int | str | None, root: Path, reading: SourceReading) -> SarFiles:
    """Choose one file of each scene that has several.

    Files whose stems differ in the word HH, HV, VH or VV alone are one scene. Taken is the one that ``band`` names;
    without it the first that is there in that order, and it is noted. A scene without the named one is refused.

    Raises
    ------
    SourceError
        If there are such scenes and ``band`` is neither a polarisation nor the first: it would be passed over.
    """
    wanted = band.upper() if isinstance(band, str) and band.upper() in POLARISATIONS else None
    # A single file is only taken for its polarisation where one is asked for: HH may stand for Hamburg.
    scenes = {plain: group for plain, group in _groups(images).items() if len(group) > 1 or wanted}
    if scenes and band not in (None, 1) and wanted is None:
        what = f"{band!r} is no polarisation, but scenes come as one file a polarisation"
        raise SourceError("--band", what, f"Give one of {', '.join(POLARISATIONS)}, or leave --band out.")
    chosen: dict[str, tuple[str, ...]] = {}
    dropped: set[str] = set()
    for plain, group in scenes.items():
        there = tuple(name for name in POLARISATIONS if name in group)
        first = wanted or there[0]
        dropped.update(group.values())
        if first in group:
            chosen[group[first]] = (first, *(name for name in there if name != first))
        else:
            folder = shown_name(images[group[there[0]]].parent, root)
            shown = plain.rpartition("/")[2] if folder == "." else f"{folder}/{plain.rpartition('/')[2]}"
            reading.refuse(shown, f"it has no {first} file; it has {', '.join(there)}")
    if chosen and wanted is None:
        are = "scene comes" if len(chosen) == 1 else "scenes come"
        what = f"{len(chosen):,} {are} as one file a polarisation; --band names none, so the first of each is taken"
        reading.note(shown_name(images[next(iter(chosen))], root), what)
    return SarFiles({stem: file for stem, file in images.items() if stem in chosen or stem not in dropped}, chosen)


def _groups(images: Mapping[str, Path]) -> dict[str, dict[str, str]]:
    """By stem without polarisation: the stem of each polarisation."""
    groups: dict[str, dict[str, str]] = {}
    for stem in images:
        found = _last(stem)
        if found is not None:
            groups.setdefault(_without(stem), {}).setdefault(found, stem)
    return groups


def _last(stem: str) -> str | None:
    found = _WORD.findall(stem.rpartition("/")[2])
    return found[-1].upper() if found else None


def _without(stem: str) -> str:
    """Without the last such word of the name, and without what joined it to the rest."""
    folder, slash, name = stem.rpartition("/")
    last = list(_WORD.finditer(name))[-1]
    before, after = name[: last.start()], name[last.end() :]
    if before[-1:] in ("_", "-", ".", " "):
        before = before[:-1]
    elif after[:1] in ("_", "-", ".", " "):
        after = after[1:]
    return f"{folder}{slash}{before}{after}"
