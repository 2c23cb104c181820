"""How an admin decides how much of a stratum is reviewed, and by which pool."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar, Final

from sqlalchemy.orm import Session

from app.db.errors import DomainError
from app.intake.queries import policies
from app.intake.queries.datasets import DatasetFacts
from app.intake.queries.policies import DrafterName, Policy, Stratum
from pipeline.vocabulary import KIND_TITLES, KINDS, SPLITS

MODES: Final = ("reviews", "sample", "none")
MOST_REVIEWS: Final = 9


class PolicyError(DomainError):
    """A policy that there cannot be."""

    code: ClassVar[str] = "policy"


def checked_policy(session: Session, policy: Policy) -> Policy:
    """The policy with nothing in it that its mode does not use.

    Raises
    ------
    PolicyError
        If a part of it is not possible; says which, and what is.
    """
    _check_stratum(session, policy.stratum)
    if policy.mode not in MODES:
        raise PolicyError(f"There is no policy {policy.mode[:40]!a}; choose reviews, sample or none.")
    if policy.mode == "none":
        return Policy(policy.stratum, "none")
    if not 1 <= policy.reviews_wanted <= MOST_REVIEWS:
        raise PolicyError(f"A text gets 1 to {MOST_REVIEWS} reviews.")
    if policy.pool not in policies.pool_names(session):
        raise PolicyError(f"There is no pool {policy.pool[:63]!a}; make it first, or choose main.")
    share = policy.sample_share
    if policy.mode == "reviews":
        return replace(policy, sample_share=None)
    if share is None or not (math.isfinite(share) and 0 < share < 1):
        raise PolicyError("A sample must be more than 0 and less than 100 percent of the texts: 10 reads one in ten.")
    return policy


def _check_stratum(session: Session, stratum: Stratum) -> None:
    for what, given, known in (("split", stratum.split, SPLITS), ("kind of text", stratum.kind, KINDS)):
        if given is not None and given not in known:
            raise PolicyError(f"There is no {what} {given[:40]!a}; there are {', '.join(known)}.")
    drafter_id = stratum.drafter_id
    if drafter_id is not None and not policies.drafters(session, [drafter_id]):
        raise PolicyError(f"There is no drafter {drafter_id}.")


def decide_policy(session: Session, dataset_id: int, policy: Policy, decided_by: uuid.UUID | str) -> bool:
    """Decide on a checked policy for the drafts that are sealed from now on; False where it holds already.

    Where it is taken back (``none``) the next wider stratum's holds, else the dataset's own number of reviews.
    """
    policies.lock_dataset(session, dataset_id)
    holding = {each.policy.stratum: each.policy for each in policies.policies_in_force(session, dataset_id)}
    if holding.get(policy.stratum, Policy(policy.stratum, "none")) == policy:
        return False
    policies.add_policy(session, dataset_id, policy, decided_by)
    return True


def holding_for(held: Iterable[Policy], split: str, kind: str, drafter_id: int) -> Policy | None:
    """Of the policies in force the one for drafts of this split, kind and drafter: the narrowest that takes them."""
    taking = [policy for policy in held if policy.stratum.takes(split, kind, drafter_id)]
    return max(taking, key=lambda policy: policy.stratum.narrowness, default=None)


def stratum_title(stratum: Stratum, drafters: Iterable[DrafterName]) -> str:
    """``test · Concise captions · captions 2``, or ``all texts``."""
    names = {each.drafter_id: each.title for each in drafters}
    parts = [stratum.split.replace("_", " ")] if stratum.split else []
    parts += [KIND_TITLES[stratum.kind]] if stratum.kind else []
    parts += [names.get(stratum.drafter_id, f"drafter {stratum.drafter_id}")] if stratum.drafter_id else []
    return " · ".join(parts) or "all texts"


def share_in_percent(share: float) -> str:
    """``10%``, ``2.5%``."""
    return f"{100 * share:.6g}%"


def policy_in_words(policy: Policy) -> str:
    """``2 reviews each``; ``10% sampled, 1 review each``; ``taken back``."""
    if policy.mode == "none":
        return "taken back"
    each = f"{policy.reviews_wanted} review{'' if policy.reviews_wanted == 1 else 's'} each"
    return f"{share_in_percent(policy.sample_share)} sampled, {each}" if policy.sample_share else each


def policies_in_words(session: Session, dataset: DatasetFacts) -> list[str]:
    """What holds for a dataset's texts, the narrowest first: ``questions: 2 reviews each, pool ships``.

    The dataset's own number is named where some text is, or could be, taken by no policy.
    """
    held = [decision.policy for decision in policies.policies_in_force(session, dataset.dataset_id)]
    names = policies.drafters(session)
    pools = [f", pool {each.pool}" if each.pool != "main" else "" for each in held]
    told = [
        f"{stratum_title(each.stratum, names)}: {policy_in_words(each)}{pool}"
        for each, pool in zip(held, pools, strict=True)
    ]
    if any(each.stratum == Stratum() for each in held):
        return told
    own = policy_in_words(Policy(Stratum(), "reviews", dataset.reviews_wanted))
    return [*told, f"all others: {own}" if told else f"all texts: {own}"]


def find_drafter(session: Session, name: str) -> int:
    """The drafter whom somebody means by this: a number, a name, or a name with version and model as it is listed.

    Raises
    ------
    PolicyError
        If there is none, or more than one.
    """
    known = policies.drafters(session)
    asked = " ".join(name.split()).casefold()
    found = [each for each in known if asked == str(each.drafter_id) or asked == each.title.casefold()]
    found = found or [each for each in known if asked in (each.name.casefold(), each.title.casefold().split(" · ")[0])]
    if len(found) == 1:
        return found[0].drafter_id
    listed = "; ".join(f"{each.drafter_id}: {each.title}" for each in (found or known)[:20]) or "none yet"
    what = "There are several drafters" if found else "There is no drafter"
    raise PolicyError(f"{what} {name[:80]!a}; give the number of one of these: {listed}.")
