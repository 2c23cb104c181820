"""What leads ask of scenes and drafts, read from a page's address, and written into one again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Annotated, Final

from fastapi import Depends, Query

from app.db.errors import DomainError
from app.review.pages.titles import STATES
from app.review.queries.draft_lists import DraftFilter
from app.review.queries.scene_lists import SceneFilter
from app.web.guard import CurrentViewer
from app.web.policy import REVIEWERS
from app.web.viewer import Viewer
from pipeline.vocabulary import FLAGS, KINDS, ORIGINS, PAIR_STATES, QUESTION_TYPES, SEVERITIES, SPLITS

Word = Annotated[str, Query(max_length=200)]
Words = Annotated[str, Query(max_length=300)]

BOXES: Final[Mapping[str, str]] = {"with": "with boxes", "without": "without boxes"}
WORK: Final[Mapping[str, str]] = {
    "open": "a packet is open",
    "unusable": "found unusable",
    "none": "in no packet",
}
PAIRS: Final[Mapping[str, str]] = {**{state: state for state in PAIR_STATES}, "none": "no optical image"}
FIELDS: Final[Mapping[str, str]] = {"words": "search", "name": "search", "drafter_id": "drafter", "scene_id": "scene"}
"""What is called otherwise in an address."""


class NoSuchChoiceError(DomainError):
    """A filter is set to what there is not."""

    code = "no_such_choice"


def may_judge(viewer: Viewer) -> bool:
    """Whether the texts may still come to this reader in a packet: one that hides what was found in them, or before
    others are through with them."""
    return bool(viewer.roles & REVIEWERS)


def work_choices(viewer: Viewer) -> dict[str, str]:
    """States of the work; what others said of a scene is none for who may still judge it."""
    return {state: title for state, title in WORK.items() if state != "unusable" or not may_judge(viewer)}


def asked_of_scenes(
    viewer: CurrentViewer,
    split: Word = "",
    pair_state: Word = "",
    boxes: Word = "",
    category: Word = "",
    work: Word = "",
    search: Words = "",
) -> SceneFilter:
    return SceneFilter(
        split=_chosen("split", split, SPLITS),
        pair_state=_chosen("state of a pair", pair_state, PAIR_STATES),
        boxes=_chosen("choice of boxes", boxes, BOXES),
        category=_typed(category),
        work=_chosen("state of the work", work, work_choices(viewer)),
        name=_typed(search),
    )


def asked_of_drafts(
    viewer: CurrentViewer,
    kind: Word = "",
    question_type: Word = "",
    drafter: Word = "",
    origin: Word = "",
    scene: Word = "",
    rule: Word = "",
    severity: Word = "",
    flag: Word = "",
    state: Word = "",
    search: Words = "",
) -> DraftFilter:
    is_judge = may_judge(viewer)
    return DraftFilter(
        kind=_chosen("kind", kind, KINDS),
        question_type=_chosen("question type", question_type, QUESTION_TYPES),
        drafter_id=_number("drafter", drafter),
        origin=_chosen("origin", origin, ORIGINS),
        scene_id=_number("scene", scene),
        rule="" if is_judge else _typed(rule),
        severity="" if is_judge else _chosen("severity", severity, SEVERITIES),
        flag=_chosen("flag", flag, FLAGS),
        state=_chosen("state of a draft", state, STATES),
        words=_typed(search),
        only_decided=is_judge and bool(flag),
    )


AskedScenes = Annotated[SceneFilter, Depends(asked_of_scenes)]
AskedDrafts = Annotated[DraftFilter, Depends(asked_of_drafts)]


def query_of(asked: SceneFilter | DraftFilter) -> dict[str, object]:
    """What is asked, as the fields of an address; nothing else."""
    given = asdict(asked)
    given.pop("only_decided", None)
    return {FIELDS.get(name, name): value for name, value in given.items() if value}


def _chosen(what: str, given: str, choices: Iterable[str]) -> str:
    """One of the choices, or empty.

    Raises
    ------
    NoSuchChoiceError
    """
    listed = tuple(choices)
    if given and given not in listed:
        raise NoSuchChoiceError(f"There is no {what} {given[:40]!a}: choose from {', '.join(listed)}.")
    return given


def _number(what: str, given: str) -> int | None:
    """An id, or None where nothing is asked.

    Raises
    ------
    NoSuchChoiceError
    """
    if not given:
        return None
    if not given.isascii() or not given.isdecimal() or int(given) >= 2**63:
        raise NoSuchChoiceError(f"There is no {what} {given[:40]!a}: choose one from the list.")
    return int(given)


def _typed(given: str) -> str:
    """What somebody typed, without what no text in the database has."""
    return given.replace("\0", "").strip()
