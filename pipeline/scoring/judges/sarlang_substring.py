"""The rule of the script that was published with SARLANG-1M, for comparison with figures that were made with it.

Its fault: a truth that merely stands somewhere within the prediction counts as right, so "1" is right for "11", "no"
for "not sure", and "car" for "scar". The published script asks a model about what fails this rule, unless the truth is
yes, no or a number from 0 to 99; here that is wrong, so its figure lies at or above this one.
"""

from __future__ import annotations

from typing import Final

from pipeline.scoring.judgement import Answer, Judge, Judgement, judged


def decide(answer: Answer) -> Judgement:
    """Look for the truth in the prediction, both in lower case and otherwise as they are."""
    truth, prediction = answer.truth.lower(), answer.prediction.lower()
    if not truth:
        # In the published script the empty text stands in every prediction.
        return judged("undecided", truth, prediction, "the truth is empty")
    is_within = truth in prediction
    note = "the truth is only a part of what was answered" if is_within and truth != prediction else ""
    return judged("right" if is_within else "wrong", truth, prediction, note)


JUDGE: Final = Judge(
    name="sarlang-substring",
    version=1,
    about="The published script's rule, for comparison only: it is at fault, since it counts 1 as right for 11.",
    decide=decide,
)
