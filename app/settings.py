"""Everything that can be set, read once from the environment; the command's flags replace single values.

Read by the command, `main` and the migrations only: rooms get small frozen configs of their own.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

_DATABASE_URL_FORM = "DATABASE_URL must look like postgresql://user:password@host:5432/database."
SHORTEST_SECRET = 32
"""Characters; below that an HMAC key can be guessed."""


class SettingsError(ValueError):
    """A setting cannot be used; the message is one sentence that says which, and what it should be."""


@dataclass(frozen=True)
class Settings:
    """The settings of one installation.

    Attributes
    ----------
    data_folder : Path
        Absolute. Database, assets, secret, caches (`TRIHEDRAL_DATA`, default `./data`).
    database_url : str or None
        A PostgreSQL 18 server (`DATABASE_URL`, as libpq writes it); None for the embedded one.
    host, port : str, int
        Where the web answers (`TRIHEDRAL_HOST`, `TRIHEDRAL_PORT`).
    web_processes : int
        Web processes on the one port (`TRIHEDRAL_WEB`).
    worker_concurrency : int
        Jobs at once in the worker (`TRIHEDRAL_WORKER_CONCURRENCY`).
    assets_url : str
        A folder, or what fsspec knows (`TRIHEDRAL_ASSETS_URL`, default DATA/assets).
    secure_cookies : bool
        Whether cookies are for https alone (`TRIHEDRAL_SECURE_COOKIES` = auto, on or off; auto: off on loopback).
    given_secret : str or None
        `TRIHEDRAL_SECRET`, the same on all hosts; None to keep one in DATA/secret.
    """

    data_folder: Path
    database_url: str | None = field(repr=False)
    host: str
    port: int
    web_processes: int
    worker_concurrency: int
    assets_url: str
    secure_cookies: bool
    given_secret: str | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; what is not set has a default that suits one machine.

        Raises
        ------
        SettingsError
            If a value cannot be used.
        """
        given = os.environ if environment is None else environment
        data_folder = Path(given.get("TRIHEDRAL_DATA") or "data").expanduser().absolute()
        host = given.get("TRIHEDRAL_HOST") or "127.0.0.1"
        secret = given.get("TRIHEDRAL_SECRET") or None
        if secret is not None and len(secret) < SHORTEST_SECRET:
            raise SettingsError(f"TRIHEDRAL_SECRET must have at least {SHORTEST_SECRET} characters.")
        return cls(
            data_folder=data_folder,
            database_url=_database_url(given.get("DATABASE_URL")),
            host=host,
            port=_number(given, "TRIHEDRAL_PORT", 8350, least=0, most=65535),
            web_processes=_number(given, "TRIHEDRAL_WEB", 2, least=1, most=64),
            worker_concurrency=_number(given, "TRIHEDRAL_WORKER_CONCURRENCY", 2, least=1, most=256),
            assets_url=given.get("TRIHEDRAL_ASSETS_URL") or str(data_folder / "assets"),
            secure_cookies=_secure_cookies(given.get("TRIHEDRAL_SECURE_COOKIES") or "auto", host),
            given_secret=secret,
        )

    def require_database_url(self) -> str:
        """The database's URL, for processes that are given one and never start a server themselves.

        Raises
        ------
        SettingsError
            If there is none.
        """
        if self.database_url is None:
            raise SettingsError("DATABASE_URL is not set; `trihedral serve` sets it for its web and worker processes.")
        return self.database_url

    @cached_property
    def secret(self) -> bytes:
        """The key that signs asset URLs and form tokens; made once in DATA/secret where none is given.

        Raises
        ------
        SettingsError
            If the file can be neither read nor made.
        """
        if self.given_secret is not None:
            return self.given_secret.encode()
        file = self.data_folder / "secret"
        try:
            if not file.exists():
                _make_secret(file)
            return file.read_bytes().strip()
        except OSError as error:
            why = f"The secret in {file} cannot be used ({error.strerror})"
            raise SettingsError(f"{why}: let its owner start Trihedral, or set TRIHEDRAL_SECRET.") from error

    def environment(self) -> dict[str, str]:
        """The variables from which a child process reads these settings again."""
        found = {
            "TRIHEDRAL_DATA": str(self.data_folder),
            "TRIHEDRAL_HOST": self.host,
            "TRIHEDRAL_PORT": str(self.port),
            "TRIHEDRAL_WEB": str(self.web_processes),
            "TRIHEDRAL_WORKER_CONCURRENCY": str(self.worker_concurrency),
            "TRIHEDRAL_ASSETS_URL": self.assets_url,
            "TRIHEDRAL_SECURE_COOKIES": "on" if self.secure_cookies else "off",
            "TRIHEDRAL_SECRET": self.given_secret,
            "DATABASE_URL": self.database_url,
            # The installation may be read-only, and one account's cache must not be another's.
            "NUMBA_CACHE_DIR": str(self.data_folder / "cache" / "numba"),
        }
        return {name: value for name, value in found.items() if value is not None}


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _secure_cookies(policy: str, host: str) -> bool:
    if policy not in ("auto", "on", "off"):
        raise SettingsError(f"TRIHEDRAL_SECURE_COOKIES is {policy!r}; it must be auto, on or off.")
    return policy == "on" or (policy == "auto" and not is_loopback(host))


def _database_url(given: str | None) -> str | None:
    if not given:
        return None
    # Neither the value nor its parts are repeated in a message: it may hold a password.
    scheme, separator, rest = given.partition("://")
    if not separator or scheme.split("+")[0] not in ("postgresql", "postgres"):
        raise SettingsError(_DATABASE_URL_FORM)
    url = f"postgresql://{rest}"
    try:
        _ = urlsplit(url).port
    except ValueError:
        # Without the cause, which quotes a part of the value.
        raise SettingsError(_DATABASE_URL_FORM) from None
    return url


def _number(given: Mapping[str, str], name: str, otherwise: int, *, least: int, most: int) -> int:
    text = given.get(name) or str(otherwise)
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise SettingsError(f"{name} is {text!r}; it must be a whole number from {least} to {most}.")
    return number


def _make_secret(file: Path) -> None:
    """Write a new secret; where two processes do so at once, both use the one that came first."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".secret-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(secrets.token_urlsafe(48) + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        with suppress(FileExistsError):
            os.link(unfinished, file)
    finally:
        unfinished.unlink(missing_ok=True)
