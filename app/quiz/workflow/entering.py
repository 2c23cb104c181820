"""Into a quiz: from an invitation over consent to a participant, and back in by one's own link.

A participant's token has 256 bits and lies in their browser's cookie and in their own link; the database has its
SHA-256. It is derived from what the consent form carries, so that a form that is sent twice (a double click, a lost
connection, the way back) leads to the participant that it made, and never to a second one.
"""

from __future__ import annotations

import random
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy.orm import Session

from app.db.errors import DomainError, Meaning
from app.intake.workflow.storable import unstorable
from app.quiz.errors import InvitationRefusedError
from app.quiz.queries import invitations, questions, taking
from app.quiz.queries.invitations import InvitationRow
from app.quiz.queries.quizzes import QuizRow
from app.quiz.queries.taking import Askable, TakerRow
from app.quiz.workflow.assigning import assign
from app.quiz.workflow.declaring import declared, unknown
from app.quiz.workflow.inviting import invited, token_hash, use_invitation
from app.web.signing import keyed

TOKEN_FORM: Final = re.compile(r"[A-Za-z0-9_-]{43}")
LONGEST_TOLD: Final = 200
LONGEST_KNOWN: Final = 5_000


class ConsentError(DomainError):
    """The form of consent cannot be taken as it is filled in."""

    code: ClassVar[str] = "consent_incomplete"


class NothingToAskError(DomainError):
    """All ground of the quiz is known to who would take it."""

    meaning: ClassVar[Meaning] = "conflict"
    code: ClassVar[str] = "nothing_to_ask"


class NotTakingError(DomainError):
    """This browser takes no quiz."""

    meaning: ClassVar[Meaning] = "gone"
    code: ClassVar[str] = "not_taking"


@dataclass(frozen=True, slots=True)
class Consent:
    """The form of consent as it was sent."""

    form_id: str
    """What the page put into it; the same for a form that is sent again."""
    agrees: bool
    told: Sequence[str] = ()
    """One for each of ``quiz.asks``."""
    knows: str = ""


def new_form_id() -> str:
    """For one showing of the form."""
    return secrets.token_urlsafe(32)


def enter(session: Session, secret: bytes, token: str, consent: Consent) -> str:
    """Let somebody in who consents; gives the token of their own. The same form again gives the same token.

    Raises
    ------
    InvitationRefusedError
        If the invitation lets nobody in, or not any more.
    ConsentError
        If they do not agree, or what they wrote cannot be kept.
    NothingToAskError
        If they know all of its ground; the invitation is not used up by that.
    """
    own = keyed(secret, "quiz participant", consent.form_id, token)
    if TOKEN_FORM.fullmatch(consent.form_id) is None:
        raise ConsentError("This form is not whole. Reload the page and fill it in once more.")
    if taking.find_taker(session, token_hash(own)) is not None:
        return own
    try:
        invitation, quiz = invited(session, token)
    except InvitationRefusedError:
        # Used up just now, by this very form in another request?
        if taking.find_taker(session, token_hash(own)) is not None:
            return own
        raise
    told = _checked(quiz, consent)
    all_of_it = taking.list_askable(session, quiz.quiz_id)
    known = _known(session, invitation, consent, all_of_it)
    asked = unknown(all_of_it, known["grounds"])
    if all(each.is_practice for each in asked):
        raise NothingToAskError(
            "You know all of the ground that this quiz asks about, so that your answers would not tell what the images"
            " show. Nothing was kept of you. Thank you for saying so."
        )
    # Whoever comes too late for the last place leaves nothing behind.
    with session.begin_nested():
        _insert(session, invitation, own, known, told, asked, quiz.arms)
    return own


def returning(session: Session, token: str | None) -> TakerRow:
    """Whose token this is, of a cookie or of their own link.

    Raises
    ------
    NotTakingError
        If nobody has it, or who had it was erased.
    """
    found = taking.find_taker(session, token_hash(token)) if token and TOKEN_FORM.fullmatch(token) else None
    if found is None:
        raise NotTakingError(
            "This browser takes no quiz just now. Open your invitation; or, if you have begun already, your own link,"
            " which you were shown as you began."
        )
    return found


def leads_to_own_quiz(session: Session, taker: TakerRow, token: str) -> bool:
    """Whether the invitation is to the quiz that this participant takes."""
    found = invitations.find_invitation(session, token_hash(token))
    return found is not None and found.quiz_id == taker.quiz_id


def _insert(
    session: Session,
    invitation: InvitationRow,
    own: str,
    known: Mapping[str, object],
    told: Mapping[str, str],
    asked: Sequence[Askable],
    arms: Sequence[str],
) -> None:
    ids = invitation.quiz_id, invitation.quiz_group_id, invitation.invitation_id
    participant_id = taking.insert_taker(session, *ids, token_hash(own), known)
    if participant_id is None:
        return  # the same form in another request, which has just let them in
    taking.insert_assigned(session, participant_id, assign(asked, arms, random.SystemRandom()))
    if told:
        taking.insert_person(session, participant_id, told)
    # Last, since all who come by one link wait here for each other.
    use_invitation(session, invitation)


def _known(
    session: Session, invitation: InvitationRow, consent: Consent, askable: Sequence[Askable]
) -> dict[str, list[str]]:
    """Of a reviewer what they reviewed, of others what they say."""
    if invitation.reviewer is None:
        return declared(consent.knows, askable)
    return {"grounds": sorted(questions.reviewed_grounds(session, invitation.quiz_id, invitation.reviewer))}


def _checked(quiz: QuizRow, consent: Consent) -> dict[str, str]:
    if not consent.agrees:
        raise ConsentError("Tick that you agree, or close this page: then nothing is kept of you.")
    told = {asked: " ".join(answer.split()) for asked, answer in zip(quiz.asks, consent.told, strict=False)}
    for asked, answer in told.items():
        reason = unstorable(answer, LONGEST_TOLD)
        if reason:
            raise ConsentError(f"What you wrote under {asked!r} cannot be kept: {reason}.")
    reason = unstorable(consent.knows, LONGEST_KNOWN)
    if reason:
        raise ConsentError(f"What you wrote of what you know cannot be kept: {reason}.")
    return {asked: answer for asked, answer in told.items() if answer}
