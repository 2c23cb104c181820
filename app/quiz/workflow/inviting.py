"""Groups, and the links by which people get into them.

A link has 256 random bits, of which only the SHA-256 is kept: it is told once, to the admin who makes it. What it lets
in is counted by the statement that lets somebody in, so that a link for one is for one, however often it is passed on.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.intake.workflow.storable import unstorable
from app.quiz.errors import InvitationError, InvitationRefusedError, NoSuchGroupError, QuizError
from app.quiz.queries import invitations, quizzes
from app.quiz.queries.invitations import InvitationRow
from app.quiz.queries.quizzes import QuizRow
from pipeline.formats import cells
from pipeline.vocabulary import GROUP_KINDS

JOIN_PATH: Final = "/quiz/join/"
"""Where an invitation leads: this and the token."""
LONGEST_GROUP: Final = 60
MOST_USES: Final = 10_000
MOST_AT_ONCE: Final = 500
MOST_DAYS: Final = 3_650
GROUP_TITLES: Final = {"expert": "Experts", "layperson": "Laypeople", "own": "A name of your own"}


@dataclass(frozen=True, slots=True)
class MadeInvitation:
    """A new invitation, with the one time that its link is known."""

    invitation_id: int
    path: str
    group: str
    uses_allowed: int
    days: int | None


def token_hash(token: str) -> bytes:
    """What is kept of a token of an invitation or of a participant's own link."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def add_group(session: Session, quiz: QuizRow, name: str, kind: str) -> int:
    """Add a group.

    Raises
    ------
    QuizError
        If there is no such kind, or the quiz has a group of that name, or the name cannot be.
    """
    name = " ".join(name.split())
    if kind not in GROUP_KINDS:
        raise QuizError(f"There is no kind of group {kind[:40]!r}; there are {', '.join(GROUP_KINDS)}.")
    reason = unstorable(name, LONGEST_GROUP)
    if not name or reason:
        raise QuizError(
            f"The name of a group must have 1 to {LONGEST_GROUP} characters{f': {reason}' if reason else ''}."
        )
    made = invitations.add_group(session, quiz.quiz_id, name, kind)
    if made is None:
        raise QuizError(f"The quiz {quiz.name} has a group {name!r} already. Give the new one another name.")
    return made


def group_of(session: Session, quiz: QuizRow, name: str) -> int:
    """The group of that name; ``expert`` and ``layperson`` are made where they are missing.

    Raises
    ------
    NoSuchGroupError
    """
    name = " ".join(name.split())
    found = None if unstorable(name) else invitations.find_group(session, quiz.quiz_id, name)
    if found is None and name in {"expert", "layperson"}:
        return add_group(session, quiz, name, name)
    if found is None:
        raise NoSuchGroupError(
            f"The quiz {quiz.name} has no group {name[:60]!r}: add it first, or name expert or layperson."
        )
    return found


def invite(
    session: Session,
    quiz: QuizRow,
    group: str,
    created_by: str,
    *,
    links: int = 1,
    uses: int = 1,
    days: int | None = None,
    reviewer: uuid.UUID | None = None,
) -> list[MadeInvitation]:
    """Make links into a group; their paths are told this once.

    Parameters
    ----------
    links : int
        How many links.
    uses : int
        How many people each lets in.
    days : int, optional
        How long they let anybody in; without it, as long as the quiz is open.
    reviewer : UUID, optional
        Whom it is for: they are not asked about ground that they reviewed.

    Raises
    ------
    InvitationError
        If a number is out of range, the quiz is closed, or a link that is bound to one would let several in.
    """
    _check(quiz, links, uses, days, is_bound=reviewer is not None)
    group_id = group_of(session, quiz, group)
    tokens = [secrets.token_urlsafe(32) for _ in range(links)]
    hashes = [token_hash(token) for token in tokens]
    ids = invitations.insert_invitations(session, quiz.quiz_id, group_id, hashes, reviewer, uses, days, created_by)
    return [
        MadeInvitation(invitation_id, f"{JOIN_PATH}{token}", group, uses, days)
        for invitation_id, token in zip(ids, tokens, strict=True)
    ]


def as_csv(made: Sequence[MadeInvitation], address: str = "") -> bytes:
    """The links as a table, for a letter to each; ``address`` is that of this Trihedral."""
    rows = [["invitation", "group", "people", "days", "link"]]
    for each in made:
        days = "" if each.days is None else str(each.days)
        link = f"{address.rstrip('/')}{each.path}"
        rows.append([str(each.invitation_id), each.group, str(each.uses_allowed), days, link])
    return b"".join(map(cells.row, rows))


def invited(session: Session, token: str) -> tuple[InvitationRow, QuizRow]:
    """The invitation of a link and its quiz, where it lets somebody in now. Counts nothing.

    Raises
    ------
    InvitationRefusedError
        If the link is unknown, taken back, used up or expired, or the quiz is not open; in words that tell the invited
        what to do, and nothing of the quiz.
    """
    found = invitations.find_invitation(session, token_hash(token))
    if found is None:
        raise InvitationRefusedError(
            "This link is not known. Copy it once more, whole, from the message that it came with; or ask whoever"
            " invited you for a new one."
        )
    quiz = quizzes.get_quiz(session, found.quiz_id)
    sentence = _refusal(found, quiz.state)
    if sentence:
        raise InvitationRefusedError(sentence, state=found.state)
    return found, quiz


def use_invitation(session: Session, invitation: InvitationRow) -> None:
    """Let one in: count the use, at the moment at which they consent.

    Raises
    ------
    InvitationRefusedError
        If meanwhile it lets nobody in any more: others were quicker, or it was taken back.
    """
    if not invitations.use_invitation(session, invitation.invitation_id):
        raise InvitationRefusedError(
            "This link let somebody else in just before you, or was taken back. Ask whoever invited you for a new one."
        )


def revoke(session: Session, quiz: QuizRow, invitation_id: int) -> None:
    """Let nobody else in by this link. Who began by it goes on.

    Raises
    ------
    InvitationError
        If the quiz has no such invitation.
    """
    if not invitations.revoke_invitation(session, quiz.quiz_id, invitation_id):
        raise InvitationError(f"The quiz {quiz.name} has no invitation {invitation_id}.")


def require_reviewer(session: Session, email: str) -> uuid.UUID:
    """The pseudonym of a reviewer by their e-mail.

    Raises
    ------
    InvitationError
        If nobody with that address reviews.
    """
    found: uuid.UUID | None = None if unstorable(email, 320) else invitations.find_reviewer(session, email.strip())
    if found is None:
        raise InvitationError(f"Nobody with the address {email[:80]!r} reviews here. Leave it out to invite anybody.")
    return found


def _refusal(invitation: InvitationRow, quiz_state: str) -> str | None:
    again = "Ask whoever invited you for a new one."
    if quiz_state == "closed":
        return "This quiz is closed: it takes no more answers. Thank you for your time."
    if invitation.state == "taken back":
        return f"This link was taken back. {again}"
    if invitation.state == "used up":
        how_many = "one person" if invitation.uses_allowed == 1 else f"{invitation.uses_allowed:,} people"
        return (
            f"This link was for {how_many} and has been used. If that was you, go on by your own link, which you were"
            f" shown as you began. {again}"
        )
    if invitation.state == "expired":
        return f"This link has expired. {again}"
    return None if quiz_state == "open" else "This quiz is not open yet. Keep the link and come back later."


def _check(quiz: QuizRow, links: int, uses: int, days: int | None, *, is_bound: bool) -> None:
    if quiz.state == "closed":
        raise InvitationError(f"The quiz {quiz.name} is closed, so nobody can be invited to it.")
    if not 1 <= links <= MOST_AT_ONCE:
        raise InvitationError(f"Make 1 to {MOST_AT_ONCE} links at once.")
    if not 1 <= uses <= MOST_USES:
        raise InvitationError(f"A link can let in 1 to {MOST_USES:,} people.")
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise InvitationError(
            f"A link can last 1 to {MOST_DAYS:,} days; leave it empty for as long as the quiz is open."
        )
    if is_bound and (links, uses) != (1, 1):
        raise InvitationError("A link that is bound to a reviewer is one link for one person.")
