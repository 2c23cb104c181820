"""The drafts of a dataset by what is asked of them, page by page: two statements, at a million drafts too.

What matches is first counted, up to :data:`COUNTED` and in whatever order is quickest. Where that is all, the page is
sorted out of it; where there is more, drafts are met so often that walking them in order soon fills a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

COUNTED: Final = 10_000
"""Beyond this it is only told that there are more."""
SHOWN: Final = 300
"""Characters of a text that a list shows: fifty texts may be fifty megabytes."""

WORDS: Final = "to_tsvector('simple', left(d.text || ' ' || coalesce(d.answer, ''), 20000))"
"""As the index ``ix_draft_words`` has it, so that PostgreSQL finds it."""

_CURRENT: Final = """
exists (select from resolution r where r.draft_id = d.draft_id and {}
    and not exists (select from resolution n where n.draft_id = r.draft_id and n.revision > r.revision))
"""
_IS_RESOLVED: Final = "exists (select from resolution r where r.draft_id = d.draft_id)"
_IS_OPEN: Final = "exists (select from disagreement g where g.draft_id = d.draft_id and g.closed_at is null)"
_IS_SEALED: Final = "exists (select from packet_draft m where m.draft_id = d.draft_id)"
_IS_HELD: Final = "exists (select from assignment a where a.packet_id = m.packet_id and a.state = 'held')"
_IS_REVIEWED: Final = "exists (select from review v where v.packet_id = m.packet_id)"
_IS_BEGUN: Final = f"""
exists (select from packet_draft m where m.draft_id = d.draft_id and ({_IS_HELD} or {_IS_REVIEWED}))
"""
# The same of drafts that have no outcome yet, told from the few packets that are held or wait for another review.
_IS_AMONG_BEGUN: Final = f"""
d.draft_id in (
    select m.draft_id from packet_draft m join assignment a on a.packet_id = m.packet_id where a.state = 'held'
    union all
    select m.draft_id from packet_draft m join slot t on t.packet_id = m.packet_id where t.is_free and {_IS_REVIEWED})
"""  # noqa: S608  (parts of our own)
_IS_UNTOUCHED: Final = f"""
exists (select from packet_draft m join slot t on t.packet_id = m.packet_id
    where m.draft_id = d.draft_id and t.is_free and not {_IS_HELD} and not {_IS_REVIEWED})
"""

STATE_CONDITIONS: Final[Mapping[str, str]] = {
    "loose": f"not {_IS_SEALED} and not {_IS_RESOLVED}",
    "waiting": f"{_IS_UNTOUCHED} and not {_IS_RESOLVED} and not {_IS_OPEN}",
    "in_review": f"{_IS_AMONG_BEGUN} and not {_IS_RESOLVED} and not {_IS_OPEN}",
    "disagreement": _IS_OPEN,
    "verified": _CURRENT.format("r.outcome = 'verified' and not r.is_revised"),
    "revised": _CURRENT.format("r.outcome = 'verified' and r.is_revised"),
    "rejected": _CURRENT.format("r.outcome = 'rejected'"),
}
"""What becomes of a draft, in its order; each draft is in exactly one state."""

STATE_OF: Final = f"""
case when {_IS_OPEN} then 'disagreement' when o.outcome = 'rejected' then 'rejected'
    when o.is_revised then 'revised' when o.outcome is not null then 'verified'
    when not {_IS_SEALED} then 'loose' when {_IS_BEGUN} then 'in_review' else 'waiting' end
"""
"""The state of the draft ``d`` whose current resolution is ``o``."""

CURRENT_RESOLUTION: Final = """
left join lateral (
    select * from resolution where resolution.draft_id = d.draft_id order by revision desc limit 1
) as o on true
"""

_CONDITIONS: Final[Mapping[str, str]] = {
    "kind": "d.kind = :kind",
    "question_type": "d.question_type = :question_type",
    "drafter_id": "d.drafter_id = :drafter_id",
    "origin": "d.origin = :origin",
    "scene_id": "d.scene_id = :scene_id",
    "flag": "exists (select from draft_verdict v where v.draft_id = d.draft_id and v.flags @> array[:flag])",
    # The last word may be the beginning of one; a text of signs alone asks for nothing that an index holds.
    "words": f"{WORDS} @@ cast(nullif(cast(websearch_to_tsquery('simple', :words) as text), '') || ':*' as tsquery)",
}

_FROM: Final = """
from scene s join draft d on d.scene_id = s.scene_id
where s.dataset_id = :dataset_id {conditions}
"""
_BEHIND: Final = "and s.name >= :after_name and (s.name, d.draft_id) > (:after_name, :after_id)"

_ROWS: Final = f"""
select d.draft_id, d.scene_id, page.name as scene, d.kind, d.question_type, left(d.text, {SHOWN}) as text,
    length(d.text) > {SHOWN} as is_cut, left(d.answer, {SHOWN}) as answer, d.origin,
    w.name as drafter, w.version as drafter_version, w.model, {STATE_OF} as state,
    (select count(*) from finding f where f.draft_id = d.draft_id and f.screening_version = :version) as findings
from page join draft d using (draft_id) join drafter w on w.drafter_id = d.drafter_id {CURRENT_RESOLUTION}
order by page.name, d.draft_id
"""  # noqa: S608  (parts of our own)

_PLACE: Final = text(
    "select s.name, d.draft_id from draft d join scene s using (scene_id) where d.draft_id = :draft_id"
)


@dataclass(frozen=True, slots=True)
class DraftFilter:
    """What is asked of the drafts; empty or None asks nothing."""

    kind: str = ""
    question_type: str = ""
    drafter_id: int | None = None
    origin: str = ""
    scene_id: int | None = None
    rule: str = ""
    severity: str = ""
    flag: str = ""
    state: str = ""
    words: str = ""
    only_decided: bool = False
    """Whether a draft counts only once it has its outcome: who may still judge it is not told what others said."""


@dataclass(frozen=True, slots=True)
class ListedDraft:
    """A draft as the list shows it."""

    draft_id: int
    scene_id: int
    scene: str
    kind: str
    question_type: str | None
    text: str
    is_cut: bool
    answer: str | None
    origin: str
    drafter: str
    drafter_version: str
    model: str | None
    state: str
    findings: int


@dataclass(frozen=True, slots=True)
class DrafterName:
    drafter_id: int
    name: str
    version: str
    model: str | None
    prompt_version: str | None

    @property
    def title(self) -> str:
        """What tells it from others, in one line."""
        prompt = self.prompt_version and f"prompt {self.prompt_version}"
        return ", ".join(part for part in (f"{self.name} {self.version}", self.model, prompt) if part)


def count_drafts(session: Session, dataset_id: int, asked: DraftFilter, version: str) -> int:
    """How many match; ``COUNTED + 1`` where there are more than :data:`COUNTED`."""
    conditions, values = _conditions(asked)
    query = f"select count(*) from (select {_FROM.format(conditions=conditions)} limit :most) as found"  # noqa: S608
    found: int = session.execute(
        text(query), {**values, "dataset_id": dataset_id, "version": version, "most": COUNTED + 1}
    ).scalar_one()
    return found


def list_drafts(
    session: Session,
    dataset_id: int,
    asked: DraftFilter,
    version: str,
    *,
    after: tuple[str, int] = ("", 0),
    limit: int = 50,
    are_few: bool = False,
) -> Sequence[ListedDraft]:
    """A page by scene's name and id, behind ``after``. ``are_few``: :func:`count_drafts` has counted all that match.

    ``version`` is that of the findings that are meant, where any are.
    """
    conditions, values = _conditions(asked)
    matching = _FROM.format(conditions=f"{conditions} {_BEHIND}")
    # Materialized, few are found through their index first and then sorted, not looked for in a walk through all.
    query = (
        f"with found as {'' if are_few else 'not '}materialized (select d.draft_id, s.name {matching}),"  # noqa: S608
        f" page as (select * from found order by name, draft_id limit :limit) {_ROWS}"
    )
    given = {"dataset_id": dataset_id, "version": version, "limit": limit}
    rows = session.execute(text(query), {**values, **given, "after_name": after[0], "after_id": after[1]})
    return [ListedDraft(**row._mapping) for row in rows]


def place_of(session: Session, draft_id: int) -> tuple[str, int]:
    """(scene's name, id): where a draft stands in the order of the lists; the front where there is no such draft."""
    row = session.execute(_PLACE, {"draft_id": draft_id}).one_or_none()
    return ("", 0) if row is None else (row.name, row.draft_id)


def list_drafters(session: Session, limit: int = 200) -> list[DrafterName]:
    """All drafters, the newest first; which of them a dataset has is not stored beside a million drafts."""
    query = "select drafter_id, name, version, model, prompt_version from drafter order by drafter_id desc limit :limit"
    return [DrafterName(**row._mapping) for row in session.execute(text(query), {"limit": limit})]


def _conditions(asked: DraftFilter) -> tuple[str, dict[str, Any]]:
    """The SQL of what is asked, and its values."""
    given = {name: getattr(asked, name) for name in _CONDITIONS if getattr(asked, name)}
    parts = [_CONDITIONS[name] for name in given]
    if asked.state:
        parts.append(STATE_CONDITIONS[asked.state])
    if asked.only_decided:
        parts.append(_IS_RESOLVED)
    if asked.rule or asked.severity:
        parts.append(_finding_condition(asked))
        given |= {name: getattr(asked, name) for name in ("rule", "severity") if getattr(asked, name)}
    return "".join(f" and {part}" for part in parts), given


def _finding_condition(asked: DraftFilter) -> str:
    named = "and f.rule = :rule" if asked.rule else ""
    told = "and f.severity = :severity" if asked.severity else ""
    return (
        "exists (select from finding f where f.draft_id = d.draft_id and f.screening_version = :version"
        f" {named} {told})"
    )
