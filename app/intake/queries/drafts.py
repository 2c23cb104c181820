"""Drafters, drafts and what came of drafting; written in chunks, never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db.tables.drafts import Drafter as DrafterRow
from app.intake.queries.copying import NULL, as_copied, copy_lines, list_as_copied
from pipeline.records import Draft, Drafter, digest

COLUMNS: Final = (
    "scene_id", "drafter_id", "run_id", "origin", "kind", "question_type", "general_type", "text", "answer", "box_ids",
    "program", "raw_answer_sha256", "draft_sha256",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SceneDraft:
    """A draft that is to be stored with its scene."""

    scene_id: int
    draft: Draft


def draft_sha256(drafter: Drafter, draft: Draft) -> str:
    """The draft's name by content."""
    return digest([drafter.identity, draft.kind, draft.question_type, draft.text, draft.answer])


def naming(drafter: Drafter) -> Callable[[Draft], str]:
    """:func:`draft_sha256` for many drafts of one drafter, at a tenth of its time; a test compares the two."""
    begins: dict[tuple[str, str | None], str] = {}

    def name(draft: Draft) -> str:
        key = draft.kind, draft.question_type
        begin = begins.get(key)
        if begin is None:
            begin = begins[key] = f"[{','.join(map(_quoted, (drafter.identity, *key)))},"
        return sha256(f"{begin}{encode_basestring(draft.text)},{_quoted(draft.answer)}]".encode()).hexdigest()

    return name


def _quoted(value: str | None) -> str:
    return "null" if value is None else encode_basestring(value)


def add_drafter(session: Session, drafter: Drafter) -> int:
    """The id of the drafter's row, which is made if there is none of its identity."""
    values = {
        "identity": drafter.identity,
        "name": drafter.name,
        "version": drafter.version,
        "model": drafter.model,
        "prompt_version": drafter.prompt_version,
        "parameters": dict(drafter.parameters),
    }
    session.execute(insert(DrafterRow).values(values).on_conflict_do_nothing())
    found = select(DrafterRow.drafter_id).where(DrafterRow.identity == drafter.identity)
    return int(session.execute(found).scalar_one())


_DRAFTED: Final = text("""
select scene_id from drafting_outcome
where scene_id = any(:scene_ids) and drafter_id = :drafter_id and kind = :kind and input_sha256 = ''
""")

_COUNT_MISSING: Final = text("""
select (select count(*) from scene where dataset_id = :dataset_id) - (
    select count(*) from drafting_outcome o join scene s using (scene_id)
    where s.dataset_id = :dataset_id and o.drafter_id = :drafter_id and o.kind = :kind and o.input_sha256 = ''
)
""")


def not_drafted(session: Session, scene_ids: Sequence[int], drafter_id: int, kind: str) -> list[int]:
    """Those of the scenes for which this drafter has not yet written this kind.

    Of scenes that are given, since an anti-join over all of them is planned by what the table was before the run.
    """
    values = {"scene_ids": list(scene_ids), "drafter_id": drafter_id, "kind": kind}
    drafted = set(session.execute(_DRAFTED, values).scalars())
    return [scene_id for scene_id in scene_ids if scene_id not in drafted]


def count_missing(session: Session, dataset_id: int, drafter_id: int, kind: str) -> int:
    """Of how many scenes of the dataset this drafter has not yet written this kind."""
    values = {"dataset_id": dataset_id, "drafter_id": drafter_id, "kind": kind}
    return int(session.execute(_COUNT_MISSING, values).scalar_one())


# In one order everywhere, so that two runs cannot wait for each other in a circle.
_CLAIM: Final = text("""
insert into drafting_outcome (scene_id, drafter_id, kind, run_id, drafts)
select id, :drafter_id, :kind, :run_id, drafts
from unnest(cast(:scene_ids as bigint[]), cast(:drafts as integer[])) as given (id, drafts) order by id
on conflict do nothing returning scene_id
""")


def claim_scenes(session: Session, run_id: int, drafter_id: int, kind: str, drafts: Mapping[int, int]) -> set[int]:
    """Say that so many ``drafts`` were made of each scene, by id; returns those of which nothing was said before.

    The caller now stores their drafts. Another run that does the same work at the same time waits here for this
    transaction, and then gets nothing: that is what keeps a text from being stored twice.
    """
    values = {"run_id": run_id, "drafter_id": drafter_id, "kind": kind}
    values |= {"scene_ids": list(drafts), "drafts": list(drafts.values())}
    return set(session.execute(_CLAIM, values).scalars())


def add_drafts(session: Session, run_id: int, drafter: Drafter, drafter_id: int, drafts: Iterable[SceneDraft]) -> int:
    """Store drafts. Returns how many."""
    lines = _Lines(drafter, f"\t{drafter_id}\t{run_id}\t")
    return copy_lines(session, "draft", COLUMNS, (lines.line(listed.scene_id, listed.draft) for listed in drafts))


class _Lines:
    """Drafts as lines for COPY. Of a question that does not name a box, all but the scene and its boxes is the same in
    a thousand scenes, and made once."""

    def __init__(self, drafter: Drafter, writer: str) -> None:
        self._name = naming(drafter)
        self._writer = writer
        self._made: dict[tuple[str | None, ...], tuple[str, str]] = {}

    def line(self, scene_id: int, draft: Draft) -> str:
        if draft.program is None or "box=" in draft.program:
            before, after = self._around(draft)
        else:
            key = draft.text, draft.answer, draft.program, draft.origin, draft.raw_answer_sha256
            made = self._made.get(key)
            before, after = made if made is not None else self._made.setdefault(key, self._around(draft))
        return f"{scene_id}{before}{list_as_copied(draft.box_ids)}{after}"

    def _around(self, draft: Draft) -> tuple[str, str]:
        """What comes before the ids of the boxes, and what behind them."""
        kinds = f"{draft.origin}\t{draft.kind}\t{draft.question_type or NULL}\t{draft.general_type or NULL}"
        before = f"{self._writer}{kinds}\t{as_copied(draft.text)}\t{as_copied(draft.answer)}\t"
        after = f"\t{as_copied(draft.program)}\t{draft.raw_answer_sha256 or NULL}\t{self._name(draft)}\n"
        return before, after


def lock_scenes(session: Session, scene_ids: Sequence[int]) -> None:
    """Hold off whoever else drafts from the boxes of these scenes, until this transaction ends."""
    query = text("select from scene where scene_id = any(:scene_ids) order by scene_id for no key update")
    session.execute(query, {"scene_ids": list(scene_ids)})


def asked_before(session: Session, scene_ids: Sequence[int]) -> set[tuple[int, str]]:
    """(scene id, text) and (scene id, program) of all questions that these scenes have, by whatever drafter.

    The program too, since it is the same question in whatever words.
    """
    query = text("select scene_id, text, program from draft where scene_id = any(:scene_ids) and kind = 'question'")
    found = session.execute(query, {"scene_ids": list(scene_ids)})
    return {(row.scene_id, told) for row in found for told in (row.text, row.program) if told is not None}
