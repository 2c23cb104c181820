"""One web process of `serve`: `python -m app.cli.web_process DESCRIPTOR` of the listening socket."""

from __future__ import annotations

import socket
import sys

import uvicorn

from app.main import create_app
from app.operations.lifeline import follow_supervisor
from app.operations.logs import to_terminal

GRACEFUL_S = 8
"""How long requests may still be answered after SIGTERM; less than the supervisor's patience."""


def main() -> None:
    """Answer requests on the shared socket until SIGTERM, or until the supervisor has gone."""
    follow_supervisor()
    to_terminal("web")
    listening = socket.socket(fileno=int(sys.argv[1]))
    config = uvicorn.Config(
        create_app,
        factory=True,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACEFUL_S,
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
