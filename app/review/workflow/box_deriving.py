"""Texts whose answers changed with the boxes: new drafts, screened, sealed, and in the reviewer's hands at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from app.intake.queries.drafts import add_drafter, draft_sha256
from app.intake.queries.judged import REDERIVED, add_derived, run_of_derived
from app.intake.queries.packets import PACKET_SIZE
from app.intake.workflow.screening import screen_derived
from app.review.queries import box_handing
from app.review.queries.box_reviewing import Hand
from pipeline.programs.rederiving import Rederived
from pipeline.records import Draft, Drafter

DERIVER: Final = Drafter(name=REDERIVED, version="1")
"""What writes them: the program that came with the draft. The version changes with the rules for an answer."""


@dataclass(frozen=True)
class Deriving:
    """One box review's derivation."""

    session: Session
    reviewer: uuid.UUID
    hand: Hand
    box_review_id: int
    lease_s: float

    def derive(self, found: Iterable[tuple[Draft, Rederived]]) -> list[int]:
        """See that each changed answer is a draft in a packet that the reviewer holds, or has had; ids of these."""
        changed = {
            draft_sha256(DERIVER, draft): draft
            for draft in (_derived(draft, rederived) for draft, rederived in found if rederived.answer is not None)
        }
        if not changed:
            return []
        added = self._add(list(changed.values()))
        for first in range(0, len(added), PACKET_SIZE):
            members = added[first : first + PACKET_SIZE]
            box_handing.seal_derived(self.session, self.hand.packet_id, self.hand.slot, members)
        packet_ids = box_handing.packets_of(self.session, self.hand.scene_id, list(changed))
        box_handing.hand_out(self.session, self.reviewer, packet_ids, lease_s=self.lease_s)
        return packet_ids

    def _add(self, drafts: Sequence[Draft]) -> list[int]:
        """Store and screen those that are not there yet; ids of these."""
        session, hand = self.session, self.hand
        run_id = run_of_derived(session, hand.dataset_id)
        added = add_derived(
            session,
            hand.scene_id,
            drafts,
            drafter=DERIVER,
            drafter_id=add_drafter(session, DERIVER),
            run_id=run_id,
            box_review_id=self.box_review_id,
        )
        if added:
            screen_derived(session, hand.dataset_id, hand.scene_id, run_id, added)
        return added


def _derived(draft: Draft, found: Rederived) -> Draft:
    """The same question with the answer that the judged boxes give."""
    return replace(draft, answer=found.answer, box_ids=found.box_ids, origin="drafted")
