"""What every reader gives: scenes one by one, and what it did not take, with the reason.

SourceError     nothing of the source can be read (raised before the first scene, or where a file breaks off)
Refusal         one file or box was not taken; the reading goes on
note            something was taken, but not as it stands (a box clipped to its image) or not whole (a scene without its
                partner, a folder that is missing); the reading goes on
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipeline.imaging.storage import is_storage_failure
from pipeline.records import Refusal, Scene

IMAGE_SUFFIXES = frozenset({".tif", ".tiff", ".png", ".jpg", ".jpeg", ".bmp"})
ARCHIVE_SUFFIXES = frozenset({".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar"})
_LONGEST_REASON = 1_000


class SourceError(Exception):
    """{where}: {what}. {advice}"""

    def __init__(self, where: Path | str, what: str, advice: str) -> None:
        super().__init__(f"{where}: {what}. {advice}")
        self.where = str(where)
        self.what = what
        self.advice = advice


@dataclass(frozen=True, slots=True)
class SourceAbout:
    """What the published documents of a data set say of it as a whole; None is unknown or not stated."""

    title: str
    licence: str | None = None
    citation: str | None = None


@dataclass(eq=False)
class SourceReading:
    """The scenes of a source, read while they are iterated (once); the lists are whole at the end.

    A caller that goes through a large source takes refusals and notes away as they come (:meth:`drain`), so that
    half a download of 100,000 images costs no memory.
    """

    refusals: list[Refusal] = field(default_factory=list)
    notes: list[Refusal] = field(default_factory=list)
    """What was taken, but changed or not whole; the reason says how."""
    scenes: Iterator[Scene] = field(default_factory=lambda: iter(()))
    expected: int | None = None
    """How many scenes there are at most, as far as is known by now; for a progress bar."""
    about: SourceAbout | None = None
    """Of a published data set; None for the general readers."""

    def __iter__(self) -> Iterator[Scene]:
        return self.scenes

    def refuse(self, file: str, reason: str, annotation_id: str | None = None) -> None:
        self.refusals.append(_reported(file, reason, annotation_id))

    def note(self, file: str, reason: str, annotation_id: str | None = None) -> None:
        self.notes.append(_reported(file, reason, annotation_id))

    def drain(self) -> tuple[list[Refusal], list[Refusal]]:
        """Take the refusals and the notes since the last call away; the lists are empty then."""
        taken = list(self.refusals), list(self.notes)
        self.refusals.clear()
        self.notes.clear()
        return taken


def _reported(file: str, reason: str, annotation_id: str | None) -> Refusal:
    """Names, ids and quotations come from the source: a NUL or a megabyte in one must not cost the report."""
    return Refusal(shown(file), shown(reason, _LONGEST_REASON), None if annotation_id is None else shown(annotation_id))


def shown(name: str, limit: int = 300) -> str:
    """``name`` for a report: control characters and lone surrogates as escapes, cut at ``limit`` characters."""
    plain = "".join(
        letter if unicodedata.category(letter) not in {"Cc", "Cs", "Zl", "Zp"} else ascii(letter)[1:-1]
        for letter in name[:limit]
    )
    return plain + "…" if len(name) > limit else plain


def unsafe_name(name: str) -> str | None:
    """Why ``name`` must not be used as a path below the source's folder, or None if it may."""
    if not name or name != name.strip():
        return "the file name is empty, or begins or ends with a space"
    if any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in name):
        return "the file name has a line break, a control character or a broken character"
    if len(name.encode()) > 1024 or any(len(part.encode()) > 255 for part in name.split("/")):
        return "the file name is longer than file systems allow"
    if "\\" in name or name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        return "the file name is an absolute or a Windows path; it must lie below the source's folder"
    if ".." in PurePosixPath(name).parts:
        return "the file name leaves the source's folder with '..'"
    return None


def is_junk(path: Path | PurePosixPath) -> bool:
    """Hidden files, macOS resource forks (``._x``) and folders that archives bring along; ignored without a word."""
    return any(part.startswith(".") or part in {"__MACOSX", "Thumbs.db", "desktop.ini"} for part in path.parts)


def leaves(folder: Path, file: Path) -> bool:
    """Whether ``file`` lies outside ``folder`` once symbolic links are followed."""
    # Not Path.resolve, which gives up at a link that leads to itself.
    return not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(folder))


def unreadable(where: Path, error: OSError) -> Exception:
    """What to raise for a folder or file of the source that the system does not give: a sentence for people.

    It is the error itself where the storage fails, which is no fault of the source and worth another try.
    """
    if is_storage_failure(error):
        return error
    return SourceError(where, f"it cannot be read: {error.strerror or error}", "Let this account read it.")


def require_folder(path: Path, layout: str) -> Path:
    """``path`` itself if it is a folder.

    Raises
    ------
    SourceError
        If it is absent or not a folder; the sentence says what to give instead (``layout``).
    """
    try:
        if path.is_dir():
            return path
        is_there = path.exists()
    except OSError as error:
        raise unreadable(path, error) from error
    if not is_there:
        raise SourceError(path, "there is no such folder", f"Give {layout}.")
    if path.suffix.lower() in ARCHIVE_SUFFIXES:
        raise SourceError(path, "this is an archive", f"Unpack it and give {layout}.")
    if path.suffix.lower() == ".json":
        raise SourceError(path, "this is a file", f"Give {layout}; the file itself goes to --boxes.")
    raise SourceError(path, "this is a file", f"Give {layout}.")
