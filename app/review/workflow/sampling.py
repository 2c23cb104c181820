"""Taking over the rest of a sampled stratum, once its sample is read."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import ClassVar, Final

from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.db.errors import DomainError, Meaning
from app.intake.queries import runs
from app.intake.queries.policies import Decision, lock_dataset, policies_in_force
from app.intake.workflow.running import require_dataset, run_row
from app.review.queries import change_runs, sampling
from app.review.queries.sampling import SampleCount
from app.review.workflow.policies import Check
from app.review.workflow.strata import keep_if_large
from app.work import defer
from pipeline.scoring.intervals import Interval, clustered

CHUNK_SCENES: Final = 500


class SampleError(DomainError):
    """The rest of a stratum cannot be taken over, or not yet."""

    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "sample"


def interval_of(count: SampleCount) -> Interval | None:
    """The 95 % interval of the share of wrong texts, with the scene as the unit; None where nothing was read."""
    return clustered(count.clustered) if count.read else None


def why_not(count: SampleCount) -> str:
    """Why the rest cannot be taken over (yet), as a sentence that says what to do; empty where it can."""
    if count.unscreened:
        return f"{_texts(count.unscreened)} not screened: screen the dataset first."
    if not count.drawn:
        return "No text was drawn, so nothing is known of the rest: set a larger share."
    if count.unsealed:
        return (
            f"{_texts(count.unsealed)} drawn but in no packet: a pair of a scene is held back, or sealing is under way."
        )
    if count.disputed:
        drawn = "text" if count.disputed == 1 else "texts"
        return f"Reviews of {count.disputed:,} drawn {drawn} differ: adjudicate first."
    if count.read < count.drawn:
        return f"{count.drawn - count.read:,} of {count.drawn:,} drawn texts are still to be reviewed."
    if not count.to_take:
        return "There is no text left to take over."
    return ""


def _texts(number: int) -> str:
    return "1 text is" if number == 1 else f"{number:,} texts are"


def find_sampled(session: Session, dataset_id: int, review_policy_id: int) -> Decision:
    """The policy in force of this number, which is one of a sample.

    Raises
    ------
    SampleError
        If there is none.
    """
    for each in policies_in_force(session, dataset_id):
        if each.review_policy_id == review_policy_id and each.policy.is_sampled:
            return each
    raise SampleError("This stratum is not sampled any more: its policy was changed. Look at the page of the policy.")


def begin_take_over(
    session: Session,
    dataset: str,
    review_policy_id: int,
    decided_by: uuid.UUID | str,
    *,
    in_background: bool = True,
) -> int:
    """Decide that the rest is taken over on what its sample says, and begin the run that does it; gives the run.

    Without ``in_background`` the caller carries it out: see :func:`take_over`.

    Raises
    ------
    DatasetMissingError
        If there is no such dataset.
    SampleError
        If the sample is not complete, a text of the stratum is not screened, or a rest is being taken over.
    """
    dataset_id = require_dataset(session, dataset).dataset_id
    # Two admins at once: the second one counts again, and waits for the run of the first.
    lock_dataset(session, dataset_id)
    find_sampled(session, dataset_id, review_policy_id)
    count = sampling.count_samples(session, dataset_id).get(review_policy_id, sampling.NOTHING)
    interval, reason = interval_of(count), why_not(count)
    if reason or interval is None:
        raise SampleError(f"Nothing was taken over. {reason}")
    newest = change_runs.newest_run(session, dataset_id)
    if newest is not None and newest.is_open and newest.kind == "sample":
        raise SampleError(
            f"The rest of a sample is being taken over just now, in run {newest.run_id}: wait for its end."
        )
    result = sampling.add_result(session, review_policy_id, count, interval, decided_by)
    parameters = {"sample_result_id": result, "texts": count.to_take}
    run_id = runs.add_run(session, dataset_id, "sample", parameters)
    if in_background:
        defer(session, "review.take_over", lock=f"policy {dataset_id}", run_id=run_id)
    return run_id


def take_over(sessions: SessionMaker, run_id: int, check: Check = lambda: None) -> Counter[str]:
    """Give each text of the rest its outcome: verified as drafted, on the sample.

    Left out is what screening says is wrong, what lies in a scene that a reviewer found unusable, and what was drafted
    since. Broken off, it goes on where it ended; done twice, it is as if done once.
    """
    with transaction(sessions) as session:
        run = change_runs.take_up(session, run_id)
    if run is None:
        return Counter()
    counts, after = Counter(run.counts), run.after
    total, result = int(run.parameters["texts"]), int(run.parameters["sample_result_id"])
    with run_row(sessions, run_id):
        while True:
            with transaction(sessions) as session:
                scene_ids = sampling.scenes_after(session, run.dataset_id, after, CHUNK_SCENES)
                if not scene_ids:
                    keep_if_large(session, run.dataset_id)
                    return counts
                counts["taken_over"] += sampling.take_over(session, run.dataset_id, result, scene_ids)
                after, done = scene_ids[-1], counts["taken_over"]
                change_runs.advance(session, run_id, after=after, done=done, total=total, counts=counts)
            check()
