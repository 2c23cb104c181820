"""Bringing a database to the version that this code needs."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.db.engine import make_engine

FOLDER = Path(__file__).parent.parent.parent / "migrations"


class NewerDatabaseError(RuntimeError):
    """The database was written by a newer version of Trihedral; use that version, or restore an older backup."""


def configuration(url: str) -> Config:
    """Alembic's configuration for ``url``, without reading alembic.ini (a percent sign in a password is kept)."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["url"] = url
    return config


def head() -> str:
    """The newest revision that this code knows."""
    found = ScriptDirectory(str(FOLDER)).get_current_head()
    if found is None:
        raise RuntimeError(f"there is no migration in {FOLDER}; the installation is incomplete, install it again")
    return found


def current(url: str) -> str | None:
    """The revision that the database is at; None where it is empty."""
    engine = make_engine(url, pool_size=1)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def upgrade(url: str) -> bool:
    """Run the migrations that are missing; say whether the database was empty before.

    Raises
    ------
    NewerDatabaseError
        If the database is at a revision that this code does not know.
    """
    found = current(url)
    if found == head():
        return False
    require_known(found)
    command.upgrade(configuration(url), "head")
    return found is None


def require_known(found: str | None) -> None:
    """See that a database at this revision can be used, or brought to one that can.

    Raises
    ------
    NewerDatabaseError
        If this code does not know the revision.
    """
    known = {script.revision for script in ScriptDirectory(str(FOLDER)).walk_revisions()}
    if found is not None and found not in known:
        raise NewerDatabaseError(
            f"The database is at version {found}, which is newer than this program ({head()}):"
            " start the newer program, or restore a backup made with this one."
        )
