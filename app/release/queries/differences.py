"""What one release has and another has not, text by text: told from what is frozen, so that it never changes.

A text is the same where its id is, which covers words, answer, image, split and support. Its draft tells it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

CHANGES: Final = ("added", "removed", "changed")
STREAMED: Final = 1_000

_PAIRED: Final = """
paired as (
    select draft_id, old.text_sha256 as old_sha256, new.text_sha256 as new_sha256,
        case when old.text_sha256 is null then 'added' when new.text_sha256 is null then 'removed' else 'changed' end
            as change
    from (select draft_id, text_sha256 from release_text where release_id = :old and draft_id > :after) old
    full join (select draft_id, text_sha256 from release_text where release_id = :new and draft_id > :after) new
        using (draft_id)
    where old.text_sha256 is distinct from new.text_sha256
)
"""
# A text may have left the name in a number between the two: the last time is what counts.
_REASON: Final = """
(select m.reason from release_removal m join release r using (release_id), release a, release b
    where m.draft_id = page.draft_id and a.release_id = :old and b.release_id = :new
    and r.name = b.name and a.name = b.name and r.number > a.number and r.number <= b.number
    order by r.number desc limit 1)
"""
_ROWS: Final = f"""
select page.draft_id, page.change, case when page.change = 'removed' then {_REASON} end as reason,
    old.text_sha256 as old_sha256, old.entry as old_entry, new.text_sha256 as new_sha256, new.entry as new_entry
from page
left join release_text old on old.release_id = :old and old.text_sha256 = page.old_sha256
left join release_text new on new.release_id = :new and new.text_sha256 = page.new_sha256
order by page.draft_id
"""  # noqa: S608  (parts of our own)
_COUNT: Final = text(f"""
with {_PAIRED}
select change, kind, count(*) as texts from paired join draft using (draft_id) group by change, kind
""")  # noqa: S608  (parts of our own)
_CONDITIONS: Final[Mapping[str, str]] = {"change": "change = :change", "kind": "draft.kind = :kind"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two releases that are compared, by their ids."""

    old: int
    new: int


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


def count_changes(session: Session, pair: Pair) -> dict[tuple[str, str], int]:
    """``{(change, kind): texts}``"""
    rows = session.execute(_COUNT, {"old": pair.old, "new": pair.new, "after": 0})
    return {(row.change, row.kind): row.texts for row in rows}


def list_changes(session: Session, pair: Pair, asked: ChangeFilter, *, after: int = 0, limit: int = 50) -> list[Change]:
    """A page by the draft's id, behind ``after``."""
    query, values = _query(pair, asked, after, "limit :limit")
    return [Change(**row._mapping) for row in session.execute(text(query), {**values, "limit": limit})]


def all_changes(session: Session, pair: Pair, asked: ChangeFilter) -> Iterator[Change]:
    """As :func:`list_changes`, all of them, read as they are asked for."""
    query, values = _query(pair, asked, 0, "")
    rows = session.execute(text(query), values, execution_options={"yield_per": STREAMED})
    yield from (Change(**row._mapping) for row in rows)


def _query(pair: Pair, asked: ChangeFilter, after: int, limit: str) -> tuple[str, dict[str, Any]]:
    given = {name: value for name in _CONDITIONS if (value := getattr(asked, name))}
    where = " and ".join(["true", *(_CONDITIONS[name] for name in given)])
    joined = "paired join draft using (draft_id)" if asked.kind else "paired"
    page = f"page as (select paired.* from {joined} where {where} order by draft_id {limit})"  # noqa: S608
    return f"with {_PAIRED}, {page} {_ROWS}", {"old": pair.old, "new": pair.new, "after": after, **given}
