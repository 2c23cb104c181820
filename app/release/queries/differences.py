"""What one release has and another has not, text by text: told from what is frozen, so that it never changes.

A text is the same where its id is, which covers words, answer, image, split and support. Its draft tells it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db.tables.release import CHANGES as CHANGES

STREAMED: Final = 1_000

# Of a number and the one before it: frozen with it.
_FROZEN: Final = """
differing as (
    select change, draft_id, reason from release_change where release_id = :new
)
"""
# Of two others: every text is looked at. It may have left the name in a number between; the last time is what counts.
_COMPARED: Final = """
differing as (
    select case when old.text_sha256 is null then 'added' when new.text_sha256 is null then 'removed'
            else 'changed' end collate "C" as change, draft_id,
        case when new.text_sha256 is null then (
            select m.reason from release_change m join release r using (release_id), release a, release b
            where m.draft_id = old.draft_id and m.change = 'removed' and a.release_id = :old and b.release_id = :new
                and r.name = b.name and a.name = b.name and r.number > a.number and r.number <= b.number
            order by r.number desc limit 1) end as reason
    from (select draft_id, text_sha256 from release_text where release_id = :old) old
    full join (select draft_id, text_sha256 from release_text where release_id = :new) new using (draft_id)
    where old.text_sha256 is distinct from new.text_sha256
)
"""
_ROWS: Final = """
select page.*, old.text_sha256 as old_sha256, old.entry as old_entry, new.text_sha256 as new_sha256,
    new.entry as new_entry
from page
left join release_text old on old.release_id = :old and old.draft_id = page.draft_id
left join release_text new on new.release_id = :new and new.draft_id = page.draft_id
order by page.change, page.draft_id
"""
_CONDITIONS: Final[Mapping[str, str]] = {"change": "change = :change", "kind": "draft.kind = :kind"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two releases that are compared, by their ids."""

    old: int
    new: int
    is_frozen: bool
    """Whether one is the number before the other: then what differs is frozen."""

    @property
    def differing(self) -> str:
        """The expression ``differing``."""
        return _FROZEN if self.is_frozen else _COMPARED

    @property
    def values(self) -> dict[str, int]:
        """For it."""
        return {"new": self.new} if self.is_frozen else {"old": self.old, "new": self.new}


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """What is asked of a difference; empty asks nothing."""

    change: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A text that is in one of two releases alone, or in both in different words."""

    draft_id: int
    change: str
    reason: str | None
    """Why it was removed, where that was kept."""
    old_sha256: str | None
    old_entry: Mapping[str, Any] | None
    new_sha256: str | None
    new_entry: Mapping[str, Any] | None

    @property
    def entry(self) -> Mapping[str, Any]:
        """The newer of the two."""
        found = self.new_entry or self.old_entry
        assert found is not None  # noqa: S101  (one of the two releases has it)
        return found


def count_changes(session: Session, pair: Pair, kind: str = "") -> dict[str, int]:
    """``{change: texts}``, of one kind or of all."""
    joined, where = ("join draft using (draft_id)", "where draft.kind = :kind") if kind else ("", "")
    query = f"with {pair.differing} select change, count(*) as texts from differing {joined} {where} group by 1"  # noqa: S608
    values = {**pair.values, **({"kind": kind} if kind else {})}
    return {row.change: row.texts for row in session.execute(text(query), values)}


def list_changes(
    session: Session, pair: Pair, asked: ChangeFilter, *, after: tuple[str, int] = ("", 0), limit: int = 50
) -> list[Change]:
    """A page by change and draft, behind ``after``."""
    query, values = _query(pair, asked, after, "limit :limit")
    return [Change(**row._mapping) for row in session.execute(text(query), {**values, "limit": limit})]


def all_changes(session: Session, pair: Pair, asked: ChangeFilter) -> Iterator[Change]:
    """As :func:`list_changes`, all of them, read as they are asked for."""
    query, values = _query(pair, asked, ("", 0), "")
    rows = session.execute(text(query), values, execution_options={"yield_per": STREAMED})
    yield from (Change(**row._mapping) for row in rows)


def _query(pair: Pair, asked: ChangeFilter, after: tuple[str, int], limit: str) -> tuple[str, dict[str, Any]]:
    given = {name: value for name in _CONDITIONS if (value := getattr(asked, name))}
    behind = '(change, draft_id) > (:after_change collate "C", :after)'
    where = " and ".join([behind, *(_CONDITIONS[name] for name in given)])
    joined = "differing join draft using (draft_id)" if asked.kind else "differing"
    page = f"page as (select differing.* from {joined} where {where} order by change, draft_id {limit})"  # noqa: S608
    values = {"old": pair.old, "new": pair.new, "after_change": after[0], "after": after[1], **given}
    return f"with {pair.differing}, {page} {_ROWS}", values
