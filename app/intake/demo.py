"""The demo: simulated scenes, imported, drafted, screened and packed like any others."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.db import SessionMaker, transaction
from app.intake.queries import datasets, runs

if TYPE_CHECKING:
    from app.assets import AssetStore

DATASET: Final = "demo"
QUESTIONS_A_SCENE: Final = 10
"""With its two captions a scene's drafts then fill one packet."""

Say = Callable[[str], None]


def say_nothing(_sentence: str) -> None: ...


def make_demo(sessions: SessionMaker, store: AssetStore, folder: Path, *, say: Say = say_nothing) -> None:
    """See that the demo's dataset is there, ready to be reviewed; what is there already is left as it is.

    May be broken off at any point: the next call goes on. ``folder`` keeps the simulated files.
    """
    if is_made(sessions):
        return
    # Here, so that a start which only asks whether the demo is made does not load what makes it.
    from app.intake.imports import import_dataset
    from app.intake.workflow.corpus import CorpusOptions, draft_corpus
    from app.intake.workflow.drafting import DraftingOptions, draft_scenes
    from app.intake.workflow.options import ImportOptions
    from app.intake.workflow.screening import screen_dataset
    from pipeline.drafting.captions import CAPTION_KINDS
    from pipeline.drafting.drafters.replay import ReplayDrafter
    from pipeline.drafting.drafting import Assignment

    say("simulating scenes")
    source = simulated(folder)
    say("importing them")
    import_dataset(sessions, store, ImportOptions(name=DATASET, source="paired", path=source, reviews=1))
    say("drafting questions and captions")
    draft_corpus(sessions, CorpusOptions(DATASET, per_scene=QUESTIONS_A_SCENE))
    drafter = ReplayDrafter(Assignment(kinds=CAPTION_KINDS, replay=source / "replay"))
    draft_scenes(sessions, store, DraftingOptions(DATASET, "replay", drafter))
    say("screening them")
    screen_dataset(sessions, DATASET)


def is_made(sessions: SessionMaker) -> bool:
    """Whether the last step was done: the demo's drafts are screened and packed."""
    with transaction(sessions) as session:
        found = datasets.find_dataset(session, DATASET)
        listed = [] if found is None else runs.list_runs(session, found.dataset_id)
    return any(run.kind == "screen" and run.state == "done" for run in listed)


def simulated(folder: Path) -> Path:
    """The folder with the simulated files; whole, since it gets its name when all of them are written."""
    whole = folder / "scenes"
    if not whole.is_dir():
        # Here, since it loads rasterio and scipy, which nothing else of a demo that is made needs.
        from pipeline.simulation.writing import write_demo

        unfinished = folder / "scenes.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        write_demo(unfinished)
        unfinished.rename(whole)
    return whole
