"""The account that the server runs as: PostgreSQL refuses to run as root, so root steps down to another one."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from app.db.refusals import ELSEWHERE, EmbeddedServerError, name_of


@dataclass(frozen=True)
class Account:
    """The user that the server runs as."""

    uid: int
    gid: int
    name: str


def account_for(folder: Path) -> Account:
    """The owner of the cluster; for a new one who runs this, or `nobody` where that is root."""
    try:
        owner = (folder / "postgres").stat()
    except FileNotFoundError:
        owner = None
    me = os.geteuid()
    if me:
        if owner and owner.st_uid != me:
            raise EmbeddedServerError(
                f"The database in {folder} belongs to {name_of(owner.st_uid)}: start Trihedral as that user"
                " (or as root), or choose another data folder with --data."
            )
        return Account(me, os.getegid(), name_of(me))
    if owner and owner.st_uid:
        return Account(owner.st_uid, owner.st_gid, name_of(owner.st_uid))
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise EmbeddedServerError(
            f"PostgreSQL does not run as root, and there is no account `nobody`: start as another user, {ELSEWHERE}."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid, nobody.pw_name)


def may_enter(found: os.stat_result, account: Account) -> bool:
    """Say whether the account may pass through a folder with these permissions."""
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def closed_to(path: Path, account: Account) -> Path | None:
    """The first folder on the way to ``path``, itself included, that the account may not enter."""
    for folder in (*reversed(path.parents), path):
        if not may_enter(folder.stat(), account):
            return folder
    return None


def let_in(folder: Path, account: Account) -> None:
    """See that the server's account can reach the data folder. Outside of it no permission is changed."""
    if os.geteuid():
        return
    folder = folder.resolve()
    closed = closed_to(folder, account)
    if closed == folder:
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXOTH)
    elif closed:
        raise EmbeddedServerError(
            f"PostgreSQL does not run as root, and the account {account.name} cannot enter {closed}: choose a data"
            f" folder elsewhere, as in TRIHEDRAL_DATA=/var/lib/trihedral, start as a user other than root, {ELSEWHERE}."
        )
