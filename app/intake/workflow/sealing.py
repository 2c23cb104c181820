"""Sealing packets once screening has seen all drafts of a scene."""

from __future__ import annotations

from collections import Counter
from typing import Final

from app import work
from app.db import SessionMaker, transaction
from app.intake.queries import packets

CHUNK_SCENES: Final = 500


def seal_packets(sessions: SessionMaker, dataset_id: int) -> Counter[str]:
    """Group screened drafts that are in no packet into packets of their scene, and open the slots of each.

    Scenes whose pair is held back keep their drafts loose until an admin has decided: see :mod:`.pairs`.
    Done twice, or by several at once, it is as if done once. Returns ``packets``, ``drafts`` and ``slots`` that were
    made.
    """
    made: Counter[str] = Counter()
    after = 0
    while True:
        with transaction(sessions) as session:
            scene_ids = packets.loose_scenes(session, dataset_id, after=after, limit=CHUNK_SCENES)
            if not scene_ids:
                break
            sealed = packets.seal_scenes(session, scene_ids)
        made.update(packets=sealed.packets, drafts=sealed.drafts, slots=sealed.slots)
        after = scene_ids[-1]
    if made["packets"]:
        with transaction(sessions) as session:
            work.defer(session, "review.order_new_packets", once=True, dataset_id=dataset_id)
    return made
