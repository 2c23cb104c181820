"""How drafts stand, and the one statement that freezes the verified ones."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.db.tables.intake import Dataset

VERIFICATIONS: Final = {"reviews": "reviewed", "box_set": "boxes_reviewed", "sample": "sample_verified"}
"""What a text's outcome rests on, and what an entry says of it."""

_STANDING: Final = """
chosen as (
    select dataset_id, name from dataset where name = any(:datasets)
),
unusable as (
    -- One reviewer's word is enough to keep a scene out: where others differ, an adjudication has to settle it first.
    select distinct packet.scene_id
    from chosen join packet using (dataset_id) join review using (packet_id)
    where review.scene_verdict = 'unusable' and not review.is_extra and not exists (
        select 1 from review later
        where later.packet_id = review.packet_id and later.reviewer = review.reviewer
          and later.revision > review.revision)
),
standing as (
    select draft.draft_id, draft.scene_id, chosen.name as dataset, now_.resolution_id, case
        -- Until its ground was compared with all other scenes, the split may still change.
        when not scene.is_grouped then 'not_settled'
        when unusable.scene_id is not null then 'scene_unusable'
        when disagreement.draft_id is not null then 'disagreement'
        when now_.outcome is null then 'not_reviewed'
        when now_.outcome = 'rejected' then 'rejected'
        when now_.basis = 'sample' then 'sample_verified'
        else 'verified' end as standing
    from chosen join scene using (dataset_id) join draft using (scene_id)
    left join unusable using (scene_id)
    left join disagreement on disagreement.draft_id = draft.draft_id and disagreement.closed_at is null
    left join resolution now_ on now_.draft_id = draft.draft_id and not exists (
        select 1 from resolution later where later.draft_id = now_.draft_id and later.revision > now_.revision)
    where draft.origin = 'drafted' and draft.kind = any(:kinds)
)
"""
"""How each draft of the datasets stands: verified, or why not. The one rule for what a release takes."""

_FREEZE: Final = """
verdicts as (
    select draft_verdict.draft_id, jsonb_agg(jsonb_build_object(
        'reviewer', review.reviewer, 'revision', review.revision,
        'counted', review.review_id = any(resolution.review_ids), 'verdict', draft_verdict.verdict,
        'flags', draft_verdict.flags, 'spans', draft_verdict.spans, 'support', draft_verdict.support,
        'revised_text', draft_verdict.revised_text, 'revised_answer', draft_verdict.revised_answer
    ) order by review.reviewer, review.revision) as verdicts
    from standing join resolution using (resolution_id)
    join draft_verdict on draft_verdict.draft_id = standing.draft_id
    join review on review.review_id = draft_verdict.review_id
    where standing.standing = any(:taken) and not exists (
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
texts as materialized (
    select standing.draft_id, standing.resolution_id, standing.scene_id, standing.dataset, scene.split,
        draft.kind, draft.question_type, resolution.is_revised, resolution.basis,
        encode(sha256(convert_to(jsonb_build_array(
            standing.dataset, scene.name, scene.processed_sha256, scene.split, draft.kind, draft.question_type,
            resolution.text, resolution.answer, resolution.support, draft.draft_sha256
        )::text, 'UTF8')), 'hex') as text_sha256,
        jsonb_build_object(
            'dataset', standing.dataset, 'scene', scene.name, 'split', scene.split,
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
    from standing join draft using (draft_id) join scene on scene.scene_id = standing.scene_id
    join drafter using (drafter_id) join resolution using (resolution_id)
    left join verdicts on verdicts.draft_id = standing.draft_id
    left join sampled using (sample_result_id)
    where standing.standing = any(:taken)
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
            select dataset, standing, count(*) as drafts from standing where standing <> all(:taken)
            group by dataset, standing) by_reason group by dataset) by_dataset
),
verified as (
    select jsonb_object_agg(cast(:verifications as jsonb) ->> basis, texts) as verified
    from (select basis, count(*) as texts from texts group by basis) by_basis
),
frozen as (
    insert into release (name, number, notes, rules, counts, text_count, content_sha256)
    select :name, (select coalesce(max(number), 0) + 1 from release where name = :name), :notes,
        cast(:rules as jsonb),
        jsonb_build_object('parts', (select parts from parts), 'left_out', (select left_out from left_out),
            'verification', (select verified from verified), 'images', (select count(*) from scenes)),
        count(*),
        encode(sha256(convert_to(string_agg(text_sha256, '' order by text_sha256 collate "C"), 'UTF8')), 'hex')
    from texts having count(*) > 0
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
    select frozen.release_id, text_sha256, draft_id, resolution_id, entry from frozen, texts
)
select release_id, number from frozen
"""


_COUNT: Final = f"with {_STANDING} select dataset, standing, count(*) from standing group by 1, 2"  # noqa: S608


def list_dataset_names(session: Session) -> list[str]:
    return list(session.execute(select(Dataset.name).order_by(Dataset.name)).scalars())


_UNSETTLED: Final = text("""
select dataset.name, count(*) from dataset join scene using (dataset_id)
where dataset.name = any(:datasets) and not scene.is_grouped group by dataset.name
""")


def count_unsettled(session: Session, datasets: Sequence[str]) -> dict[str, int]:
    """Scenes whose split is not final, by dataset; only of datasets that have such."""
    return {row[0]: row[1] for row in session.execute(_UNSETTLED, {"datasets": list(datasets)})}


def count_standings(session: Session, datasets: Sequence[str], kinds: Sequence[str]) -> list[tuple[str, str, int]]:
    """(dataset, standing, drafts) of the datasets."""
    rows = session.execute(text(_COUNT), {"datasets": list(datasets), "kinds": list(kinds)})
    return [(row[0], row[1], row[2]) for row in rows]


def freeze(
    session: Session,
    name: str,
    datasets: Sequence[str],
    kinds: Sequence[str],
    notes: str,
    rules: Mapping[str, Any],
    taken: Sequence[str],
) -> int | None:
    """Freeze all texts whose standing is ``taken`` under the next number of ``name``; None, and nothing written, if
    there are none.

    One statement, so that all of it is of one moment. Two at once under one name get two numbers: the second waits.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"release {name}", 0))))
    values = {
        "datasets": list(datasets),
        "kinds": list(kinds),
        "name": name,
        "notes": notes,
        "rules": json.dumps(rules),
        "taken": list(taken),
        "verifications": json.dumps(VERIFICATIONS),
    }
    row = session.execute(text(f"with {_STANDING}, {_FREEZE}"), values).one_or_none()
    return row[0] if row else None
