"""Groups of a quiz and the invitations into them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_GROUPS: Final = text("""
select g.quiz_group_id, g.quiz_id, g.name, g.kind,
    (select count(*) from invitation i where i.quiz_group_id = g.quiz_group_id) as invitations,
    (select count(*) from participant p where p.quiz_group_id = g.quiz_group_id and p.withdrawn_at is null)
        as participants,
    (select count(*) from participant p where p.quiz_group_id = g.quiz_group_id and p.withdrawn_at is null
        and p.finished_at is not null) as finished
from quiz_group g where g.quiz_id = :quiz_id
order by array_position(array['expert', 'layperson', 'own'], g.kind), g.name
""")
_ADD_GROUP: Final = text("""
insert into quiz_group (quiz_id, name, kind) values (:quiz_id, :name, :kind)
on conflict (quiz_id, name) do nothing returning quiz_group_id
""")
_FIND_GROUP: Final = text("select quiz_group_id from quiz_group where quiz_id = :quiz_id and name = :name")
_INSERT: Final = text("""
insert into invitation (quiz_id, quiz_group_id, token_sha256, reviewer, uses_allowed, expires_at, created_by)
select :quiz_id, :quiz_group_id, token, :reviewer, :uses_allowed,
    clock_timestamp() + make_interval(days => cast(:days as integer)), :created_by
from unnest(cast(:tokens as bytea[])) with ordinality as given (token, number) order by number
returning invitation_id
""")
_COLUMNS: Final = """
i.invitation_id, i.quiz_id, i.quiz_group_id, g.name as group, g.kind as group_kind, i.reviewer, i.uses_allowed, i.uses,
i.expires_at, i.revoked_at, coalesce(i.expires_at <= clock_timestamp(), false) as is_expired, i.created_at
"""
_LIST: Final = text(
    f"select {_COLUMNS} from invitation i join quiz_group g using (quiz_group_id)"  # noqa: S608  (columns of our own)
    " where i.quiz_id = :quiz_id and i.invitation_id < :before order by i.invitation_id desc limit :limit"
)
_BY_TOKEN: Final = text(
    f"select {_COLUMNS} from invitation i join quiz_group g using (quiz_group_id)"  # noqa: S608  (columns of our own)
    " where i.token_sha256 = :token_sha256"
)
_USE: Final = text("""
update invitation set uses = uses + 1
where invitation_id = :invitation_id and uses < uses_allowed and revoked_at is null
    and (expires_at is null or expires_at > clock_timestamp())
    and exists (select from quiz where quiz.quiz_id = invitation.quiz_id and state = 'open')
returning invitation_id
""")
_REVOKE: Final = text("""
update invitation set revoked_at = coalesce(revoked_at, clock_timestamp())
where invitation_id = :invitation_id and quiz_id = :quiz_id returning invitation_id
""")
_REVIEWERS: Final = text("""
select pseudonym, display_name, email from person
where is_active and roles && array['reviewer', 'adjudicator'] order by lower(display_name), person_id limit 2000
""")
_REVIEWER: Final = text("""
select pseudonym from person where lower(email) = lower(:email) and roles && array['reviewer', 'adjudicator']
""")


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group, and how far it is; who withdrew is not counted."""

    quiz_group_id: int
    quiz_id: int
    name: str
    kind: str
    invitations: int
    participants: int
    finished: int


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation. Its link is known to nobody but those it was given to."""

    invitation_id: int
    quiz_id: int
    quiz_group_id: int
    group: str
    group_kind: str
    reviewer: uuid.UUID | None
    uses_allowed: int
    uses: int
    expires_at: dt.datetime | None
    revoked_at: dt.datetime | None
    is_expired: bool
    created_at: dt.datetime

    @property
    def state(self) -> str:
        """``taken back``, ``used up``, ``expired`` or ``valid``."""
        if self.revoked_at is not None:
            return "taken back"
        if self.uses >= self.uses_allowed:
            return "used up"
        return "expired" if self.is_expired else "valid"


@dataclass(frozen=True, slots=True)
class Invitable:
    """A reviewer to whom an invitation can be bound."""

    pseudonym: uuid.UUID
    display_name: str
    email: str


def list_groups(session: Session, quiz_id: int) -> list[GroupRow]:
    """Experts first, then laypeople, then groups of the admin's own, by name."""
    return [GroupRow(*row) for row in session.execute(_GROUPS, {"quiz_id": quiz_id})]


def add_group(session: Session, quiz_id: int, name: str, kind: str) -> int | None:
    """The new group's id; None where the quiz has one of that name."""
    values = {"quiz_id": quiz_id, "name": name, "kind": kind}
    return session.execute(_ADD_GROUP, values).scalar_one_or_none()


def find_group(session: Session, quiz_id: int, name: str) -> int | None:
    return session.execute(_FIND_GROUP, {"quiz_id": quiz_id, "name": name}).scalar_one_or_none()


def insert_invitations(
    session: Session,
    quiz_id: int,
    quiz_group_id: int,
    token_sha256s: Sequence[bytes],
    reviewer: uuid.UUID | None,
    uses_allowed: int,
    days: int | None,
    created_by: str,
) -> list[int]:
    """Their ids, in the order of the tokens; ``days`` is how long they last, by the server's clock."""
    values = {
        "quiz_id": quiz_id,
        "quiz_group_id": quiz_group_id,
        "tokens": list(token_sha256s),
        "reviewer": reviewer,
        "uses_allowed": uses_allowed,
        "days": days,
        "created_by": created_by,
    }
    return sorted(session.execute(_INSERT, values).scalars())


def list_invitations(session: Session, quiz_id: int, before: int | None, limit: int) -> list[InvitationRow]:
    """Newest first, from below the key ``before``."""
    values = {"quiz_id": quiz_id, "before": 2**63 - 1 if before is None else before, "limit": limit}
    return [InvitationRow(*row) for row in session.execute(_LIST, values)]


def find_invitation(session: Session, token_sha256: bytes) -> InvitationRow | None:
    row = session.execute(_BY_TOKEN, {"token_sha256": token_sha256}).one_or_none()
    return InvitationRow(*row) if row else None


def use_invitation(session: Session, invitation_id: int) -> bool:
    """Count one use; False, and nothing counted, where it lets nobody in any more. Two at once count two."""
    return session.execute(_USE, {"invitation_id": invitation_id}).scalar_one_or_none() is not None


def revoke_invitation(session: Session, quiz_id: int, invitation_id: int) -> bool:
    """Whether the quiz has such an invitation."""
    values = {"quiz_id": quiz_id, "invitation_id": invitation_id}
    return session.execute(_REVOKE, values).scalar_one_or_none() is not None


def list_invitable(session: Session) -> list[Invitable]:
    """Active reviewers, by name."""
    return [Invitable(*row) for row in session.execute(_REVIEWERS)]


def find_reviewer(session: Session, email: str) -> Any:
    """The pseudonym of the reviewer with this address, or None."""
    return session.execute(_REVIEWER, {"email": email}).scalar_one_or_none()
