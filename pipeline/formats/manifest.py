"""The manifest: all files of a folder with their hashes, and the hash tree that is the release's identity."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipeline.formats.entries import is_intact, json_line
from pipeline.formats.hashed_file import FileRow
from pipeline.formats.layout import MANIFEST_FILE, counts_for_identity

LARGEST_BYTES: Final = 512 << 20
"""Of a manifest that is read: one of three million files."""


class ManifestError(ValueError):
    """The manifest is missing, unreadable, or not as it was written; nothing can be checked against it."""


@dataclass(frozen=True, slots=True)
class ReleaseHead:
    """What is said of a release as a whole."""

    name: str
    number: int
    created_at: str
    notes: str
    rules: Mapping[str, Any]
    """Datasets, kinds and gates that chose the texts."""
    counts: Mapping[str, Any]
    """``left_out``: {dataset: {reason: texts}} at the time of freezing; ``verification``: {how: texts}, ``sources``:
    [{dataset, licence, citation, images, licences}] and more, where that is told."""
    content_sha256: str = ""
    """Over the ordered ids of its texts: the same in every format."""
    contributors: Sequence[str] = ()
    """Names of reviewers who wanted to be named."""

    @property
    def label(self) -> str:
        """``NAME@3``."""
        return f"{self.name}@{self.number}"

    @property
    def is_first_form(self) -> bool:
        """Whether it was frozen before it was told how a text was verified: the bytes of such stay as they were."""
        return "verification" not in self.counts


def identity_of(files: Sequence[FileRow]) -> str:
    """The root, in hex, of the hash tree over texts and images.

    A leaf is SHA-256 of ``00 path 00 sha256``, a node SHA-256 of ``01 left right``; the left side of a node has as
    many leaves as the largest power of two that leaves some to the right (RFC 6962). Leaves are in the order of their
    paths' bytes. An image that was omitted counts as one that is there.
    """
    chosen = sorted((file for file in files if counts_for_identity(file.path)), key=lambda file: file.path.encode())
    leaves = [hashlib.sha256(b"\0" + file.path.encode() + b"\0" + bytes.fromhex(file.sha256)) for file in chosen]
    return _root([leaf.digest() for leaf in leaves]).hex()


def _root(hashes: Sequence[bytes]) -> bytes:
    if len(hashes) <= 1:
        return hashes[0] if hashes else hashlib.sha256().digest()
    middle = 1 << ((len(hashes) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + _root(hashes[:middle]) + _root(hashes[middle:])).digest()


def write_manifest(folder: Path, told: Mapping[str, Any], files: Sequence[FileRow], omitted: Sequence[FileRow]) -> str:
    """Write ``manifest.json``: indented, keys sorted, one line a value, ``sha256`` over all the rest.

    ``told`` is what it says beside the lists of files. Returns the identity. Written row by row: a release has as many
    files as images.
    """
    rows: dict[str, list[FileRow]] = {"files": sorted(files, key=_order)}
    if omitted:
        rows["omitted"] = sorted(omitted, key=_order)
    identity = identity_of([*files, *omitted])
    values = {**told, "identity": identity}
    keys = sorted([*values, *rows])
    seal = hashlib.sha256()
    for place, key in enumerate(keys):
        seal.update(("," if place else "{").encode() + json_line(key).encode() + b":")
        for piece in _compact(values, rows, key):
            seal.update(piece.encode())
    seal.update(b"}")
    values["sha256"] = seal.hexdigest()
    with (folder / MANIFEST_FILE).open("w", encoding="utf-8", newline="\n") as file:
        for place, key in enumerate(sorted([*keys, "sha256"])):
            file.write(("," if place else "{") + f"\n {json_line(key)}: ")
            file.writelines(_indented(values, rows, key))
        file.write("\n}\n")
    return identity


def _order(file: FileRow) -> bytes:
    return file.path.encode()


def _told(key: str, row: FileRow) -> dict[str, Any]:
    told = {"path": row.path, "sha256": row.sha256}
    return told if key == "omitted" else told | {"bytes": row.bytes}


def _compact(values: Mapping[str, Any], rows: Mapping[str, Sequence[FileRow]], key: str) -> Iterator[str]:
    if key not in rows:
        yield json_line(values[key])
        return
    for place, row in enumerate(rows[key]):
        yield ("," if place else "[") + json_line(_told(key, row))
    yield "]" if rows[key] else "[]"


def _indented(values: Mapping[str, Any], rows: Mapping[str, Sequence[FileRow]], key: str) -> Iterator[str]:
    if key not in rows:
        yield _pretty(values[key]).replace("\n", "\n ")
        return
    for place, row in enumerate(rows[key]):
        yield ("," if place else "[") + "\n  " + _pretty(_told(key, row)).replace("\n", "\n  ")
    yield "\n ]" if rows[key] else "[]"


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that was read and is whole."""

    told: Mapping[str, Any]
    files: Sequence[FileRow]
    omitted: Sequence[FileRow]
    """Images that were left out; who has them may put them in place. Their size is not told."""


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder and its files.

    Raises
    ------
    ManifestError
        If it is not there, not readable, or not byte for byte as the writer left it.
    """
    path = folder / MANIFEST_FILE
    try:
        stored = _read(path)
        told = json.loads(stored)
        files = [FileRow(row["path"], row["sha256"], row["bytes"]) for row in told["files"]]
        omitted = [FileRow(row["path"], row["sha256"], 0) for row in told.get("omitted", ())]
        is_as_written = is_intact(told) and f"{_pretty(told)}\n".encode() == stored
        is_as_written = is_as_written and identity_of([*files, *omitted]) == told["identity"]
        is_as_written = is_as_written and _has_the_form(told, [*files, *omitted])
    except FileNotFoundError:
        raise ManifestError(f"{folder} has no {MANIFEST_FILE}: it is not an exported release") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ManifestError(
            f"{path} cannot be read ({type(error).__name__}: {error}); export the release again"
        ) from None
    if not is_as_written:
        raise ManifestError(f"{path} was changed after it was written; export the release again")
    return Manifest(told, files, omitted)


def _read(path: Path) -> bytes:
    status = path.stat()
    # A named pipe would hold us here for ever, a larger file take all memory.
    if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_BYTES:
        raise ValueError(f"it is no file, or larger than {LARGEST_BYTES:,} bytes")
    return path.read_bytes()


def _has_the_form(told: Mapping[str, Any], files: Sequence[FileRow]) -> bool:
    """What is told of a manifest is of the right kind: its own hash is no proof of that."""
    release = told["release"]
    is_told = isinstance(release, str) and release.isprintable() and len(release) <= 200
    is_told = is_told and isinstance(told["format"], str)
    are_counts = all(type(told[key]) is int for key in ("texts", "images"))
    are_files = all(isinstance(file.path, str) and isinstance(file.sha256, str) for file in files)
    return is_told and are_counts and are_files and len({file.path for file in files}) == len(files)
