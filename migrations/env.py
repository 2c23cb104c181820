"""Alembic's environment: online only, the URL from the caller or from the settings."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

import app.db.append_only  # noqa: F401  (its triggers belong to the metadata)
from app.db.engine import make_engine
from app.db.tables import Base


def is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Procrastinate's tables are its own affair."""
    return kind != "table" or not (name or "").startswith("procrastinate_")


def url() -> str:
    given = context.config.attributes.get("url")
    if given is None:
        from app.settings import Settings

        given = Settings.from_environment().database_url
    if given is None:
        raise SystemExit("set DATABASE_URL to run alembic by hand; `trihedral` migrates the embedded server itself")
    return str(given)


def run() -> None:
    engine = make_engine(url(), pool_size=1, application_name="trihedral-migrate")
    with engine.connect() as connection:
        # A migration that cannot have its lock soon must not queue every other query behind it.
        connection.execute(text("set lock_timeout = '5s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_name=is_ours,
            compare_type=True,
            compare_server_default=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
