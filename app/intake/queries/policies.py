"""How much of a dataset is reviewed: what was decided of its strata, and which decision holds for a draft."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from app.db.tables.queueing import ReviewPolicy

POLICIES: Final = """
policies as materialized (
    select *, 8 * num_nonnulls(split, kind, drafter_id) + 4 * (drafter_id is not null)::integer
        + 2 * (kind is not null)::integer + (split is not null)::integer as narrowness
    from (
        select distinct on (dataset_id, split, kind, drafter_id) * from review_policy where dataset_id = {dataset_id}
        order by dataset_id, split, kind, drafter_id, review_policy_id desc
    ) as newest
    where mode <> 'none'
)
"""
"""The policies that hold in a dataset, as ``policies``, the narrower ones with the higher ``narrowness``: more fields
given, then the drafter, the kind, the split."""

POLICY_OF: Final = """
from policies p
where p.dataset_id = s.dataset_id and coalesce(p.split, s.split) = s.split and coalesce(p.kind, d.kind) = d.kind
    and coalesce(p.drafter_id, d.drafter_id) = d.drafter_id
order by p.narrowness desc limit 1
"""
"""The one that holds for the draft ``d`` of the scene ``s``; none where the dataset's own number of reviews is all."""

DRAW: Final = """
(hashtextextended('sample#' || s.name || '#' || d.draft_sha256, t.split_seed) & 9007199254740991)::float8
    / 9007199254740992
"""
"""A number from 0 to below 1 by which the draft ``d`` of the scene ``s`` in the dataset ``t`` is drawn into a sample,
where it is below the share: a larger share only adds, and the same data and seed give the same sample. With the scene's
name, since drafts of the same words have the same hash; 2^53 is what a double holds exactly."""

IS_DRAWN: Final = f"""
(not exists (select from policies where sample_share is not null)
    or {DRAW} < coalesce((select p.sample_share {POLICY_OF}), 1))
"""
"""Whether the draft ``d`` is to be read: all but those that a sample leaves out."""

_NEWEST: Final = f"""
with {POLICIES.format(dataset_id=":dataset_id")}
select p.review_policy_id, p.split, p.kind, p.drafter_id, p.mode, p.reviews_wanted, p.sample_share, p.pool,
    p.decided_by, p.created_at, w.display_name
from policies p left join person w on w.pseudonym::text = p.decided_by
order by p.narrowness desc, p.split, p.kind, p.drafter_id
"""  # noqa: S608  (parts of our own)

_DECISIONS: Final = """
select p.review_policy_id, p.split, p.kind, p.drafter_id, p.mode, p.reviews_wanted, p.sample_share, p.pool,
    p.decided_by, p.created_at, w.display_name
from review_policy p left join person w on w.pseudonym::text = p.decided_by
where p.dataset_id = :dataset_id order by p.review_policy_id desc limit :limit
"""

_DRAFTERS: Final = text("""
select drafter_id, name, version, model, prompt_version from drafter
where cast(:drafter_ids as bigint[]) is null or drafter_id = any(:drafter_ids)
order by name, model, version, prompt_version, drafter_id
""")

_POOLS: Final = text("select pool, description from pool order by pool <> 'main', pool")

_LOCK: Final = text("select from dataset where dataset_id = :dataset_id for no key update")


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of a dataset; None is any."""

    split: str | None = None
    kind: str | None = None
    drafter_id: int | None = None

    def takes(self, split: str, kind: str, drafter_id: int) -> bool:
        """Whether a draft of this split, kind and drafter belongs to it."""
        return self.split in (None, split) and self.kind in (None, kind) and self.drafter_id in (None, drafter_id)

    @property
    def narrowness(self) -> tuple[int, bool, bool, bool]:
        """Of several strata that take a draft, the policy of the highest holds; as in :data:`POLICIES`."""
        given = (self.drafter_id is not None, self.kind is not None, self.split is not None)
        return sum(given), *given


@dataclass(frozen=True, slots=True)
class Policy:
    """How much of a stratum is read: ``reviews`` (k of each text), ``sample`` (k of a share), ``none`` (taken back)."""

    stratum: Stratum
    mode: str
    reviews_wanted: int = 1
    sample_share: float | None = None
    pool: str = "main"

    @property
    def is_sampled(self) -> bool:
        return self.mode == "sample"


@dataclass(frozen=True, slots=True)
class Decision:
    """A policy with who decided on it and when."""

    review_policy_id: int
    policy: Policy
    decided_by: str
    """A pseudonym, or ``command``."""
    decided_at: dt.datetime
    who: str | None = None
    """Their name; None at the command line, and of who was erased since."""


@dataclass(frozen=True, slots=True)
class DrafterName:
    """A drafter, as far as people tell it by."""

    drafter_id: int
    name: str
    version: str
    model: str | None
    prompt_version: str | None

    @property
    def title(self) -> str:
        """``captions 2 · gpt-4o · prompt 3``."""
        prompt = f"prompt {self.prompt_version}" if self.prompt_version else None
        return " · ".join(part for part in (f"{self.name} {self.version}", self.model, prompt) if part)


def policies_in_force(session: Session, dataset_id: int) -> list[Decision]:
    """What holds in this dataset, the narrowest stratum first; nothing where its own number of reviews is all."""
    return _decisions(session, _NEWEST, dataset_id=dataset_id)


def policy_decisions(session: Session, dataset_id: int, limit: int = 50) -> list[Decision]:
    """What was decided, the newest first, also what was taken back."""
    return _decisions(session, _DECISIONS, dataset_id=dataset_id, limit=limit)


def _decisions(session: Session, query: str, **values: int) -> list[Decision]:
    found = []
    for row in session.execute(text(query), values):
        stratum = Stratum(row.split, row.kind, row.drafter_id)
        policy = Policy(stratum, row.mode, row.reviews_wanted, row.sample_share, row.pool)
        found.append(Decision(row.review_policy_id, policy, row.decided_by, row.created_at, row.display_name))
    return found


def add_policy(session: Session, dataset_id: int, policy: Policy, decided_by: uuid.UUID | str) -> int:
    """Decide on it; earlier decisions stay as they were. Gives its number."""
    values = {
        "dataset_id": dataset_id,
        "split": policy.stratum.split,
        "kind": policy.stratum.kind,
        "drafter_id": policy.stratum.drafter_id,
        "mode": policy.mode,
        "reviews_wanted": policy.reviews_wanted,
        "sample_share": policy.sample_share,
        "pool": policy.pool,
        "decided_by": str(decided_by),
    }
    made = insert(ReviewPolicy).values(values).returning(ReviewPolicy.review_policy_id)
    return session.execute(made).scalar_one()


def drafters(session: Session, drafter_ids: list[int] | None = None) -> list[DrafterName]:
    """These drafters, or all that there are, by name."""
    return [DrafterName(**row._mapping) for row in session.execute(_DRAFTERS, {"drafter_ids": drafter_ids})]


def pool_names(session: Session) -> dict[str, str]:
    """``{pool: description}``, everybody's first."""
    return {row.pool: row.description for row in session.execute(_POOLS)}


def lock_dataset(session: Session, dataset_id: int) -> None:
    """Decisions on a dataset come one after another; its drafts and reviews do not wait for them."""
    session.execute(_LOCK, {"dataset_id": dataset_id})
