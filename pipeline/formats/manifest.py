"""The manifest: all files of a folder with their hashes, and the hash tree that is the release's identity."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipeline.formats.entries import is_intact, sealed
from pipeline.formats.layout import IMAGES, IMAGES_FILE, MANIFEST_FILE, TEXTS_FILE

WRITER: Final = "trihedral-sarlang-2"
"""The version of the bytes: a release and this version determine them."""
FIRST_WRITER: Final = "trihedral-sarlang-1"
"""Of releases that were frozen before it was told how a text was verified: their bytes stay as they were."""
LARGEST_BYTES: Final = 512 << 20
"""Of a manifest that is read: one of three million files."""


class ManifestError(ValueError):
    """The manifest is missing, unreadable, or not as it was written; nothing can be checked against it."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file: path below the folder with slashes, SHA-256 in hex, size."""

    path: str
    sha256: str
    bytes: int


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
    """``left_out``: {dataset: {reason: texts}} at the time of freezing; ``verification``: {how: texts}, where that is
    told."""


def counts_for_identity(path: str) -> bool:
    """Whether a file is in the hash tree: the side files and the images. All else is derived from them."""
    return path in {TEXTS_FILE, IMAGES_FILE} or path.startswith(f"{IMAGES}/")


def identity_of(files: Sequence[FileRow]) -> str:
    """The root, in hex, of the hash tree over texts and images.

    A leaf is SHA-256 of ``00 path 00 sha256``, a node SHA-256 of ``01 left right``; the left side of a node has as
    many leaves as the largest power of two that leaves some to the right (RFC 6962). Leaves are in the order of their
    paths' bytes.
    """
    chosen = sorted((file for file in files if counts_for_identity(file.path)), key=lambda file: file.path.encode())
    leaves = [hashlib.sha256(b"\0" + file.path.encode() + b"\0" + bytes.fromhex(file.sha256)) for file in chosen]
    return _root([leaf.digest() for leaf in leaves]).hex()


def _root(hashes: Sequence[bytes]) -> bytes:
    if len(hashes) <= 1:
        return hashes[0] if hashes else hashlib.sha256().digest()
    middle = 1 << ((len(hashes) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + _root(hashes[:middle]) + _root(hashes[middle:])).digest()


def manifest_bytes(head: ReleaseHead, files: Sequence[FileRow], texts: int, images: int) -> bytes:
    """``manifest.json``: indented, keys sorted, one line a value, ``sha256`` over all the rest."""
    told = {"verification": head.counts["verification"]} if "verification" in head.counts else {}
    content = {
        **told,
        "format": "sarlang",
        "writer": WRITER if told else FIRST_WRITER,
        "release": f"{head.name}@{head.number}",
        "created_at": head.created_at,
        "notes": head.notes,
        "rules": head.rules,
        "identity": identity_of(files),
        "texts": texts,
        "images": images,
        "files": [
            {"path": file.path, "sha256": file.sha256, "bytes": file.bytes}
            for file in sorted(files, key=lambda file: file.path.encode())
        ],
    }
    return _written(sealed(content))


def read_manifest(folder: Path) -> tuple[dict[str, Any], list[FileRow]]:
    """The manifest of a folder and its files.

    Raises
    ------
    ManifestError
        If it is not there, not readable, or not byte for byte as the writer left it.
    """
    path = folder / MANIFEST_FILE
    try:
        stored = _read(path)
        content = json.loads(stored)
        files = [FileRow(row["path"], row["sha256"], row["bytes"]) for row in content["files"]]
        is_as_written = is_intact(content) and _written(content) == stored and identity_of(files) == content["identity"]
        is_as_written = is_as_written and _has_the_form(content, files)
    except FileNotFoundError:
        raise ManifestError(f"{folder} has no {MANIFEST_FILE}: it is not an exported release") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ManifestError(
            f"{path} cannot be read ({type(error).__name__}: {error}); export the release again"
        ) from None
    if not is_as_written:
        raise ManifestError(f"{path} was changed after it was written; export the release again")
    return content, files


def _read(path: Path) -> bytes:
    status = path.stat()
    # A named pipe would hold us here for ever, a larger file take all memory.
    if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_BYTES:
        raise ValueError(f"it is no file, or larger than {LARGEST_BYTES:,} bytes")
    return path.read_bytes()


def _has_the_form(content: Mapping[str, Any], files: Sequence[FileRow]) -> bool:
    """What is told of a manifest is of the right kind: its own hash is no proof of that."""
    release = content["release"]
    is_told = isinstance(release, str) and release.isprintable() and len(release) <= 200
    are_counts = all(type(content[key]) is int for key in ("texts", "images"))
    are_files = all(isinstance(file.path, str) and isinstance(file.sha256, str) for file in files)
    return is_told and are_counts and are_files and len({file.path for file in files}) == len(files)


def _written(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode()
