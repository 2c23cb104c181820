"""Background work of intake: a run that waits is carried out."""

from __future__ import annotations

from procrastinate import Blueprint, JobContext

from app.assets import AssetStore
from app.db import transaction
from app.intake.queries import runs
from app.intake.queries.runs import RunProgress
from app.intake.workflow.options import ImportOptions, OnProgress, Progress
from app.intake.workflow.running import run_row
from app.work import WorkRetry, resource, sessions_of, stop_check

jobs = Blueprint()


@jobs.task(name="carry_out_run", retry=WorkRetry(), pass_context=True)
def carry_out_run(context: JobContext, run_id: int) -> None:
    """Carry out the run, from where it broke off if it did; what is done is passed over, so twice is as once."""
    with transaction(sessions_of(context)) as session:
        run = runs.find_run(session, run_id)
    if run is None or run.state not in ("waiting", "running"):
        return
    check = stop_check(context)

    def on_progress(_progress: Progress) -> None:
        check()

    # Around the workflow's own, for what fails before its run has begun: a folder that has gone meanwhile.
    with run_row(sessions_of(context), run_id):
        _carry_out(context, run, on_progress)


def _carry_out(context: JobContext, run: RunProgress, on_progress: OnProgress) -> None:
    # Here, so that a process that only defers work does not load what the work needs.
    from app.intake.workflow.corpus import CorpusOptions, draft_corpus
    from app.intake.workflow.importing import import_dataset
    from app.intake.workflow.screening import screen_dataset

    sessions = sessions_of(context)
    if run.kind == "import":
        options = ImportOptions.from_json(run.parameters)
        import_dataset(sessions, resource(context, AssetStore), options, on_progress=on_progress, run_id=run.run_id)
    elif run.kind == "screen":
        screen_dataset(sessions, run.dataset, on_progress=on_progress, run_id=run.run_id)
    elif run.parameters.get("drafter") == "corpus":
        asked = CorpusOptions(run.dataset, run.parameters["per_scene"], run.parameters["seed"])
        draft_corpus(sessions, asked, on_progress=on_progress, run_id=run.run_id)
    else:
        raise LookupError(f"run {run.run_id} asks a model for captions, which is done by `trihedral draft` alone")


@jobs.task(name="seal_loose", retry=WorkRetry(), pass_context=True)
def seal_loose(context: JobContext, dataset_id: int) -> None:
    """Seal what is held back no longer, since an admin has decided on pairs or on the dataset's policy."""
    from app.intake.workflow.sealing import seal_packets

    seal_packets(sessions_of(context), dataset_id)
