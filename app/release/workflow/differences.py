"""The difference between two releases, text by text; as rows of CSV and lines of JSON too."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from app.release.queries import differences, releases
from app.release.queries.differences import CHANGES, Change, ChangeFilter, Pair
from app.release.queries.releases import ReleaseRow
from app.release.workflow.freezing import NoSuchReleaseError, get_release
from app.release.workflow.rules import REASONS, ReleaseError
from pipeline.formats import cells
from pipeline.vocabulary import KINDS

COMPARED: Final = ("split", "image_sha256", "scene", "support", "question", "caption", "answer")
AFTER: Final = r"^((added|changed|removed)-[0-9]{1,18})?$"
"""How a place in the list is written in an address: ``changed-4711``."""
COLUMNS: Final = (
    "change", "what", "reason", "dataset", "scene", "split", "kind", "question_type", "text_before", "answer_before",
    "text_after", "answer_after", "id_before", "id_after", "draft_sha256",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """Two releases, the older first."""

    before: ReleaseRow
    after: ReleaseRow

    @property
    def pair(self) -> Pair:
        return Pair(self.before.release_id, self.after.release_id, is_frozen=self.frozen is not None)

    @property
    def frozen(self) -> Mapping[str, Any] | None:
        """What was counted when the newer was frozen; None unless it is the next number of the older."""
        counted: Mapping[str, Any] | None = self.after.counts.get("difference")
        return counted if counted and counted["before"] == self.before.label else None


def difference_of(session: Session, after: str, before: str = "") -> Difference:
    """Of two labels; without ``before`` the number before of the same name.

    Raises
    ------
    NoSuchReleaseError
        If one is not there, or the first number has none before it.
    """
    newer = get_release(session, after)
    if before:
        return Difference(get_release(session, before), newer)
    older = releases.find_release(session, newer.name, newer.number - 1) if newer.number > 1 else None
    if older is None:
        raise NoSuchReleaseError(f"{newer.label} is the first of its name: there is nothing to compare it with.")
    return Difference(older, newer)


def asked_changes(change: str = "", kind: str = "") -> ChangeFilter:
    """What is asked of a difference.

    Raises
    ------
    ReleaseError
        If there is no such change or kind.
    """
    for what, given, known in (("change", change, CHANGES), ("kind of text", kind, KINDS)):
        if given and given not in known:
            raise ReleaseError(f"There is no {what} {given[:40]!a}; there are {', '.join(known)}.")
    return ChangeFilter(change, kind)


def count_changes(session: Session, difference: Difference, kind: str = "") -> dict[str, int]:
    """``{change: texts}`` of one kind, or of all; told by what was counted at freezing where that says it."""
    frozen = difference.frozen
    if frozen is not None and not kind:
        return {"added": frozen["added"], "changed": frozen["changed"], "removed": sum(frozen["removed"].values())}
    return dict.fromkeys(CHANGES, 0) | differences.count_changes(session, difference.pair, kind)


def list_changes(
    session: Session, difference: Difference, asked: ChangeFilter, *, after: tuple[str, int] = ("", 0), limit: int = 50
) -> list[Change]:
    """A page of the texts that differ, by change and draft, behind ``after``."""
    return differences.list_changes(session, difference.pair, asked, after=after, limit=limit)


def place_of(after: str) -> tuple[str, int]:
    """What :data:`AFTER` stands for; the front where it is empty."""
    change, _, draft_id = after.partition("-")
    return change, int(draft_id or 0)


def what_changed(change: Change) -> tuple[str, ...]:
    """Of a text that is in both: what of it differs; empty of others."""
    if change.old_entry is None or change.new_entry is None:
        return ()
    return tuple(key for key in COMPARED if change.old_entry.get(key) != change.new_entry.get(key))


def words_of(entry: Mapping[str, Any] | None) -> tuple[str, str]:
    """(text, answer); empty where there is none."""
    if entry is None:
        return "", ""
    return entry.get("question") or entry.get("caption") or "", entry.get("answer") or ""


def csv_of(session: Session, difference: Difference, asked: ChangeFilter) -> Iterator[bytes]:
    """The rows of a CSV file, of which no cell begins a formula."""
    yield cells.row(COLUMNS)
    for change in differences.all_changes(session, difference.pair, asked):
        yield cells.row([str(value or "") for value in record_of(change).values()])


def lines_of(session: Session, difference: Difference, asked: ChangeFilter) -> Iterator[bytes]:
    """A line of JSON a text."""
    for change in differences.all_changes(session, difference.pair, asked):
        yield json.dumps(record_of(change), ensure_ascii=False, sort_keys=True).encode() + b"\n"


def record_of(change: Change) -> dict[str, Any]:
    """One text as files have it; by the hashes of its contents, not by numbers of this database."""
    entry = change.entry
    before, after = words_of(change.old_entry), words_of(change.new_entry)
    values = (
        change.change,
        ", ".join(what_changed(change)),
        None if change.reason is None else REASONS.get(change.reason, change.reason),
        *(entry.get(key) for key in ("dataset", "scene", "split", "kind", "question_type")),
        *(words or None for words in (*before, *after)),
        change.old_sha256,
        change.new_sha256,
        entry["draft"]["sha256"],
    )
    return dict(zip(COLUMNS, values, strict=True))
