"""Packets whose reviews differ, seniors, and what they decide."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.workflow import make_token
from app.adjudication.workflow import Decision, Decisions
from app.adjudication.workflow.sides import Blind
from app.review.workflow import GivenVerdict, submit
from tests.app.review.factories import Hand, add_hand, add_packets, submission, value

SECRET = b"s" * 43
"""As the tests' settings have it."""

Say = Callable[[int], GivenVerdict]
"""A verdict on a draft that is told later."""


@dataclass(frozen=True)
class Differing:
    """A packet with its reviewers in the order in which they submitted, and their hands."""

    packet_id: int
    drafts: list[int]
    reviewers: list[uuid.UUID] = field(default_factory=list)
    hands: list[Hand] = field(default_factory=list)


def says(verdict: str, **more: Any) -> Say:
    return lambda draft_id: GivenVerdict(draft_id, verdict, **more)


def add_differing(
    session: Session,
    *reviews: Mapping[int, Say],
    drafts: int = 3,
    dataset: str = "harbours",
    scenes: Mapping[int, str] | None = None,
    people: list[uuid.UUID] | None = None,
) -> Differing:
    """One packet, with so many reviews: each says by position (from 1) what it says, and accepts the rest.

    ``scenes``: by number of the review, why it calls the scene unusable. ``people`` review in this order.
    """
    [packet_id] = add_packets(session, 1, drafts=drafts, wanted=len(reviews), dataset=dataset)
    found = Differing(packet_id, [])
    for number, said in enumerate(reviews):
        reviewer = people[number] if people else add_pseudonym(session)
        hand = add_hand(session, reviewer, dataset)
        given = [say(hand.drafts[position - 1]) for position, say in said.items()]
        reason = (scenes or {}).get(number)
        scene = {"scene": "unusable", "reason": reason} if reason else {}
        submit(session, reviewer, submission(hand, *given, **scene))
        found.reviewers.append(reviewer)
        found.hands.append(hand)
        found.drafts[:] = hand.drafts
    return found


def add_pseudonym(session: Session) -> uuid.UUID:
    return session.execute(text("insert into pseudonym default values returning pseudonym")).scalar_one()


def add_someone(session: Session, name: str, *roles: str) -> tuple[uuid.UUID, str]:
    """A person with these roles: the pseudonym, and a bearer token."""
    pseudonym, email = add_pseudonym(session), f"{name}@example.org"
    person = """insert into person (pseudonym, email, display_name, password_hash, roles)
        values (:pseudonym, :email, :name, 'none', :roles)"""
    given = {"pseudonym": pseudonym, "email": email, "name": name.title(), "roles": list(roles)}
    session.execute(text(person), given)
    return pseudonym, make_token(session, email)


def letter_of(session: Session, adjudicator: uuid.UUID, packet: Differing, number: int) -> str:
    """The letter that the review of this number (from 0) has for the adjudicator, of two that differ."""
    query = "select review_id from review where packet_id = :packet_id and not is_extra order by review_id"
    ids = list(session.execute(text(query), {"packet_id": packet.packet_id}).scalars())
    ordered = sorted(ids, key=Blind(SECRET, adjudicator, packet.packet_id).place_of)
    return "AB"[ordered.index(ids[number])]


def decisions(packet: Differing, *given: Decision, **more: Any) -> Decisions:
    return Decisions(more.pop("submission_id", uuid.uuid4()), packet.packet_id, given, **more)


def counted(session: Session, name: str) -> int:
    return int(value(session, "select coalesce(sum(delta), 0) from counter_delta where name = :name", name=name))
