"""The listening socket that all web processes share."""

from __future__ import annotations

import errno
import socket
from typing import ClassVar

from app.db.errors import DomainError, Meaning

BACKLOG = 1024


class ServeError(DomainError):
    """`serve` cannot do its work; the message is one sentence that says what to do."""

    meaning: ClassVar[Meaning] = "unavailable"
    code: ClassVar[str] = "serve_failed"


def listen(host: str, port: int) -> socket.socket:
    """Open the port; with port 0 the system chooses one.

    Raises
    ------
    ServeError
        If it is used by another program, or not allowed, or the host is none of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        opened = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ServeError(f"The host {host} is no address of this machine: choose another with --host.") from error
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(BACKLOG)
    except OSError as error:
        opened.close()
        raise ServeError(_why_not(error, host, port)) from error
    return opened


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is in use by another program: stop that one, or choose another port with --port"
            " or TRIHEDRAL_PORT."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} may not be opened by this user: choose one from 1024 up with --port or TRIHEDRAL_PORT."
    return f"The host {host} is no address of this machine: choose another with --host."


def address_of(opened: socket.socket) -> str:
    """The address that a browser on this machine uses."""
    host, port = opened.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
