"""What the exporter asks of where a release comes from, and how its images are to be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, Protocol

from pipeline.formats.entries import Entry
from pipeline.formats.manifest import ReleaseHead

Images = Literal["copy", "link", "omit"]
IMAGES_ARE: Final[tuple[Images, ...]] = ("copy", "link", "omit")
UNKNOWN_LICENCE: Final = "unknown"
"""As which a scene counts that has none, nor its dataset."""


class DamagedImageError(RuntimeError):
    """A stored image is missing or not what its name says it is; it has to be restored first."""


class EntryOrderError(ValueError):
    """The entries came out of order or with a wrong id: the bytes would not be the same each time."""


class CannotLinkError(OSError):
    """Store and folder are not on one file system; the message says what to do."""


@dataclass(frozen=True, slots=True)
class ImageOptions:
    """Which images are in the folder, and how."""

    images: Images = "copy"
    """``link`` gives each stored file a second name (a hard link), which costs neither time nor room; ``omit`` leaves
    images out: the side files say their paths and hashes, so that who has them can put them in place."""
    omitted_licences: frozenset[str] = frozenset()
    """Images of scenes under these are left out, whatever ``images`` says; ``unknown`` is one of them."""
    with_original: bool = False
    """Whether the originals of those that are in are beside them."""

    def leaves_out(self, licence: str) -> bool:
        """Whether the image of a scene under this licence is left out."""
        return self.images == "omit" or licence in self.omitted_licences

    def as_json(self) -> dict[str, Any]:
        """What of it counts for the bytes: a link has those of a copy."""
        is_omitted = self.images == "omit"
        return {
            "images": "omit" if is_omitted else "copy",
            "omitted_licences": [] if is_omitted else sorted(self.omitted_licences),
            "with_original": self.with_original,
        }


class TextSource(Protocol):
    """The texts of a frozen release: what is given is the same each time."""

    head: ReleaseHead
    text_count: int

    def scene_names(self) -> Iterable[tuple[str, str]]:
        """(dataset, scene) of all scenes, in the order of their code points."""

    def texts(self, first: str, end: str) -> Iterator[tuple[str, str]]:
        """(id, entry as JSON) of the texts from ``first`` on, up to but without ``end``, in the order of their ids.

        An empty ``end`` is the end of the release.
        """


class OpenTexts(Protocol):
    """Opens the texts of a release in another process: it can be pickled."""

    def __call__(self) -> AbstractContextManager[TextSource]: ...


class ReleaseSource(TextSource, Protocol):
    """A frozen release with its images."""

    def scenes_with(self, kinds: Sequence[str]) -> Iterable[tuple[str, str]]:
        """(dataset, scene) of those with a text of these kinds, in any order, perhaps repeated."""

    def images(self) -> Iterator[Entry]:
        """The entries of all scenes, in the order of :meth:`scene_names`."""

    def open_image(self, sha256: str) -> BinaryIO:
        """The stored file. Raises :class:`DamagedImageError` where it is missing."""

    def link_image(self, sha256: str, target: Path) -> None:
        """Give the stored file this name too. Raises :class:`CannotLinkError` where that cannot be."""

    def open_original(self, entry: Entry) -> BinaryIO:
        """The original of a scene's SAR image. Raises :class:`DamagedImageError` where it is missing."""

    def check(self) -> None:
        """Called often; raises to stop."""

    def tell(self, what: Literal["images", "texts"], done: int) -> None:
        """Called often: how many are done."""

    def opener(self) -> OpenTexts | None:
        """What opens the texts in another process, where that can be."""


def licence_of(entry: Entry, head: ReleaseHead) -> str:
    """The licence of a scene: its own, else its dataset's, else :data:`UNKNOWN_LICENCE`."""
    own = (entry.get("metadata") or {}).get("licence")
    if own:
        return str(own)
    sources: Iterable[Mapping[str, Any]] = head.counts.get("sources", ())
    told = [source.get("licence") for source in sources if source.get("dataset") == entry["dataset"]]
    return str(told[0]) if told and told[0] else UNKNOWN_LICENCE
