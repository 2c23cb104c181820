"""Right where truth and prediction are the same words: after case, articles, punctuation, plurals and number words."""

from __future__ import annotations

from typing import Final

from pipeline.scoring.answer_words import words_of
from pipeline.scoring.judgement import Answer, Judge, Judgement, judged


def decide(answer: Answer) -> Judgement:
    """Compare the folded words; whatever else the prediction says makes it wrong."""
    truth, prediction = " ".join(words_of(answer.truth)), " ".join(words_of(answer.prediction))
    if not truth:
        return judged("undecided", truth, prediction, "the truth is empty")
    if not prediction:
        return judged("wrong", truth, prediction, "nothing was answered")
    return judged("right" if truth == prediction else "wrong", truth, prediction)


JUDGE: Final = Judge(
    name="exact",
    version=1,
    about="The same words; case, articles, punctuation, plurals and number words do not count.",
    decide=decide,
)
