"""Names and numbers of images: safe on every file system, and different for different scenes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Final

IMAGE_ENDINGS = frozenset({".tif", ".tiff", ".png", ".jpg", ".jpeg", ".bmp"})
LONGEST = 80
REMEMBERED: Final = 20_000
"""Paths that are kept in memory: texts come in no order of their scenes."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


class ImageNames:
    """The file name of each scene's image in one release.

    The published name is kept where it can be: a scene gets a part of its hash behind the name only where the name
    had to be changed, or where another scene would have the same one (upper and lower case taken as equal).

    Parameters
    ----------
    scenes : iterable of (dataset, scene name)
        All scenes of the release, in any order; only the names that are taken twice are kept.
    """

    def __init__(self, scenes: Iterable[tuple[str, str]]) -> None:
        seen: set[int] = set()
        self._shared: set[int] = set()
        for _, scene in scenes:
            key = _short_hash(_plain(_stem(scene)).casefold())
            (self._shared if key in seen else seen).add(key)

    def of(self, dataset: str, scene: str) -> str:
        """``0009787.tif``, or ``port_of_x-5f0c1e9a3b7d.tif``."""
        stem = _stem(scene)
        plain = _plain(stem)
        if plain == stem and not (self._shared and _short_hash(plain.casefold()) in self._shared):
            return f"{plain}.tif"
        mark = hashlib.sha256(f"{dataset}\0{scene}".encode()).hexdigest()[:12]
        return f"{plain}-{mark}.tif"


class ImagePaths:
    """The path of each scene's image below the folder of a release.

    Parameters
    ----------
    folder : str
        Of the images.
    scenes : iterable of (dataset, scene name)
        As :class:`ImageNames` takes them.
    """

    def __init__(self, folder: str, scenes: Iterable[tuple[str, str]]) -> None:
        self._folder = folder
        self._names = ImageNames(scenes)
        self._known: dict[tuple[str, str], str] = {}

    def of(self, dataset: str, scene: str) -> str:
        """``images/0009787.tif``"""
        path = self._known.get((dataset, scene))
        if path is None:
            path = f"{self._folder}/{self._names.of(dataset, scene)}"
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[dataset, scene] = path
        return path


class SceneNumbers:
    """A number for each scene, the same in each release that has it, for formats that want numbers."""

    def __init__(self, scenes: Iterable[tuple[str, str]]) -> None:
        seen: set[int] = set()
        self._shared: set[int] = set()
        for dataset, scene in scenes:
            number = _number(dataset, scene)
            (self._shared if number in seen else seen).add(number)

    def of(self, dataset: str, scene: str) -> int:
        """Below 2**52: all readers of JSON can hold that."""
        number = _number(dataset, scene)
        return _number(dataset, f"{scene}\0") if number in self._shared else number


def number_of(sha256: str) -> int:
    """A number of 52 bits from a hash in hex: in one case of four million, two of 45,650 captions share one."""
    return int(sha256[:13], 16)


def _number(dataset: str, scene: str) -> int:
    return number_of(hashlib.sha256(f"{dataset}\0{scene}".encode()).hexdigest())


def _stem(scene: str) -> str:
    name = scene.rsplit("/", 1)[-1]
    place = name.rfind(".")
    return name[:place] if place > 0 and name[place:].lower() in IMAGE_ENDINGS else name


def _plain(stem: str) -> str:
    """The stem with nothing in it that a file system, a shell or an archive could trip over."""
    plain = _UNSAFE.sub("_", stem).strip("._-")[:LONGEST].rstrip("._-")
    return f"scene_{plain}".rstrip("_") if not plain or _DEVICES.fullmatch(plain) else plain


def _short_hash(text: str) -> int:
    """64 bits of a hash: a set of a million of them is small, and a chance equality only lengthens a name."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
