"""`trihedral serve`, `demo` and `worker`."""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.operations.supervisor import ServeConfig
    from app.settings import Settings

ROOT = Path(__file__).parent.parent.parent

Host = Annotated[str | None, typer.Option(help="Where to listen. Default: TRIHEDRAL_HOST, else 127.0.0.1.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Default: TRIHEDRAL_PORT, else 8350.")]
Web = Annotated[int | None, typer.Option(min=1, max=64, help="Web processes. Default: TRIHEDRAL_WEB, else 2.")]
Workers = Annotated[int, typer.Option(min=0, max=64, help="Worker processes; 0 where they run elsewhere.")]
Reload = Annotated[bool, typer.Option("--reload", help="Start the web processes again when a source file changes.")]

WithParent = Annotated[bool, typer.Option("--end-with-parent", hidden=True)]


def serve(
    host: Host = None,
    port: Port = None,
    web: Web = None,
    workers: Workers = 1,
    reload: Reload = False,
    end_with_parent: WithParent = False,
) -> None:
    """Run the database, the web and the work until Ctrl-C."""
    from app.cli.opening import say
    from app.operations import supervisor

    settings = _settings(host, port, web)
    config = dataclasses.replace(_config(settings, workers, reload), ends_with_parent=end_with_parent)
    supervisor.serve(config, say)


def demo(
    host: Host = None,
    port: Port = None,
    web: Web = None,
    reload: Reload = False,
    end_with_parent: WithParent = False,
) -> None:
    """Like serve, with people to log in as and simulated scenes to review."""
    from app.cli.demo import log_ins, prepare
    from app.cli.opening import say
    from app.operations import supervisor

    settings = _settings(host, port, web)
    config = dataclasses.replace(
        _config(settings, 1, reload),
        ends_with_parent=end_with_parent,
        prepare=lambda url: prepare(url, settings.data_folder),
        greeting=lambda: log_ins(settings.data_folder),
    )
    supervisor.serve(config, say)


def worker() -> None:
    """Work off what waits in the background, until Ctrl-C; any number may run, on any number of hosts."""
    from app.cli.opening import database_url
    from app.cli.worker_process import work
    from app.settings import Settings

    settings = Settings.from_environment()
    os.environ.setdefault("NUMBA_CACHE_DIR", settings.environment()["NUMBA_CACHE_DIR"])
    with database_url(settings) as url:
        work(dataclasses.replace(settings, database_url=url))


def _settings(host: str | None, port: int | None, web: int | None) -> Settings:
    from app.settings import Settings

    flags = {"TRIHEDRAL_HOST": host, "TRIHEDRAL_PORT": port, "TRIHEDRAL_WEB": web}
    given = {name: str(value) for name, value in flags.items() if value is not None}
    return Settings.from_environment(os.environ | given)


def _config(settings: Settings, workers: int, reload: bool) -> ServeConfig:
    from app.operations import browser_code
    from app.operations.supervisor import ServeConfig

    browser_code.require()
    return ServeConfig(
        data_folder=settings.data_folder,
        database_url=settings.database_url,
        host=settings.host,
        port=settings.port,
        web_processes=settings.web_processes,
        worker_processes=workers,
        web_command=(sys.executable, "-m", "app.cli.web_process"),
        worker_command=(sys.executable, "-m", "app.cli.worker_process"),
        environment=os.environ | settings.environment(),
        reload_folders=tuple(ROOT / name for name in ("app", "pipeline", "templates", "static")) if reload else (),
    )
