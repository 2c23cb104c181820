"""Which questions of a release a quiz can ask, and why it cannot ask the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.intake.queries.pairs import DECISION_OF
from app.quiz.queries.rules import QuizRules

LONGEST_TRUTH: Final = 100
"""In code points: what is longer is nothing that somebody types as an answer."""
READ_AT_ONCE: Final = 2000

_SURVEY: Final = text(f"""
create temporary table quiz_candidate on commit drop as with
-- What was frozen counts, not what a later import says of the scene; whether its pair is to be shown counts as of now.
scenes as materialized (
    select s.scene_id, frozen.dataset, frozen.entry ->> 'split' as split,
        coalesce('group ' || s.duplicate_group, 'scene ' || frozen.dataset || '/' || coalesce(s.parent, s.name))
            as ground_key,
        frozen.entry #>> '{{assets,optical}}' is not null and case
            when decided.decision is null then s.pair_state <> 'misregistered'
            else decided.decision = 'use' end as shows_optical
    from release_scene frozen join dataset t on t.name = frozen.dataset
    join scene s on s.dataset_id = t.dataset_id and s.name = frozen.name {DECISION_OF}
    where frozen.release_id = :release_id
),
asked as (
    select distinct draft_id from quiz_question join quiz using (quiz_id)
    where quiz_id is distinct from cast(:quiz_id as bigint) and state in ('open', 'closed')
),
questions as (
    select f.text_sha256, draft.question_type, scenes.dataset, scenes.ground_key, resolution.text as question,
        resolution.answer, case
            when cardinality(cast(:datasets as text[])) > 0 and scenes.dataset <> all(cast(:datasets as text[]))
                then 'other_dataset'
            when draft.question_type <> all(:question_types) then 'other_type'
            when scenes.split <> all(:splits) then 'other_split'
            when resolution.basis = 'sample' then 'sample_verified'
            when resolution.support <> 'sar' then 'needs_optical'
            when length(resolution.answer) > {LONGEST_TRUTH} or btrim(resolution.answer) = '' then 'long_answer'
            when :wants_optical and not scenes.shows_optical then 'no_optical'
            when draft.question_type = 'referring' and not exists (
                select from object_box box where cardinality(draft.box_ids) = 1
                    and box.scene_id = draft.scene_id and box.source_box_id = draft.box_ids[1]) then 'no_region'
            when not :with_asked and f.draft_id in (select draft_id from asked) then 'asked_before'
            else 'eligible' end as gate
    from release_text f join draft using (draft_id) join scenes using (scene_id)
    join resolution on resolution.resolution_id = f.resolution_id
    where f.release_id = :release_id and draft.kind = 'question'
)
select text_sha256, question_type, dataset, ground_key, gate,
    case gate when 'eligible' then question end as question, case gate when 'eligible' then answer end as answer
from questions
""")  # noqa: S608  (parts of our own)
_FORGET: Final = text("drop table if exists pg_temp.quiz_candidate")
_COUNT: Final = text("""
select question_type, dataset, gate, count(*) from quiz_candidate group by question_type, dataset, gate
""")
_STREAM: Final = text("""
select text_sha256, question_type, dataset, ground_key, question, answer from quiz_candidate where gate = 'eligible'
""")

_DETAILS: Final = text("""
select f.text_sha256, f.draft_id, draft.scene_id, resolution.text as question, resolution.answer,
    frozen.entry -> 'metadata' as metadata, (
        select box -> 'bbox' from jsonb_array_elements(frozen.entry -> 'boxes') as box
        where box ->> 'id' = draft.box_ids[1] limit 1) as box
from release_text f join draft using (draft_id) join scene using (scene_id) join dataset using (dataset_id)
join resolution on resolution.resolution_id = f.resolution_id
join release_scene frozen
    on frozen.release_id = f.release_id and frozen.dataset = dataset.name and frozen.name = scene.name
where f.release_id = :release_id and f.text_sha256 = any(:ids)
""")
_CLASSES: Final = text("""
select distinct category from (
    select jsonb_array_elements(entry -> 'boxes') ->> 'category' as category from release_scene
    where release_id = :release_id) as boxes
order by category limit 500
""")


class EligibleRow(NamedTuple):
    """A question that can be asked."""

    text_sha256: str
    question_type: str
    dataset: str
    ground_key: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class DetailRow:
    """What is copied of a question that was chosen."""

    text_sha256: str
    draft_id: int
    scene_id: int
    question: str
    answer: str
    metadata: dict[str, Any] | None
    box: list[float] | None
    """``[x_min, y_min, width, height]`` of the first box that it names, in pixels of the scene, as it was frozen."""


def look_at_questions(
    session: Session, release_id: int, rules: QuizRules, quiz_id: int | None = None, *, wants_optical: bool
) -> None:
    """Look at all questions of the release once, for what is asked of them until the transaction ends.

    ``quiz_id`` is the quiz that asks: what it asks itself is not asked before.
    """
    session.execute(_FORGET)
    session.execute(_SURVEY, _values(release_id, rules, quiz_id, wants_optical=wants_optical))


def count_gates(session: Session) -> list[tuple[str, str, str, int]]:
    """(question type, dataset, gate, questions) of what was looked at; gate is ``eligible`` or why not."""
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(_COUNT)]


def stream_eligible(session: Session) -> Iterator[EligibleRow]:
    """All questions of what was looked at that can be asked, in no order; few in memory at once."""
    for row in session.execute(_STREAM, execution_options={"yield_per": READ_AT_ONCE}):
        yield EligibleRow(*row)


def list_details(session: Session, release_id: int, ids: Sequence[str]) -> dict[str, DetailRow]:
    """Of the chosen ones, by their id."""
    rows = session.execute(_DETAILS, {"release_id": release_id, "ids": list(ids)})
    return {row.text_sha256: DetailRow(*row) for row in rows}


def list_classes(session: Session, release_id: int) -> list[str]:
    """The categories of the release's boxes, in alphabetical order."""
    return list(session.execute(_CLASSES, {"release_id": release_id}).scalars())


def _values(release_id: int, rules: QuizRules, quiz_id: int | None, *, wants_optical: bool) -> dict[str, Any]:
    return {
        "release_id": release_id,
        "quiz_id": quiz_id,
        "datasets": list(rules.datasets),
        "question_types": list(rules.question_types),
        "splits": list(rules.splits),
        "with_asked": rules.with_asked,
        "wants_optical": wants_optical,
    }
