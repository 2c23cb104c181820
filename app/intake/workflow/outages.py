"""What is no fault of a scene: the source or the store cannot be reached. Work then waits; nothing is refused."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from app.assets import AssetStoreError
from pipeline.imaging.errors import ImageError, StorageError
from pipeline.imaging.storage import is_storage_failure, storage_error


class OutageError(Exception):
    """The source or the store cannot be reached, or has no space; the message is a sentence for people."""


OUTAGES = (OutageError, StorageError, AssetStoreError)


def require_source(folders: Iterable[Path]) -> None:
    """Raise :class:`OutageError` or ``StorageError`` unless the folders are there, with something in them.

    A disk that was pulled leaves nothing, or the empty folder that it was mounted on.
    """
    for folder in folders:
        try:
            is_there = folder.is_file() or next(iter(os.scandir(folder)), None) is not None
        except FileNotFoundError:
            is_there = False
        except OSError as error:
            if is_storage_failure(error):
                raise storage_error(folder, error) from error
            raise OutageError(f"The source at {folder} cannot be read: {error.strerror}.") from error
        if not is_there:
            raise OutageError(
                f"The source at {folder} cannot be reached: bring its disk back, and the import goes on by itself."
            )


def full_disk(error: ImageError) -> OutageError | None:
    """The outage that made an image fail, where it was a full disk: no fault of the image."""
    if os.strerror(errno.ENOSPC) not in error.reason:
        return None
    return OutageError(
        f"There is no space left in {_fullest_folder()}, where images are decoded: free some, and the import goes on by"
        " itself."
    )


def _fullest_folder() -> str:
    """Of those that a decoder writes to: its images, and the compiled kernels."""
    folders = [tempfile.gettempdir(), os.environ.get("NUMBA_CACHE_DIR", tempfile.gettempdir())]
    return min(
        (folder for folder in folders if Path(folder).is_dir()), key=lambda folder: shutil.disk_usage(folder).free
    )
