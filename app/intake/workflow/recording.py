"""Record what came of drafting: outcomes once, their drafts, the report, and the counts of the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from app.intake.queries import datasets, drafting
from app.intake.queries.copying import add_counts
from app.intake.queries.drafting import OutcomeKey
from app.intake.workflow.storable import as_jsonb, unstorable
from pipeline.drafting.drafting import DrafterError, Outcome
from pipeline.drafting.failures import MENDED, DraftFailure
from pipeline.likeness import is_alike
from pipeline.records import Draft, Drafter, Kind
from pipeline.vocabulary import GENERAL_TYPES, KINDS, ORIGINS, QUESTION_TYPES


def failure_reason(kind: str, reason: str) -> str:
    """As the run's report has it."""
    return f"no {kind.replace('_', ' ')}: {reason.replace('_', ' ')}"


REASONS_ASKED_AGAIN: Final = tuple(failure_reason(kind, reason) for kind in KINDS for reason in sorted(MENDED))
DROPPED: Final = "a question was dropped"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a batch brought."""

    deltas: Mapping[str, int]
    done: int
    """Of the run, all in all."""
    counts: Mapping[str, int]
    """Of the run, all in all."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes the outcomes of one run."""

    run_id: int
    dataset_id: int
    drafters: Mapping[Kind, Drafter]
    total: int
    cost_name: str | None
    """Of the count of money, where there are prices."""

    def record(self, session: Session, batch: Sequence[tuple[OutcomeKey, Outcome]], cost_micro: int) -> Recorded:
        """Write a batch. Of an outcome that another process wrote first nothing is stored but what it cost."""
        outcomes = without_repeats(session, [(key, checked(outcome)) for key, outcome in batch])
        final = {key: _row(outcome) for key, outcome in outcomes if not _is_passing(outcome)}
        mine = drafting.claim(session, self.run_id, final)
        new = [(key, outcome) for key, outcome in outcomes if key in mine]
        drafts = [
            (key, self.drafters[outcome.request.kind], draft) for key, outcome in new for draft in _drafts(outcome)
        ]
        stored = drafting.add_drafts(session, self.run_id, drafts)
        add_counts(session, self.dataset_id, {datasets.DRAFTS: stored})
        told = [*new, *((key, outcome) for key, outcome in outcomes if _is_passing(outcome))]
        lines = [line for _, outcome in told for line in _lines(outcome)]
        if lines:
            drafting.report(session, self.run_id, lines)
        deltas = self._deltas(outcomes, told, stored, cost_micro)
        done = sum(not _is_stopped(outcome) for _, outcome in told)
        standing, counts = drafting.advance(session, self.run_id, done, self.total, deltas)
        return Recorded(deltas, standing, counts)

    def _deltas(
        self,
        outcomes: Sequence[tuple[OutcomeKey, Outcome]],
        told: Sequence[tuple[OutcomeKey, Outcome]],
        stored: int,
        cost_micro: int,
    ) -> dict[str, int]:
        counts = Counter(drafts=stored)
        for _, outcome in told:
            is_failure = isinstance(outcome.result, DraftFailure) and not _is_stopped(outcome)
            counts.update(failed=is_failure, dropped=len(outcome.dropped), repeated=outcome.repeated)
        for _, outcome in outcomes:
            counts.update(
                calls=outcome.attempts,
                prompt_tokens=outcome.usage.prompt_tokens,
                completion_tokens=outcome.usage.completion_tokens,
            )
        return dict(counts) if self.cost_name is None else {**counts, self.cost_name: cost_micro}


def checked(outcome: Outcome) -> Outcome:
    """The outcome, or a failure in its place where a text cannot be stored.

    Raises
    ------
    DrafterError
        If the drafter gave what is no draft of what was asked for.
    """
    for draft in _drafts(outcome):
        _require_known(outcome.request.kind, draft)
        for text in (draft.text, draft.answer or "", draft.program or "", *draft.box_ids):
            reason = unstorable(text)
            if reason is not None:
                return replace(outcome, result=DraftFailure("unusable_text", reason))
    return outcome


def _require_known(kind: Kind, draft: Draft) -> None:
    if draft.kind != kind:
        raise DrafterError(f"the drafter gave a {draft.kind} where a {kind} was asked for")
    if draft.question_type not in (None, *QUESTION_TYPES) or draft.general_type not in (None, *GENERAL_TYPES):
        raise DrafterError(
            f"the drafter gave the question type {draft.question_type!a} ({draft.general_type!a}); there are"
            f" {', '.join(QUESTION_TYPES)}, and of a general one {', '.join(GENERAL_TYPES)}"
        )
    if draft.origin not in ORIGINS:
        raise DrafterError(f"the drafter gave the origin {draft.origin!a}; there are {', '.join(ORIGINS)}")


def without_repeats(session: Session, batch: Sequence[tuple[OutcomeKey, Outcome]]) -> list[tuple[OutcomeKey, Outcome]]:
    """The outcomes without questions that ask what a question of the scene asks already, by whatever drafter."""
    asking = {key.scene_id for key, outcome in batch if outcome.request.kind == "question" and _drafts(outcome)}
    asked = drafting.questions_of(session, sorted(asking)) if asking else {}
    return [
        (key, _without(outcome, asked.setdefault(key.scene_id, [])) if key.scene_id in asking else outcome)
        for key, outcome in batch
    ]


def _without(outcome: Outcome, asked: list[str]) -> Outcome:
    if outcome.request.kind != "question":
        return outcome
    kept = tuple(draft for draft in _drafts(outcome) if not any(is_alike(draft.text, other) for other in asked))
    asked.extend(draft.text for draft in kept)
    return replace(outcome, result=kept, repeated=outcome.repeated + len(_drafts(outcome)) - len(kept))


def _drafts(outcome: Outcome) -> tuple[Draft, ...]:
    return () if isinstance(outcome.result, DraftFailure) else outcome.result


def _row(outcome: Outcome) -> tuple[int, str | None]:
    failure = outcome.result.reason if isinstance(outcome.result, DraftFailure) else None
    return len(_drafts(outcome)), failure


def _is_passing(outcome: Outcome) -> bool:
    """Whether it is no outcome of the scene: the next run asks again."""
    return isinstance(outcome.result, DraftFailure) and (outcome.result.reason in MENDED or outcome.result.is_fatal)


def _is_stopped(outcome: Outcome) -> bool:
    return isinstance(outcome.result, DraftFailure) and outcome.result.reason == "stopped"


def _lines(outcome: Outcome) -> list[tuple[str, str, str]]:
    """(scene, reason, detail) for the run's report."""
    scene, kind = outcome.request.scene.name, outcome.request.kind
    lines = [(scene, DROPPED, as_jsonb(f"{each.reason}: {each.text[:300]}")) for each in outcome.dropped]
    if isinstance(outcome.result, DraftFailure) and not _is_stopped(outcome):
        lines.append((scene, failure_reason(kind, outcome.result.reason), as_jsonb(outcome.result.detail)))
    return lines
