"""Why a quiz cannot be drawn as asked: counts by stratum, and what would help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.quiz.errors import TooFewEligibleError
from app.quiz.workflow.drawing import Imbalance
from app.quiz.workflow.rules import GATE_TITLES
from app.quiz.workflow.surveying import Stratum
from pipeline.vocabulary import QUESTION_TYPE_TITLES

_HELP: Final = {
    "other_dataset": "take in other sources",
    "other_type": "take in other question types",
    "other_split": "take in other splits",
    "sample_verified": "have the sample-verified texts read, and release again",
    "no_optical": "leave the arms out that show the optical image",
    "asked_before": "allow questions that another quiz asked",
    "no_choices": "let answers be typed",
    "blind": "give no blind answers, and say so with the results",
}


def too_few(asked: int, gates: Mapping[Stratum, Counter[str]]) -> TooFewEligibleError:
    """The refusal where fewer can be asked than were asked for."""
    totals: Counter[str] = Counter()
    for counted in gates.values():
        totals.update(counted)
    eligible = totals.pop("eligible", 0)
    were = "1 is" if eligible == 1 else f"{eligible:,} are"
    sentence = f"{asked:,} questions were asked for, practice among them, and {were} eligible."
    if not totals.total():
        return TooFewEligibleError(
            f"{sentence} The release has no other questions: ask fewer, or release more.", strata=strata_of(gates)
        )
    reasons = ", ".join(f"{count:,} {GATE_TITLES[gate]}" for gate, count in totals.most_common() if count)
    helps = [_HELP[gate] for gate, count in totals.most_common() if count and gate in _HELP]
    what = f"Ask fewer, or {'; or '.join(helps[:3])}." if helps else "Ask fewer, or release more."
    return TooFewEligibleError(f"{sentence} Not eligible: {reasons}. {what}", strata=strata_of(gates))


def unbalanced(faults: Sequence[Imbalance], gates: Mapping[Stratum, Counter[str]]) -> TooFewEligibleError:
    """The refusal where answers cannot be balanced with what there is."""
    told = "; ".join(
        f"of {fault.of:,} questions of {QUESTION_TYPE_TITLES[fault.question_type].lower()} {fault.drawn:,} would have"
        f" the answer {fault.answer[:40]!r}"
        for fault in faults
    )
    return TooFewEligibleError(
        f"The answers cannot be balanced with what is eligible: {told}. Ask fewer, take in other splits or sources,"
        " leave the type out, or compose without balance.",
        strata=strata_of(gates),
    )


def strata_of(gates: Mapping[Stratum, Counter[str]]) -> list[dict[str, Any]]:
    """A line a stratum: eligible, and the others by reason."""
    return [
        {
            "question_type": question_type,
            "dataset": dataset,
            "eligible": counted["eligible"],
            "left_out": {gate: count for gate, count in sorted(counted.items()) if count and gate != "eligible"},
        }
        for (question_type, dataset), counted in sorted(gates.items())
    ]
