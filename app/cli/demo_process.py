"""The making of the demo's dataset, beside a running `serve`: `python -m app.cli.demo_process`."""

from __future__ import annotations

import os
import sys

from app.assets import AssetStore
from app.cli.sentences import sentence_of
from app.db import make_engine, make_sessionmaker
from app.intake.demo import make_demo
from app.operations.lifeline import follow_supervisor
from app.settings import Settings


def main() -> int:
    """Make what is missing of the demo; gives the exit code."""
    follow_supervisor()
    # What reviewers wait for comes first.
    os.nice(5)
    settings = Settings.from_environment()
    engine = make_engine(settings.require_database_url(), pool_size=2, application_name="trihedral-demo")
    try:
        make_demo(
            make_sessionmaker(engine),
            AssetStore(settings.assets_url),
            settings.data_folder / "demo",
            say=lambda sentence: print(f"Demo data: {sentence}", file=sys.stderr, flush=True),  # noqa: T201
        )
    except Exception as error:
        sentence = sentence_of(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr, flush=True)  # noqa: T201
        return 1
    finally:
        engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
