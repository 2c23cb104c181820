"""The one statement that freezes all texts that stand as verified, with what they differ in from the number before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.db.tables.intake import Dataset
from app.release.queries.rules import Rules
from app.release.queries.standing import STANDING

VERIFICATIONS: Final = {"reviews": "reviewed", "box_set": "boxes_reviewed", "sample": "sample_verified"}
"""What a text's outcome rests on, and what an entry says of it."""

WORK_MEMORY: Final = "64MB"

_FREEZE: Final = """
texts as materialized (
    -- Without what they say: this is read many times, and a million entries would each time be read from disk.
    select standing.draft_id, standing.resolution_id, standing.scene_id, standing.dataset, standing.split,
        draft.kind, draft.question_type, resolution.is_revised, resolution.basis, resolution.sample_result_id,
        sha256(convert_to(jsonb_build_array(
            standing.dataset, scene.name, scene.processed_sha256, scene.split, draft.kind, draft.question_type,
            resolution.text, resolution.answer, resolution.support, draft.draft_sha256
        )::text, 'UTF8')) as id
    from standing join draft using (draft_id) join scene on scene.scene_id = standing.scene_id
    join resolution using (resolution_id)
    where standing.standing = 'verified'
),
verdicts as (
    select draft_verdict.draft_id, jsonb_agg(jsonb_build_object(
        'reviewer', review.reviewer, 'revision', review.revision,
        'counted', review.review_id = any(resolution.review_ids), 'verdict', draft_verdict.verdict,
        'flags', draft_verdict.flags, 'spans', draft_verdict.spans, 'support', draft_verdict.support,
        'revised_text', draft_verdict.revised_text, 'revised_answer', draft_verdict.revised_answer
    ) order by review.reviewer, review.revision) as verdicts
    from texts join resolution using (resolution_id)
    join draft_verdict on draft_verdict.draft_id = texts.draft_id
    join review on review.review_id = draft_verdict.review_id
    where not exists (
        select 1 from review later
        where later.packet_id = review.packet_id and later.reviewer = review.reviewer
          and later.revision > review.revision)
    group by draft_verdict.draft_id
),
sampled as (
    select sample_result_id, jsonb_build_object('sample', jsonb_build_object(
        'read', read, 'wrong', wrong, 'error_rate', wrong::float8 / read, 'low', low, 'high', high,
        'split', review_policy.split, 'kind', review_policy.kind, 'drafter', drafter.identity)) as sample
    from sample_result join review_policy using (review_policy_id) left join drafter using (drafter_id)
),
entries as (
    select texts.id, texts.draft_id, texts.resolution_id,
        jsonb_build_object(
            'dataset', texts.dataset, 'scene', scene.name, 'split', scene.split,
            'image_sha256', scene.processed_sha256, 'kind', draft.kind, 'question_type', draft.question_type,
            'support', resolution.support, 'is_revised', resolution.is_revised,
            'verdicts', coalesce(verdicts.verdicts, '[]'),
            'verification', cast(:verifications as jsonb) ->> resolution.basis,
            'draft', jsonb_build_object(
                'text', draft.text, 'answer', draft.answer, 'sha256', draft.draft_sha256, 'box_ids', draft.box_ids,
                'program', draft.program, 'raw_answer_sha256', draft.raw_answer_sha256),
            'drafter', jsonb_build_object(
                'identity', drafter.identity, 'name', drafter.name, 'version', drafter.version,
                'model', drafter.model, 'prompt_version', drafter.prompt_version, 'parameters', drafter.parameters)
        ) || case when draft.kind = 'question'
            then jsonb_build_object('question', resolution.text, 'answer', resolution.answer)
            else jsonb_build_object('caption', resolution.text) end
        || coalesce(sampled.sample, '{}') as entry
    from texts join draft using (draft_id) join scene on scene.scene_id = texts.scene_id
    join drafter using (drafter_id) join resolution using (resolution_id)
    left join verdicts on verdicts.draft_id = texts.draft_id
    left join sampled on sampled.sample_result_id = texts.sample_result_id
),
scenes as materialized (
    select distinct scene_id, dataset from texts
),
parts as (
    select coalesce(jsonb_agg(to_jsonb(part) order by
        dataset collate "C", split collate "C", kind collate "C", question_type collate "C"), '[]') as parts from (
        select dataset, split, kind, question_type, count(*) as texts, count(*) filter (where is_revised) as revised,
            count(*) filter (where basis = 'sample') as sample_verified
        from texts group by dataset, split, kind, question_type) part
),
left_out as (
    select coalesce(jsonb_object_agg(dataset, reasons), '{}') as left_out from (
        select dataset, jsonb_object_agg(standing, drafts) as reasons from (
            select dataset, standing, count(*) as drafts from standing where standing <> 'verified'
            group by dataset, standing) by_reason group by dataset) by_dataset
),
verified as (
    select jsonb_object_agg(cast(:verifications as jsonb) ->> basis, texts) as verified
    from (select basis, count(*) as texts from texts group by basis) by_basis
),
sources as (
    select coalesce(jsonb_agg(jsonb_build_object('dataset', name, 'licence', licence, 'citation', citation,
        'images', images, 'licences', licences) order by name collate "C"), '[]') as sources
    from chosen join (
        select dataset, sum(images) as images, jsonb_object_agg(licence, images) as licences from (
            select dataset, ground.licence, count(*) as images from scenes join ground using (scene_id, dataset)
            group by dataset, ground.licence) by_licence group by dataset) counted on counted.dataset = chosen.name
),
samples as (
    select coalesce(jsonb_agg(sampled.sample -> 'sample' || jsonb_build_object('texts', counted.texts, 'dataset',
        counted.dataset) order by counted.dataset collate "C", sample_result_id), '[]') as samples
    from sampled join (
        select dataset, sample_result_id, count(*) as texts from texts where basis = 'sample'
        group by dataset, sample_result_id) counted using (sample_result_id)
),
leakage as (
    select count(*) as places, coalesce(sum(scenes), 0)::bigint as scenes from (
        select count(*) as scenes from scenes join ground using (scene_id)
        where duplicate_group is not null and split in ('train', 'val', 'test')
        group by duplicate_group having count(distinct split) > 1) divided
),
disputed as (
    select count(*) as drafts from standing where standing = 'disagreement'
),
credited as (
    select coalesce(array_agg(distinct credited_as collate "C"), '{}') as names from person
    where credited_as is not null and pseudonym in (
        select review.reviewer from texts join resolution using (resolution_id)
            cross join unnest(review_ids) as rests_on(review_id) join review using (review_id)
        union
        select adjudicator from texts join resolution using (resolution_id) join adjudication using (adjudication_id))
),
before as (
    select release_id, name || '@' || number as label from release where name = :name order by number desc limit 1
),
changes as materialized (
    select draft_id, case when old.draft_id is null then 'added' when texts.draft_id is null then 'removed'
            else 'changed' end as change,
        case when texts.draft_id is null then coalesce(standing.standing, 'not_chosen') end as reason
    from (select draft_id, text_sha256 from before join release_text using (release_id)) old
    full join texts using (draft_id) left join standing using (draft_id)
    where exists (select from before) and old.text_sha256 is distinct from encode(texts.id, 'hex')
),
difference as (
    select jsonb_build_object('before', before.label, 'added', added, 'changed', changed,
        'same', (select count(*) from texts) - added - changed, 'removed', removed) as difference
    from before cross join (
        select count(*) filter (where change = 'added') as added, count(*) filter (where change = 'changed') as changed
        from changes) counted
    cross join (
        select coalesce(jsonb_object_agg(reason, drafts), '{}') as removed from (
            select reason, count(*) as drafts from changes where change = 'removed' group by reason) by_reason) gone
),
frozen as (
    insert into release (name, number, notes, rules, counts, contributors, text_count, content_sha256)
    select :name, (select coalesce(max(number), 0) + 1 from release where name = :name), :notes,
        cast(:rules as jsonb),
        jsonb_build_object('parts', (select parts from parts), 'left_out', (select left_out from left_out),
            'verification', (select verified from verified), 'images', (select count(*) from scenes),
            'sources', (select sources from sources), 'samples', (select samples from samples),
            'leakage', (select to_jsonb(leakage) from leakage))
        || coalesce((select jsonb_build_object('difference', difference) from difference), '{}'),
        (select names from credited), count(*),
        -- In the order of the ids' bytes, which is that of their digits.
        encode(sha256(convert_to(string_agg(encode(id, 'hex'), '' order by id), 'UTF8')), 'hex')
    from texts having count(*) > 0
        and not (:blocks_disputed and (select drafts from disputed) > 0)
        and not (:strict and (select places from leakage) > 0)
    returning release_id, number
),
frozen_scenes as (
    insert into release_scene (release_id, dataset, name, entry)
    select frozen.release_id, scenes.dataset, scene.name, jsonb_build_object(
        'dataset', scenes.dataset, 'scene', scene.name, 'split', scene.split,
        'published_split', scene.published_split, 'rows', scene.rows, 'cols', scene.cols, 'unit', scene.unit,
        'assets', jsonb_build_object('sar', scene.sar_sha256, 'processed', scene.processed_sha256,
            'optical', scene.optical_sha256),
        'boxes', (select coalesce(jsonb_agg(jsonb_build_object('id', source_box_id, 'number', object_box.number,
                'category', category, 'bbox', jsonb_build_array(x_min, y_min, width, height))
                order by object_box.number), '[]')
            from object_box where object_box.scene_id = scene.scene_id),
        'metadata', scene.metadata, 'ground', scene.ground, 'original', scene.original,
        'provenance', scene.provenance)
    from frozen, scenes join scene using (scene_id)
),
frozen_texts as (
    insert into release_text (release_id, text_sha256, draft_id, resolution_id, entry)
    select frozen.release_id, encode(id, 'hex'), draft_id, resolution_id, entry from frozen, entries
),
frozen_changes as (
    insert into release_change (release_id, change, draft_id, reason)
    select frozen.release_id, change, draft_id, reason from frozen, changes
)
select (select release_id from frozen) as release_id, (select count(*) from texts) as texts, left_out.left_out,
    disputed.drafts as disputed, leakage.places
from left_out, disputed, leakage
"""


@dataclass(frozen=True, slots=True)
class Frozen:
    """What came of freezing."""

    release_id: int | None
    """None, and nothing written, where no text passes or something blocks."""
    texts: int
    """That pass, also where they were not frozen."""
    left_out: Mapping[str, Mapping[str, int]]
    """``{dataset: {standing: drafts}}``"""
    disputed: int
    """Drafts that wait to be adjudicated."""
    places: int
    """With ground on more than one side of the split."""


def list_dataset_names(session: Session) -> list[str]:
    return list(session.execute(select(Dataset.name).order_by(Dataset.name)).scalars())


def lock_name(session: Session, name: str) -> None:
    """Others who would freeze under this name, in whatever case, wait until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"release {name.lower()}", 0))))


def freeze(session: Session, name: str, notes: str, rules: Rules) -> Frozen:
    """Freeze all texts that pass under the next number of ``name``.

    One statement, so that all of it is of one moment. Call :func:`lock_name` before.
    """
    values = {
        **rules.values(),
        "name": name,
        "notes": notes,
        "rules": json.dumps(rules.to_json()),
        "blocks_disputed": rules.open_disagreements == "block",
        "strict": rules.strict,
        "verifications": json.dumps(VERIFICATIONS),
    }
    # Hash joins over a million rows each; by what a statement gets otherwise they would go over the disk.
    session.execute(select(func.set_config("work_mem", WORK_MEMORY, True)))
    return Frozen(**session.execute(text(f"with {STANDING}, {_FREEZE}"), values).one()._mapping)
