"""Failures that a person at the command line can do something about, each as one sentence."""

from __future__ import annotations

import errno
import os
import re


def sentence_of(error: Exception) -> str | None:
    """What to say instead of a traceback; None for a fault of the program itself, which shows one."""
    # Imported here, because most commands end without an error and should begin fast.
    import psycopg
    from sqlalchemy.exc import DBAPIError

    from app.assets import AssetStoreError
    from app.db.errors import DomainError
    from app.db.migrate import NewerDatabaseError
    from app.db.refusals import database_unreachable
    from app.settings import SettingsError
    from pipeline.drafting.costs import PriceError
    from pipeline.drafting.drafting import DrafterError
    from pipeline.drafting.prompts import PromptError
    from pipeline.drafting.replay import ReplayError
    from pipeline.sources.reading import SourceError

    cause: BaseException | None = error.orig if isinstance(error, DBAPIError) else error
    told = DomainError | NewerDatabaseError | SettingsError | AssetStoreError | SourceError
    told |= ReplayError | DrafterError | PromptError | PriceError
    if isinstance(cause, told):
        return _as_sentence(str(cause))
    if isinstance(cause, psycopg.errors.DiskFull):
        return "The disk of the database is full: free some space, then try again; what was saved before is kept."
    if isinstance(cause, psycopg.OperationalError):
        return database_unreachable(cause)
    return _of_os_error(cause) if isinstance(cause, OSError) else None


def _of_os_error(error: OSError) -> str | None:
    where = f" ({os.fsdecode(error.filename)})" if isinstance(error.filename, str | bytes) else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full{where}: free some space, then try again; what was saved before is kept."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EISDIR):
        return f"{error.strerror}{where}: give another path, or change who may use it."
    return None


def _as_sentence(text: str) -> str:
    # What begins with a name, as of a file or a host, keeps it as it is written.
    begun = text[:1].upper() + text[1:] if re.match(r"[a-z]+ ", text) else text
    return begun + ("" if text.endswith((".", "!", "?")) else ".")
