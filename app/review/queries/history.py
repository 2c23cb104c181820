"""All that happened to one draft: ten statements, however much that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

# Who is a display name, None where the person is erased; leads alone read these pages.
_DRAFT: Final = text("""
select d.draft_id, d.origin, d.kind, d.question_type, d.general_type, d.text, d.answer, d.box_ids, d.program,
    d.box_review_id, d.raw_answer_sha256, d.draft_sha256, d.created_at, d.run_id, d.scene_id,
    s.name as scene, s.split, t.name as dataset, t.dataset_id,
    w.name as drafter, w.version as drafter_version, w.model, w.prompt_version, w.parameters,
    m.packet_id, m.position, p.draft_count, p.number as packet_number, p.sealed_at, p.hides_findings, p.sar_first,
    p.boxes_first, (select count(*) from slot k where k.packet_id = p.packet_id) as reviews_wanted
from draft d join scene s using (scene_id) join dataset t using (dataset_id) join drafter w using (drafter_id)
left join packet_draft m on m.draft_id = d.draft_id left join packet p on p.packet_id = m.packet_id
where d.draft_id = :draft_id
""")

_FINDINGS: Final = text("""
select screening_version, rule, severity, field, start_, end_, span_text, message, suggestion,
    (select x.run_id from screened x where x.draft_id = f.draft_id and x.screening_version = f.screening_version)
        as run_id
from finding f where draft_id = :draft_id order by run_id desc nulls last, screening_version, field, start_, rule
""")

_SCREENINGS: Final = text("""
select x.screening_version, x.run_id, r.created_at as screened_at
from screened x join run r using (run_id) where x.draft_id = :draft_id order by x.run_id desc
""")

_REVIEWS: Final = text("""
select r.review_id, r.reviewer, w.display_name as who, r.revision, r.is_extra, r.slot, r.scene_verdict,
    r.unusable_reason, r.submitted_at, v.verdict, v.revised_text, v.revised_answer, v.flags, v.spans, v.support,
    v.origin, v.marks, v.view,
    exists (select from review n where n.packet_id = r.packet_id and n.reviewer = r.reviewer
        and n.revision > r.revision) as is_superseded
from review r left join draft_verdict v on v.review_id = r.review_id and v.draft_id = :draft_id
left join person w on w.pseudonym = r.reviewer
where r.packet_id = :packet_id order by r.submitted_at, r.review_id
""")

_BEFORE: Final = text("""
select 'first' as stage, v.reviewer, w.display_name as who, v.verdict, null as revised_text, null as revised_answer,
    v.flags, v.created_at, false as has_seen_optical
from first_verdict v left join person w on w.pseudonym = v.reviewer
where v.packet_id = :packet_id and v.draft_id = :draft_id
union all
select 'sar', v.reviewer, w.display_name, v.verdict, v.revised_text, v.revised_answer, v.flags, v.created_at,
    v.has_seen_optical
from sar_verdict v left join person w on w.pseudonym = v.reviewer
where v.packet_id = :packet_id and v.draft_id = :draft_id
order by created_at
""")

_DISAGREEMENT: Final = text("""
select g.reason, g.opened_at, g.closed_at, a.adjudication_id, a.choice, a.side_review_id, a.flags, a.unusable_reason,
    a.note, a.created_at as decided_at, w.display_name as who, a.adjudicator
from disagreement g left join adjudication a using (draft_id) left join person w on w.pseudonym = a.adjudicator
where g.draft_id = :draft_id order by a.adjudication_id
""")

_RESOLUTIONS: Final = text("""
select o.resolution_id, o.revision, o.outcome, o.text, o.answer, o.support, o.is_revised, o.review_ids, o.basis,
    o.adjudication_id, o.resolved_at, x.read, x.wrong, x.low, x.high
from resolution o left join sample_result x using (sample_result_id)
where o.draft_id = :draft_id order by o.revision
""")

# Each release is asked through its own index: few they are, and large.
_RELEASES: Final = text("""
select r.name, r.number, r.created_at, t.resolution_id, t.text_sha256
from release r join lateral (
    select resolution_id, text_sha256 from release_text where release_id = r.release_id and draft_id = :draft_id
) as t on true
order by r.created_at, r.release_id
""")

_BOX_REVIEW: Final = text("""
select b.box_review_id, b.reviewer, w.display_name as who, b.revision, b.created_at,
    count(v.number) filter (where v.verdict = 'right') as right,
    count(v.number) filter (where v.verdict = 'wrong_class') as wrong_class,
    count(v.number) filter (where v.verdict = 'spurious') as spurious,
    count(v.number) filter (where v.verdict = 'missing') as missing
from box_review b left join box_verdict v using (box_review_id) left join person w on w.pseudonym = b.reviewer
where b.box_review_id = :box_review_id
    or b.box_review_id in (select box_review_id from box_outcome where draft_id = :draft_id)
group by b.box_review_id, w.display_name order by b.box_review_id
""")

# What goes to all sides is stored once for each of them, and told once. To the minute, as the page tells times.
_COMMENTS: Final = text("""
select w.display_name as who, count(distinct c.to_reviewer) as reviewers, c.text, min(c.created_at) as created_at
from comment c left join person w on w.pseudonym = c.written_by
where c.draft_id = :draft_id
group by c.written_by, w.display_name, c.to_reviewer is null, c.text, date_trunc('minute', c.created_at)
order by min(c.comment_id)
""")


@dataclass(frozen=True, slots=True)
class HistoryRows:
    """A draft and all that is stored about it."""

    draft: RowMapping
    findings: Sequence[RowMapping]
    """By screening, the newest first."""
    screenings: Sequence[RowMapping]
    reviews: Sequence[RowMapping]
    """Of its packet, superseded revisions and extra opinions too; without a verdict where the scene was unusable."""
    before: Sequence[RowMapping]
    """What was said before findings (``first``) or the optical image (``sar``) were shown."""
    disagreement: Sequence[RowMapping]
    """A row a decision; one without where there is none yet."""
    resolutions: Sequence[RowMapping]
    releases: Sequence[RowMapping]
    box_reviews: Sequence[RowMapping]
    comments: Sequence[RowMapping]


def history_rows(session: Session, draft_id: int) -> HistoryRows | None:
    """Everything about the draft; None if there is no such draft."""
    draft = session.execute(_DRAFT, {"draft_id": draft_id}).mappings().one_or_none()
    if draft is None:
        return None
    known = {"draft_id": draft_id, "packet_id": draft["packet_id"], "box_review_id": draft["box_review_id"]}
    asked = (
        _FINDINGS,
        _SCREENINGS,
        _REVIEWS,
        _BEFORE,
        _DISAGREEMENT,
        _RESOLUTIONS,
        _RELEASES,
        _BOX_REVIEW,
        _COMMENTS,
    )
    return HistoryRows(draft, *(session.execute(query, known).mappings().all() for query in asked))
