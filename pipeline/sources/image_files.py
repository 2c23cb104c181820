"""Finding the images of a source: a walk over its folders that follows no link and trips over no name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipeline.sources.reading import IMAGE_SUFFIXES, SourceReading, is_junk, leaves, unreadable, unsafe_name

NOT_AN_IMAGE = "not an image format that is read (tif, png, jpg, bmp)"
LEAVING_LINK = "a symbolic link that leaves the source's folder"


def child_folder(parent: Path, *names: str) -> Path | None:
    """The sub-folder of one of these names, earlier names first, whatever the case of its letters."""
    for name in names:
        if (parent / name).is_dir():
            return parent / name
    try:
        present = {entry.name.casefold(): entry for entry in sorted(parent.iterdir(), reverse=True)}
    except OSError as error:
        raise unreadable(parent, error) from error
    found = (present.get(name.casefold()) for name in names)
    return next((entry for entry in found if entry is not None and entry.is_dir()), None)


def folders_named(root: Path, name: str, *, deepest: int = 5) -> list[Path]:
    """The folders of this name, whatever the case, at or below ``root``; not within each other or behind a link."""
    found: list[Path] = []
    for base, folders, _ in os.walk(root, onerror=_refuse_folder):
        here = Path(base)
        if here.name.casefold() == name.casefold():
            found.append(here)
            folders.clear()
        elif len(here.relative_to(root).parts) >= deepest:
            folders.clear()
        folders[:] = sorted(child for child in folders if not is_junk(PurePosixPath(child)))
    return sorted(found)


def files_below(folder: Path, *, deep: bool = True) -> Iterator[PurePosixPath]:
    """Files and links to anything, by their path below ``folder``, sorted within each folder; junk is left out."""
    for base, folders, files in os.walk(folder, onerror=_refuse_folder):
        below = Path(base).relative_to(folder)
        links = [name for name in folders if (Path(base) / name).is_symlink()]
        folders[:] = sorted(name for name in folders if name not in links and not is_junk(PurePosixPath(name)))
        for name in sorted(files + links):
            if not is_junk(PurePosixPath(name)):
                yield PurePosixPath(below.as_posix(), name)
        if not deep:
            return


def _refuse_folder(error: OSError) -> None:
    """Without this a folder that cannot be read would count as an empty one."""
    raise unreadable(Path(error.filename), error) from error


def images_below(
    folder: Path, reading: SourceReading, *, shown_below: Path, deep: bool = True, others: bool = True
) -> dict[str, Path]:
    """The images below a folder.

    Parameters
    ----------
    reading : takes the refusals: unsafe names, links that leave the folder, two images of one name
    shown_below : the source's folder; files are reported by their path below it
    deep : also those in sub-folders
    others : report files that are no images; else they are left out without a word

    Returns
    -------
    dict
        By stem: the path below ``folder`` without the ending, in POSIX form. Of two endings of one stem the first is
        kept and the second refused.
    """
    found: dict[str, Path] = {}
    for below in files_below(folder, deep=deep):
        file = folder / below
        stem = below.with_suffix("").as_posix()
        if not others and below.suffix.lower() not in IMAGE_SUFFIXES:
            continue
        reason = refusal_of(file, folder, below)
        if reason is None and stem in found:
            reason = f"{found[stem].name} has the same name with another ending; one of them must go"
        if reason is None:
            found[stem] = file
        else:
            reading.refuse(shown_name(file, shown_below), reason)
    return found


def texts_below(folder: Path, suffix: str, reading: SourceReading, *, shown_below: Path) -> dict[str, Path]:
    """The files of one ending below a folder, by stem as :func:`images_below`; unsafe names and links are refused."""
    found: dict[str, Path] = {}
    for below in files_below(folder):
        if below.suffix.lower() != suffix:
            continue
        file, reason = folder / below, unsafe_name(below.as_posix())
        if reason is None and file.is_symlink() and leaves(folder, file):
            reason = LEAVING_LINK
        if reason is None:
            found.setdefault(below.with_suffix("").as_posix(), file)
        else:
            reading.refuse(shown_name(file, shown_below), reason)
    return found


def shown_name(file: Path, root: Path) -> str:
    """The POSIX path below the source's folder, or the file's own name if it lies elsewhere."""
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name


def refusal_of(file: Path, folder: Path, below: PurePosixPath) -> str | None:
    """Why the file at ``below`` in ``folder`` is no image that may be read, or None."""
    reason = unsafe_name(below.as_posix())
    if reason is not None:
        return reason
    is_link = file.is_symlink()
    if is_link and file.is_dir():
        return "a symbolic link to a folder, which is not followed; put the folder itself there"
    if below.suffix.lower() not in IMAGE_SUFFIXES:
        return NOT_AN_IMAGE
    if is_link and leaves(folder, file):
        return LEAVING_LINK
    return None if file.is_file() else "not a regular file"
