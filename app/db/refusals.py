"""Why the embedded database cannot be used, each in one sentence that says what to do."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from typing import ClassVar

from app.db.errors import DomainError, Meaning

ELSEWHERE = "or set DATABASE_URL to a PostgreSQL 18 server of your own"


class EmbeddedServerError(DomainError):
    """The embedded PostgreSQL cannot be used; the message is one sentence that says what to do."""

    meaning: ClassVar[Meaning] = "unavailable"
    code: ClassVar[str] = "database_unavailable"


def from_os_error(error: OSError, folder: Path) -> EmbeddedServerError:
    """The sentence for a folder that the operating system refuses to write."""
    return from_text(error.strerror or str(error), folder) or EmbeddedServerError(
        f"The data folder {folder} cannot be used ({error.strerror}): choose another with --data or TRIHEDRAL_DATA."
    )


def from_text(text: str, folder: Path) -> EmbeddedServerError | None:
    """The sentence for what PostgreSQL or the operating system said, where it is a known trouble of disk or folder."""
    if "No space left on device" in text or "Disk quota exceeded" in text:
        return disk_is_full(folder)
    if "Read-only file system" in text:
        return EmbeddedServerError(f"The data folder {folder} lies on a read-only disk: choose another with --data.")
    if "File exists" in text or "Not a directory" in text:
        return EmbeddedServerError(
            f"The data folder {folder} is no folder, or lies in a file: choose another with --data or TRIHEDRAL_DATA."
        )
    if "Permission denied" in text:
        return EmbeddedServerError(
            f"The data folder {folder} may not be written by {name_of(os.geteuid())}: choose another with --data or"
            " TRIHEDRAL_DATA, or have its owner start Trihedral."
        )
    return None


def disk_is_full(folder: Path) -> EmbeddedServerError:
    """The sentence for a disk without space."""
    return EmbeddedServerError(
        f"The disk of the data folder {folder} is full: free some space, then start again (what was saved is kept)."
    )


def disk_is_nearly_full(folder: Path, free: int, needed: int) -> EmbeddedServerError:
    """The sentence for a disk that would be full in the middle of the next work; in bytes."""
    return EmbeddedServerError(
        f"The disk of the data folder {folder} is full but for {free // 1024**2} MB, and {needed // 1024**2} MB are"
        " needed to start: free some space, then start again (what was saved is kept)."
    )


def database_unreachable(error: BaseException) -> str:
    """The sentence for a server that does not answer, or stopped answering."""
    reason = " ".join(str(error).split()).rstrip(".?!")
    return (
        f"The database cannot be reached ({reason}): see that its server runs and that DATABASE_URL, where it is set,"
        " names it, then try again; what was saved before is kept."
    )


def name_of(uid: int) -> str:
    """The name of a user, for sentences and for the rules of access."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
