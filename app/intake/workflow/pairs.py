"""What is done about pairs that do not fit: a policy for the dataset, and an admin's decision on a scene."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy.orm import Session

from app import work
from app.db.errors import DomainError
from app.intake.queries import pairs
from app.intake.queries.pairs import PairFacts
from app.intake.workflow.running import require_dataset
from pipeline.vocabulary import PAIR_STATES

DECISIONS: Final[Mapping[str, str]] = {
    "use": "Use as it is",
    "use_shifted": "Use, moved by the measured offset",
    "without_optical": "Use the SAR image alone",
    "hold": "Hold back",
}
"""What an admin may decide, and the words for it, in the order in which they are offered."""
STATES: Final[Mapping[str, str]] = {
    "misregistered": "the two images do not fit",
    "unknown": "too little was alike to compare",
    "shifted": "off by a little, the same everywhere",
    "registered": "the two images fit",
}
"""Of scenes that have an optical partner, the most doubtful first, and what each state means."""


class PairStateError(DomainError):
    """A state that no pair can be in, or a decision that cannot be made of it."""

    code = "pair_state"


class NoSuchSceneError(DomainError):
    meaning = "not_found"
    code = "no_such_scene"


def decide_pair(session: Session, dataset: str, scene_id: int, decision: str, decided_by: uuid.UUID) -> None:
    """Decide on the pair of one scene; its drafts are sealed in the background where nothing else holds them back.

    Raises
    ------
    NoSuchSceneError
        If the dataset has no such scene.
    PairStateError
        If there is no such decision, or it needs an offset and none was measured.
    """
    facts = find_pair(session, dataset, scene_id)
    check_decision(decision)
    if decision == "use_shifted" and not facts.has_offset:
        raise PairStateError("No offset was measured for this pair, so there is nothing to move the optical image by.")
    pairs.add_decision(session, scene_id, decision, decided_by)
    if decision != "hold":
        _defer_sealing(session, facts.dataset_id)


def decide_pairs(
    session: Session, dataset: str, state: str, decision: str, decided_by: uuid.UUID, *, also_decided: bool = False
) -> int:
    """Decide on all pairs of the dataset that are in one state; returns on how many.

    Parameters
    ----------
    also_decided
        Whether scenes on which somebody decided before are decided on anew; otherwise that stands.

    Raises
    ------
    DatasetMissingError, PairStateError
    """
    facts = require_dataset(session, dataset)
    check_states([state])
    check_decision(decision)
    decided = pairs.decide_all(session, facts.dataset_id, state, decision, decided_by, also_decided=also_decided)
    if decided and decision != "hold":
        _defer_sealing(session, facts.dataset_id)
    return decided


def set_held_pairs(session: Session, dataset: str, states: Sequence[str]) -> None:
    """Hold back scenes whose pair is in one of these states, and no others, from now on; packets that exist stay.

    Raises
    ------
    DatasetMissingError, PairStateError
    """
    facts = require_dataset(session, dataset)
    check_states(states)
    held = [state for state in PAIR_STATES if state in states]
    if set(held) == set(pairs.held_pairs(session, facts.dataset_id)):
        return
    pairs.set_held_pairs(session, facts.dataset_id, held)
    _defer_sealing(session, facts.dataset_id)


def find_pair(session: Session, dataset: str, scene_id: int) -> PairFacts:
    """What is known of the scene's pair.

    Raises
    ------
    NoSuchSceneError
        If the dataset has no such scene.
    """
    facts = None if "\0" in dataset else pairs.pair_facts(session, dataset, scene_id)
    if facts is None:
        raise NoSuchSceneError(f"The dataset {dataset[:80]!r} has no scene {scene_id}.", scene_id=scene_id)
    return facts


def check_states(states: Sequence[str]) -> None:
    """Raise :class:`PairStateError` unless pairs can be in these states."""
    strange = sorted(set(states) - set(STATES))
    if strange:
        raise PairStateError(f"No pair is {strange[0][:80]!a}; pairs are {', '.join(STATES)}.")


def check_decision(decision: str) -> None:
    """Raise :class:`PairStateError` unless this can be decided."""
    if decision not in DECISIONS:
        raise PairStateError(f"There is no decision {decision[:80]!a}; there are {', '.join(DECISIONS)}.")


def _defer_sealing(session: Session, dataset_id: int) -> None:
    work.defer(session, "intake.seal_loose", lock=f"seal {dataset_id}", once=True, dataset_id=dataset_id)
