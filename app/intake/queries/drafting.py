"""What drafting by any drafter reads and writes: scenes in order, outcomes claimed once, and its run's counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.intake.queries.copying import copy_rows
from app.intake.queries.drafts import draft_sha256
from app.intake.queries.pairs import DECISION_OF
from pipeline.records import Draft, Drafter, Kind


@dataclass(frozen=True, slots=True)
class SceneInputs:
    """What of a scene decides whether it is drafted, and what is shown of it."""

    scene_id: int
    name: str
    rows: int
    cols: int
    spacing_m: Sequence[float] | None
    optical_sha256: str | None
    """None too where an admin has decided that the SAR image is used alone."""
    processed_sha256: str
    land_cover: Mapping[str, float] | None


@dataclass(frozen=True, slots=True)
class OutcomeKey:
    """What is done once."""

    scene_id: int
    drafter_id: int
    kind: str
    input_sha256: str


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A run that begins, or goes on where it was."""

    run_id: int
    done: int
    counts: Mapping[str, int]


_SCAN: Final = text(f"""
select s.scene_id, s.name, s.rows, s.cols, s.metadata -> 'pixel_spacing_m' as spacing_m,
    case when decided.decision = 'without_optical' then null else s.optical_sha256 end as optical_sha256,
    s.processed_sha256, s.land_cover
from scene s {DECISION_OF}
where s.dataset_id = :dataset_id and s.scene_id > :after order by s.scene_id limit :limit
""")  # noqa: S608  (parts of our own)

_OUTCOMES: Final = text("""
select scene_id, drafter_id, kind, input_sha256 from drafting_outcome
where scene_id = any(:scene_ids) and drafter_id = any(:drafter_ids)
""")

_MIDDLE: Final = text("""
select scene_id from scene where dataset_id = :dataset_id
and scene_id >= (select min(scene_id) + (random() * (max(scene_id) - min(scene_id)))::bigint
    from scene where dataset_id = :dataset_id)
order by scene_id limit 1
""")

_CLAIM: Final = text("""
insert into drafting_outcome (scene_id, drafter_id, kind, input_sha256, run_id, drafts, failure)
select scene_id, drafter_id, kind, input_sha256, :run_id, drafts, failure from jsonb_to_recordset(cast(:rows as jsonb))
    as given (scene_id bigint, drafter_id bigint, kind text, input_sha256 text, drafts int, failure text)
order by scene_id, drafter_id, kind, input_sha256
on conflict do nothing returning scene_id, drafter_id, kind, input_sha256
""")

_ADD_DRAFTS: Final = text("""
insert into draft (scene_id, drafter_id, run_id, origin, kind, question_type, general_type, text, answer, box_ids,
    program, raw_answer_sha256, draft_sha256)
select scene_id, drafter_id, :run_id, origin, kind, question_type, general_type, text, answer,
    array(select jsonb_array_elements_text(box_ids)), program, raw_answer_sha256, draft_sha256
from jsonb_to_recordset(cast(:rows as jsonb)) as given (scene_id bigint, drafter_id bigint, origin text, kind text,
    question_type text, general_type text, text text, answer text, box_ids jsonb, program text,
    raw_answer_sha256 text, draft_sha256 text)
on conflict (scene_id, draft_sha256) do nothing returning scene_id
""")

_ADVANCE: Final = text("""
update run set done = done + :done, total = :total, counts = counts || (
    select coalesce(jsonb_object_agg(key, coalesce((counts ->> key)::bigint, 0) + value::bigint), '{}')
    from jsonb_each_text(cast(:deltas as jsonb))
) where run_id = :run_id returning done, counts
""")

_BROKEN_OFF: Final = text("""
select run_id from (
    select run_id, state from run where dataset_id = :dataset_id and kind = 'draft'
    and parameters = cast(:parameters as jsonb) order by run_id desc limit 1 for update
) as newest where state <> 'done'
""")

_GO_ON: Final = text("""
update run set state = 'running', error = null, finished_at = null,
    done = (select count(*) from drafting_outcome o where o.run_id = run.run_id),
    counts = counts || jsonb_build_object('failed', (
        select count(*) from drafting_outcome o where o.run_id = run.run_id and o.failure is not null
    ))
where run_id = :run_id returning done, counts
""")

_USAGE: Final = text("""
select coalesce(sum((counts ->> 'calls')::bigint), 0)::bigint as calls,
    coalesce(sum((counts ->> 'prompt_tokens')::bigint), 0)::bigint as prompt_tokens,
    coalesce(sum((counts ->> 'completion_tokens')::bigint), 0)::bigint as completion_tokens
from run where kind = 'draft' and parameters -> 'drafters' = cast(:drafters as jsonb)
""")


def scan_scenes(session: Session, dataset_id: int, *, after: int, limit: int) -> list[SceneInputs]:
    """The dataset's scenes behind ``after``, by id."""
    rows = session.execute(_SCAN, {"dataset_id": dataset_id, "after": after, "limit": limit})
    return [SceneInputs(*row) for row in rows]


def middle_scene(session: Session, dataset_id: int) -> int:
    """The id before some scene anywhere in the dataset: another each time."""
    found = session.execute(_MIDDLE, {"dataset_id": dataset_id}).scalar_one_or_none()
    return 0 if found is None else int(found) - 1


def outcomes_of(session: Session, scene_ids: Sequence[int], drafter_ids: Sequence[int]) -> set[OutcomeKey]:
    """What these drafters have done of these scenes, or have failed at for good."""
    rows = session.execute(_OUTCOMES, {"scene_ids": list(scene_ids), "drafter_ids": list(drafter_ids)})
    return {OutcomeKey(*row) for row in rows}


def claim(session: Session, run_id: int, outcomes: Mapping[OutcomeKey, tuple[int, str | None]]) -> set[OutcomeKey]:
    """Write the outcomes (drafts, failure) that are new; returns the keys of those, whose drafts the caller stores.

    Another process that does the same at the same time waits here for this transaction, and then gets nothing: that is
    what keeps a text from being stored twice.
    """
    if not outcomes:
        return set()
    rows = [
        {
            "scene_id": key.scene_id,
            "drafter_id": key.drafter_id,
            "kind": key.kind,
            "input_sha256": key.input_sha256,
            "drafts": drafts,
            "failure": failure,
        }
        for key, (drafts, failure) in outcomes.items()
    ]
    claimed = session.execute(_CLAIM, {"run_id": run_id, "rows": json.dumps(rows)})
    return {OutcomeKey(**row._mapping) for row in claimed}


def add_drafts(session: Session, run_id: int, drafts: Iterable[tuple[OutcomeKey, Drafter, Draft]]) -> int:
    """Store drafts; a text that the same drafter has written of the scene before, shown something else, stays one.

    Returns how many were added.
    """
    rows = [
        {
            "scene_id": key.scene_id,
            "drafter_id": key.drafter_id,
            "origin": draft.origin,
            "kind": draft.kind,
            "question_type": draft.question_type,
            "general_type": draft.general_type,
            "text": draft.text,
            "answer": draft.answer,
            "box_ids": list(draft.box_ids),
            "program": draft.program,
            "raw_answer_sha256": draft.raw_answer_sha256,
            "draft_sha256": draft_sha256(drafter, draft),
        }
        for key, drafter, draft in drafts
    ]
    if not rows:
        return 0
    return len(session.execute(_ADD_DRAFTS, {"run_id": run_id, "rows": json.dumps(rows)}).all())


def questions_of(session: Session, scene_ids: Sequence[int]) -> dict[int, list[str]]:
    """The questions that these scenes have, by whatever drafter."""
    found: dict[int, list[str]] = {}
    query = text("select scene_id, text from draft where scene_id = any(:scene_ids) and kind = 'question'")
    for row in session.execute(query, {"scene_ids": list(scene_ids)}):
        found.setdefault(row.scene_id, []).append(row.text)
    return found


def report(session: Session, run_id: int, lines: Iterable[tuple[str, str, str]]) -> int:
    """Add (scene, reason, detail) to the run's report."""
    rows = ((run_id, scene, reason, detail) for scene, reason, detail in lines)
    return copy_rows(session, "refusal", ("run_id", "file", "reason", "detail"), rows)


def take_up_run(
    session: Session, dataset_id: int, parameters: Mapping[str, Any], *, asked_again: Sequence[str]
) -> TakenUp | None:
    """The dataset's newest run with these parameters, if it is not done: killed, failed or stopped at its limit.

    Its report keeps what is final; lines with the reasons of ``asked_again`` go, since that is met anew.
    """
    values = {"dataset_id": dataset_id, "parameters": json.dumps(dict(parameters))}
    run_id = session.execute(_BROKEN_OFF, values).scalar_one_or_none()
    if run_id is None:
        return None
    forget = text("delete from refusal where run_id = :run_id and reason = any(:reasons)")
    session.execute(forget, {"run_id": run_id, "reasons": list(asked_again)})
    row = session.execute(_GO_ON, {"run_id": run_id}).one()
    return TakenUp(run_id, row.done, row.counts)


def advance(
    session: Session, run_id: int, done: int, total: int, deltas: Mapping[str, int]
) -> tuple[int, Mapping[str, int]]:
    """Add to what the run has done and counted, beside others that may do so too. Returns what it then has."""
    values = {"run_id": run_id, "done": done, "total": total, "deltas": json.dumps(dict(deltas))}
    row = session.execute(_ADVANCE, values).one()
    return row.done, row.counts


def earlier_usage(session: Session, drafters: Mapping[Kind, str]) -> tuple[int, int, int]:
    """(calls, prompt tokens, completion tokens) of all runs of exactly these drafters, by kind and identity."""
    row = session.execute(_USAGE, {"drafters": json.dumps(dict(drafters))}).one()
    return row.calls, row.prompt_tokens, row.completion_tokens


def drafter_id_of(session: Session, identity: str) -> int | None:
    """The id of the drafter's row, if it has one."""
    query = text("select drafter_id from drafter where identity = :identity")
    found: int | None = session.execute(query, {"identity": identity}).scalar_one_or_none()
    return found
