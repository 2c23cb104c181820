"""A reviewer's submission, and the rules that it must meet before it is stored. No database in here."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from app.intake.workflow.storable import texts_in, unstorable
from app.review.errors import InvalidVerdictError, UnstorableTextError, WrongDraftsError
from app.review.queries.submitting import PacketContents, PacketDraft, columns_of
from pipeline.records import digest
from pipeline.vocabulary import FLAGS

LONGEST_PROGRESS: Final = 1_000_000
"""Characters of a progress as JSON: twelve drafts with both texts rewritten at full length fit."""
DEEPEST_PROGRESS: Final = 32
MARK_MARGIN_PX: Final = 2.0
"""So far outside the scene a mark may lie: a tap on its very edge is still one on the scene."""
VERDICT_OF_ORIGIN: Final[Mapping[str, str]] = {"accept_all": "accept", "fix": "revise"}
"""What a verdict must be that came about in this way."""


@dataclass(frozen=True, slots=True)
class FlaggedSpan:
    """Words of a draft that a flag is about: half-open, in code points of the stored text."""

    flag: str
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class GivenVerdict:
    """What the reviewer says of one draft."""

    draft_id: int
    verdict: str
    revised_text: str | None = None
    revised_answer: str | None = None
    flags: tuple[str, ...] = ()
    spans: tuple[FlaggedSpan, ...] = ()
    support: str = "sar"
    origin: str = "single"
    marks: tuple[tuple[float, float], ...] = ()
    """What was tapped to count: (x, y) in pixels of the scene."""
    view: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return columns_of(self) | {"spans": [columns_of(span) for span in self.spans]}


@dataclass(frozen=True, slots=True)
class Submission:
    """One pass over a packet, as it was sent."""

    submission_id: uuid.UUID
    assignment_id: uuid.UUID
    packet_id: int
    scene_verdict: str
    unusable_reason: str | None
    verdicts: tuple[GivenVerdict, ...]

    @property
    def body_sha256(self) -> str:
        """Of what was said. Not of how it was sent: a retry may ask for another next packet."""
        said = [verdict.as_json() for verdict in sorted(self.verdicts, key=lambda verdict: verdict.draft_id)]
        return digest([str(self.assignment_id), self.packet_id, self.scene_verdict, self.unusable_reason, said])


def check_texts(value: Any) -> None:
    """Refuse what PostgreSQL cannot store, or what is no text.

    Raises
    ------
    UnstorableTextError
        At the first text with NUL, a lone surrogate, or more than 20,000 characters.
    """
    for found in texts_in(value):
        reason = unstorable(found)
        if reason:
            raise UnstorableTextError(f"The text {found[:40]!a} was not stored: {reason}.")


def check_progress(body: Mapping[str, Any]) -> None:
    """Refuse a progress that cannot be stored.

    Raises
    ------
    UnstorableTextError
        If a text in it cannot be stored, it has a number that is none, is larger than 1,000,000 characters, or is
        nested more than 32 deep.
    """
    if _is_deeper(body, DEEPEST_PROGRESS):
        raise UnstorableTextError(f"The progress is nested more than {DEEPEST_PROGRESS} deep; it was not saved.")
    check_texts(body)
    try:
        size = len(json.dumps(body, allow_nan=False, ensure_ascii=False))
    except ValueError as error:
        raise UnstorableTextError("The progress has a number that is not finite; mend it and save again.") from error
    if size > LONGEST_PROGRESS:
        raise UnstorableTextError(f"The progress has {size:,} characters; at most {LONGEST_PROGRESS:,} are kept.")


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(one, levels - 1) for one in inner)


def check(submission: Submission, packet: PacketContents) -> tuple[GivenVerdict, ...]:
    """The verdicts in the packet's order, as they are to be stored: flags of spans among the flags, in one order.

    Raises
    ------
    WrongDraftsError
        If they are not for exactly the packet's drafts. Of an unusable scene some or all may be missing.
    InvalidVerdictError, UnstorableTextError
        If one of them cannot be stored as it is.
    """
    return check_verdicts(submission.verdicts, packet, may_miss=submission.scene_verdict == "unusable")


def check_verdicts(
    verdicts: Sequence[GivenVerdict], packet: PacketContents, *, may_miss: bool = False
) -> tuple[GivenVerdict, ...]:
    """As :func:`check`, of verdicts alone."""
    check_texts([[verdict.revised_text, verdict.revised_answer, dict(verdict.view)] for verdict in verdicts])
    _check_drafts(verdicts, packet.drafts, may_miss=may_miss)
    given = {verdict.draft_id: verdict for verdict in verdicts}
    return tuple(_checked(given[draft.draft_id], draft, packet) for draft in packet.drafts if draft.draft_id in given)


def _check_drafts(verdicts: Sequence[GivenVerdict], drafts: Sequence[PacketDraft], *, may_miss: bool) -> None:
    wanted = {draft.draft_id for draft in drafts}
    given = [verdict.draft_id for verdict in verdicts]
    missing = [] if may_miss else sorted(wanted.difference(given))
    foreign = sorted(set(given) - wanted)
    twice = sorted({draft_id for draft_id in given if given.count(draft_id) > 1})
    faults = {"missing": missing, "foreign": foreign, "twice": twice}
    if any(faults.values()):
        said = "; ".join(f"{name}: {', '.join(map(str, ids))}" for name, ids in faults.items() if ids)
        raise WrongDraftsError(f"A review has one verdict for each draft of its packet ({said}).", **faults)


def _checked(given: GivenVerdict, draft: PacketDraft, packet: PacketContents) -> GivenVerdict:
    _check_origin(given, draft, packet)
    _check_marks(given, draft, packet)
    for span in given.spans:
        _check_span(span, draft)
    flags = {*given.flags, *(span.flag for span in given.spans)}
    return replace(_check_revision(given, draft), flags=tuple(flag for flag in FLAGS if flag in flags))


def _check_origin(given: GivenVerdict, draft: PacketDraft, packet: PacketContents) -> None:
    wanted = VERDICT_OF_ORIGIN.get(given.origin, given.verdict)
    if given.verdict != wanted:
        raise _invalid(draft, f"it says {given.verdict}, but what comes about by {given.origin} says {wanted}")
    if given.origin == "box_set" and not packet.boxes_first:
        raise _invalid(draft, "it is said to follow from judged boxes, which this packet does not ask for")


def _check_marks(given: GivenVerdict, draft: PacketDraft, packet: PacketContents) -> None:
    low = -MARK_MARGIN_PX
    for x, y in given.marks:
        if not (low <= x <= packet.cols - low and low <= y <= packet.rows - low):
            size = f"{packet.cols} × {packet.rows}"
            raise _invalid(draft, f"its mark at ({x:g}, {y:g}) lies outside the scene of {size} pixels")


def _check_span(span: FlaggedSpan, draft: PacketDraft) -> None:
    fields = (
        {"question": draft.text, "answer": draft.answer or ""} if draft.kind == "question" else {"text": draft.text}
    )
    text = fields.get(span.field)
    if text is None:
        raise _invalid(
            draft, f"a {draft.kind.replace('_', ' ')} has no field {span.field}; it has {' and '.join(fields)}"
        )
    if not 0 <= span.start < span.end <= len(text):
        raise _invalid(
            draft,
            f"the words {span.start} to {span.end} of its {span.field} do not exist: it has {len(text)} characters",
        )


def _check_revision(given: GivenVerdict, draft: PacketDraft) -> GivenVerdict:
    """A revision with all its texts; what is not rewritten stays as drafted."""
    if given.verdict != "revise":
        if given.revised_text is not None or given.revised_answer is not None:
            raise _invalid(
                draft, f"it comes with a new text but says {given.verdict}; say revise, or leave the text out"
            )
        return given
    if draft.kind != "question" and given.revised_answer is not None:
        raise _invalid(draft, "a caption has no answer to revise")
    text = draft.text if given.revised_text is None else given.revised_text
    answer = draft.answer if given.revised_answer is None else given.revised_answer
    if not text.strip() or (answer is not None and not answer.strip()):
        raise _invalid(draft, "the revised text is empty; write it, or reject the draft")
    if (_spaced(text), _spaced(answer)) == (_spaced(draft.text), _spaced(draft.answer)):
        raise _invalid(draft, "the revised text is the draft's own; accept it, or change it")
    return replace(given, revised_text=text, revised_answer=answer)


def _spaced(text: str | None) -> str:
    return " ".join((text or "").split())


def _invalid(draft: PacketDraft, what: str) -> InvalidVerdictError:
    return InvalidVerdictError(f"Draft {draft.draft_id} was not stored: {what}.", draft_id=draft.draft_id)
