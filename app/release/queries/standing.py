"""How the drafts of datasets stand towards a release: in, or out by the first gate that they fail.

The one rule of what a release takes. Preview, lists and freezing are made of it, so that they never contradict.
"""

from __future__ import annotations

from typing import Final

from app.intake.queries.pairs import IS_HELD

LICENCE: Final = "coalesce(nullif(trim(s.metadata ->> 'licence'), ''), nullif(trim(t.licence), ''), '')"
"""Of the scene ``s`` of the dataset ``t``; its own before its dataset's, empty where nobody knows it."""

STANDING: Final = f"""
chosen as (
    select * from dataset where name = any(:datasets)
),
unusable as (
    -- One reviewer's word is enough to keep a scene out: where others differ, an adjudication has to settle it first.
    select distinct packet.scene_id
    from chosen join packet using (dataset_id) join review using (packet_id)
    where not :with_unusable and review.scene_verdict = 'unusable' and not review.is_extra and not exists (
        select 1 from review later
        where later.packet_id = review.packet_id and later.reviewer = review.reviewer
          and later.revision > review.revision)
),
decided as (
    select distinct on (pair_decision.scene_id) pair_decision.scene_id, pair_decision.decision
    from pair_decision join scene using (scene_id) join chosen using (dataset_id)
    order by pair_decision.scene_id, pair_decision_id desc
),
ground as materialized (
    select s.scene_id, t.name as dataset, s.split, s.duplicate_group, s.is_grouped,
        unusable.scene_id is not null as is_unusable, {LICENCE} as licence,
        case :pairs when 'any' then true when 'not_held' then not {IS_HELD}
            else coalesce(decided.decision <> 'hold', s.pair_state in ('none', 'registered')) end as is_pair_trusted
    from chosen t join scene s using (dataset_id) left join unusable using (scene_id) left join decided using (scene_id)
    where s.split = any(:splits)
),
errors as (
    -- A text is in review only once it was screened, so that its first screening was seen; of a later one, what was
    -- resolved before its end was not.
    select d.draft_id, max(case when newest.is_first then '-infinity' else newest.at end) as screened_at
    from ground join draft d using (scene_id) join finding f using (draft_id) cross join lateral (
        select x.screening_version, coalesce(run.finished_at, run.created_at) as at,
            not exists (select from screened y where y.draft_id = d.draft_id
                and y.screening_version <> x.screening_version) as is_first
        from screened x join run using (run_id) where x.draft_id = d.draft_id
        order by x.run_id desc, x.screening_version desc limit 1
    ) newest
    where :without_open_errors and f.severity = 'error' and f.screening_version = newest.screening_version
    group by d.draft_id
),
held as (
    -- What a quiz still asks: whoever has its answers from a release is no measure of anything.
    select distinct draft_id from quiz_question join quiz using (quiz_id)
    where quiz.state <> 'closed' and not quiz.public_answers
),
standing as (
    select draft.draft_id, ground.scene_id, ground.dataset, ground.split, now_.resolution_id, case
        -- Until its ground was compared with all other scenes, the split may still change.
        when not ground.is_grouped then 'not_settled'
        when ground.is_unusable then 'scene_unusable'
        when disagreement.draft_id is not null then 'disagreement'
        when now_.outcome is null then 'not_reviewed'
        when now_.outcome = 'rejected' then 'rejected'
        when now_.basis = 'sample' and not :with_sampled then 'sample_verified'
        when now_.basis <> 'sample' and now_.adjudication_id is null
            and cardinality(now_.review_ids) < :least_reviews then 'few_reviews'
        when errors.draft_id is not null and not now_.is_revised
            and not (now_.basis = 'reviews' and now_.resolved_at > errors.screened_at) then 'open_finding'
        when not ground.is_pair_trusted then 'pair_not_trusted'
        when now_.support <> all(:supports) then 'needs_optical'
        when not (:any_licence or ground.licence = any(:licences)) then 'licence'
        when held.draft_id is not null then 'held_by_quiz'
        else 'verified' end as standing
    from ground join draft using (scene_id)
    left join errors using (draft_id)
    left join held using (draft_id)
    left join disagreement on disagreement.draft_id = draft.draft_id and disagreement.closed_at is null
    left join resolution now_ on now_.draft_id = draft.draft_id and not exists (
        select 1 from resolution later where later.draft_id = now_.draft_id and later.revision > now_.revision)
    where draft.origin = 'drafted' and draft.kind = any(:kinds)
        and (draft.kind <> 'question' or draft.question_type = any(:question_types))
)
"""  # noqa: S608  (parts of our own)
"""The common table expressions up to ``standing (draft_id, scene_id, dataset, split, resolution_id, standing)``, for
the values of :meth:`app.release.queries.rules.Rules.values`."""
