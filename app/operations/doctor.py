"""Whether an installation can work: each part examined by using it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.exc import OperationalError

from app.assets import AssetStore, AssetStoreError
from app.db import make_engine, make_sessionmaker, migrate
from app.db.cluster import prepare_folder
from app.db.embedded import server
from app.db.errors import DomainError
from app.db.refusals import database_unreachable
from app.operations import browser_code
from app.operations.queries import live_workers
from app.work.app import SILENT_S


@dataclass(frozen=True)
class Installation:
    """What is examined."""

    data_folder: Path
    database_url: str | None
    assets_url: str
    needs_worker: bool = False
    """Whether a worker must be alive now; an embedded database has none while `serve` does not run."""


@dataclass(frozen=True)
class Finding:
    """What was found of one part; the sentence says what to do where it is not well."""

    subject: str
    is_well: bool
    sentence: str


def examine(installation: Installation) -> list[Finding]:
    """Examine every part; a fault in one does not hide the others."""
    parts: list[tuple[str, Callable[[Installation], str]]] = [
        ("python", _python),
        ("data folder", _data_folder),
        ("database", _database),
        ("asset store", _asset_store),
        ("browser code", _browser_code),
    ]
    if installation.needs_worker:
        parts.append(("worker", _worker))
    return [_examine(subject, part, installation) for subject, part in parts]


def _examine(subject: str, part: Callable[[Installation], str], installation: Installation) -> Finding:
    try:
        return Finding(subject, True, part(installation))
    except (DomainError, AssetStoreError, migrate.NewerDatabaseError) as error:
        return Finding(subject, False, str(error))
    except OperationalError as error:
        return Finding(subject, False, database_unreachable(error.orig or error))
    except Exception as error:  # whatever it is, the other parts are still to be examined
        return Finding(subject, False, f"{type(error).__name__}: {' '.join(str(error).split())}")


def _python(_installation: Installation) -> str:
    return f"{sys.version.split()[0]} in {sys.prefix}, {os.cpu_count()} processors"


def _data_folder(installation: Installation) -> str:
    prepare_folder(installation.data_folder)
    free_gb = shutil.disk_usage(installation.data_folder).free / 1e9
    return f"{installation.data_folder} can be written, {free_gb:.1f} GB are free"


def _database(installation: Installation) -> str:
    if installation.database_url is not None:
        return _version(installation.database_url)
    with server(installation.data_folder) as url:
        return f"embedded, {_version(url)}"


def _version(url: str) -> str:
    engine = make_engine(url, pool_size=1)
    try:
        with engine.connect() as connection:
            number = connection.connection.driver_connection.info.server_version  # type: ignore[union-attr]
    finally:
        engine.dispose()
    if number // 10000 < 18:
        raise DomainError(f"The server is PostgreSQL {number // 10000}: Trihedral needs 18.")
    found, needed = migrate.current(url), migrate.head()
    migrate.require_known(found)
    state = "up to date" if found == needed else f"at {found or 'nothing'}, brought to {needed} by the next start"
    return f"PostgreSQL {number // 10000}.{number % 10000}, {state}"


def _worker(installation: Installation) -> str:
    if installation.database_url is None:
        with server(installation.data_folder) as url:
            return _workers_of(url)
    return _workers_of(installation.database_url)


def _workers_of(url: str) -> str:
    engine = make_engine(url, pool_size=1)
    try:
        with make_sessionmaker(engine)() as session:
            number = live_workers(session, SILENT_S)
    finally:
        engine.dispose()
    if not number:
        raise DomainError(
            "No worker is alive: start one with `trihedral worker`, or everything with `trihedral serve`."
        )
    return f"{number} alive"


def _asset_store(installation: Installation) -> str:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "probe"
        file.write_bytes(b"written by `trihedral doctor`\n")
        AssetStore(installation.assets_url).put(file, "text/plain")
    return f"{installation.assets_url} can be written"


def _browser_code(_installation: Installation) -> str:
    browser_code.require()
    return f"complete in {browser_code.FOLDER}"
