"""One file of a whole folder: the same folder, the same bytes."""

from __future__ import annotations

import tarfile
from pathlib import Path


def write_archive(folder: Path, archive: Path, prefix: str) -> None:
    """Write an uncompressed tar of all files below ``folder``, under ``prefix/``.

    Times, owners and modes are fixed and the order is that of the paths' bytes. It is not compressed, because
    compressors differ between versions and images are compressed already.
    """
    files = sorted(
        (path for path in folder.rglob("*") if path.is_file()), key=lambda path: _name(folder, path).encode()
    )
    with tarfile.open(archive, "x:", format=tarfile.PAX_FORMAT) as written:
        for path in files:
            entry = tarfile.TarInfo(f"{prefix}/{_name(folder, path)}")
            entry.size = path.stat().st_size
            entry.mode = 0o644
            with path.open("rb") as content:
                written.addfile(entry, content)


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()
