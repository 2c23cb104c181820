"""Setting how much is reviewed, and bringing what is sealed already to it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.intake.queries import runs
from app.intake.queries.datasets import dataset_overview, get_dataset
from app.intake.queries.policies import Policy
from app.intake.workflow.policies import checked_policy, decide_policy
from app.intake.workflow.running import require_dataset, run_row
from app.intake.workflow.sealing import seal_packets
from app.review.queries import change_runs, policy_slots
from app.review.workflow.strata import keep_if_large
from app.work import defer

CHUNK_PACKETS: Final = 500
NAMES: Final = {"slots_added": "added", "slots_removed": "removed", "packets_moved": "moved"}
"""What a run's counts are called, and where they come from."""

Check = Callable[[], None]
"""Called between two chunks; may raise to stop."""


def set_policy(
    session: Session, name: str, policy: Policy, decided_by: uuid.UUID | str, *, in_background: bool = True
) -> int | None:
    """Decide on it, and begin the run that brings what is sealed to it; None where it holds already.

    Without ``in_background`` the caller carries the run out: see :func:`apply_policy`.

    Raises
    ------
    DatasetMissingError
        If there is no such dataset.
    PolicyError
        If the policy is not possible.
    """
    dataset_id = require_dataset(session, name).dataset_id
    if not decide_policy(session, dataset_id, checked_policy(session, policy), decided_by):
        return None
    waiting = change_runs.waiting_run(session, dataset_id, "policy") if in_background else None
    run_id = waiting or runs.add_run(session, dataset_id, "policy", {})
    if in_background:
        defer(session, "review.apply_policy", lock=f"policy {dataset_id}", once=True, run_id=run_id)
    return run_id


def apply_policy(sessions: SessionMaker, run_id: int, check: Check = lambda: None) -> Counter[str]:
    """Seal what is to be read now, and give each packet that nobody was ever handed the slots that hold for its texts.

    What was begun stays as it was. Broken off, it goes on where it ended; done twice, it is as if done once. Returns
    ``packets`` that were sealed, ``slots_added``, ``slots_removed`` and ``packets_moved`` to another pool.
    """
    with transaction(sessions) as session:
        run = change_runs.take_up(session, run_id)
    if run is None:
        return Counter()
    counts = Counter(run.counts)
    with run_row(sessions, run_id):
        counts["packets"] += seal_packets(sessions, run.dataset_id)["packets"]
        changing = _Changing(sessions, run_id, run.dataset_id, counts, run.after, run.done)
        while changing.change_chunk():
            check()
        with transaction(sessions) as session:
            policy_slots.forget_ends(session, run.dataset_id)
            keep_if_large(session, run.dataset_id)
    return counts


@dataclass
class _Changing:
    """How far a run is with the packets of its dataset."""

    sessions: SessionMaker
    run_id: int
    dataset_id: int
    counts: Counter[str]
    after: int
    done: int

    def change_chunk(self) -> bool:
        """Change the next packets in one transaction; False once there are none."""
        with transaction(self.sessions) as session:
            packet_ids = policy_slots.packets_after(session, self.dataset_id, self.after, CHUNK_PACKETS)
            wanted = policy_slots.find_changed(session, self.dataset_id, packet_ids)
            if wanted:
                changed = asdict(policy_slots.change_slots(session, wanted))
                self.counts.update({name: changed[key] for name, key in NAMES.items()})
            self.after = packet_ids[-1] if packet_ids else self.after
            self.done += len(packet_ids)
            overview = dataset_overview(session, get_dataset(session, self.dataset_id).name)
            total = overview.packets if overview and packet_ids else self.done
            change_runs.advance(session, self.run_id, after=self.after, done=self.done, total=total, counts=self.counts)
        return bool(packet_ids)
