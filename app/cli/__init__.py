"""The command `trihedral`; one module a group of commands, and one a process that `serve` starts."""

from __future__ import annotations


def main() -> None:
    """What the installed command calls. The processes that `serve` starts do not load the command line."""
    from app.cli.command import run

    run()
