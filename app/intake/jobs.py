"""Background work of intake: imports chunk by chunk, and runs of other kinds as one job each."""

from __future__ import annotations

from procrastinate import Blueprint, JobContext

from app.assets import AssetStore
from app.db import transaction
from app.intake.queries import runs
from app.intake.queries.runs import RunProgress
from app.intake.workflow.options import OnProgress, Progress
from app.intake.workflow.planning import CHUNK, FINISH, PLAN, QUEUE
from app.intake.workflow.running import run_row
from app.work import WorkRetry, resource, sessions_of, stop_check

jobs = Blueprint()

# The workflows that need images are imported where they are used, so that a process that only defers work does not
# load what the work needs.


@jobs.task(name="plan_import", queue=QUEUE, retry=WorkRetry(), pass_context=True)
def plan_import(context: JobContext, run_id: int) -> None:
    """Read an import's source and defer its chunks."""
    from app.intake.workflow import importing, planning

    sessions, store = sessions_of(context), resource(context, AssetStore)
    importing.carried_out(
        sessions, PLAN, run_id, lambda: planning.plan_import(sessions, store, run_id, stop_check(context))
    )


@jobs.task(name="import_chunk", queue=QUEUE, retry=WorkRetry(), pass_context=True)
def import_chunk(context: JobContext, run_id: int, chunk: int) -> None:
    """Do one chunk of an import."""
    from app.intake.workflow import chunks, importing
    from app.intake.workflow.decoders import Decoders

    sessions, store, decoders = sessions_of(context), resource(context, AssetStore), resource(context, Decoders)
    check = stop_check(context)

    def do() -> None:
        chunks.import_chunk(sessions, store, decoders, run_id, chunk, check)

    importing.carried_out(sessions, CHUNK, run_id, do, chunk)


@jobs.task(name="finish_import", queue=QUEUE, retry=WorkRetry(), pass_context=True)
def finish_import(context: JobContext, run_id: int) -> None:
    """End an import."""
    from app.intake.workflow import importing

    sessions, check = sessions_of(context), stop_check(context)
    importing.carried_out(sessions, FINISH, run_id, lambda: importing.finish_import(sessions, run_id, check))


@jobs.task(name="carry_out_run", retry=WorkRetry(), pass_context=True)
def carry_out_run(context: JobContext, run_id: int) -> None:
    """Carry out the run, from where it broke off if it did; what is done is passed over, so twice is as once."""
    with transaction(sessions_of(context)) as session:
        run = runs.find_run(session, run_id)
    if run is None or not run.is_open:
        return
    check = stop_check(context)

    def on_progress(_progress: Progress) -> None:
        check()

    # Around the workflow's own, for what fails before its run has begun.
    with run_row(sessions_of(context), run_id):
        _carry_out(context, run, on_progress)


def _carry_out(context: JobContext, run: RunProgress, on_progress: OnProgress) -> None:
    from app.intake.workflow.corpus import CorpusOptions, draft_corpus
    from app.intake.workflow.screening import screen_dataset

    sessions = sessions_of(context)
    if run.kind == "screen":
        screen_dataset(sessions, run.dataset, on_progress=on_progress, run_id=run.run_id)
    elif run.parameters.get("drafter") == "corpus":
        asked = CorpusOptions.from_json(run.dataset, run.parameters)
        draft_corpus(sessions, asked, on_progress=on_progress, run_id=run.run_id)
    else:
        raise LookupError(f"run {run.run_id} is a {run.kind} that this job does not carry out")


@jobs.task(name="seal_loose", retry=WorkRetry(), pass_context=True)
def seal_loose(context: JobContext, dataset_id: int) -> None:
    """Seal what is held back no longer, since an admin has decided on pairs or on the dataset's policy."""
    from app.intake.workflow.sealing import seal_packets

    seal_packets(sessions_of(context), dataset_id)
