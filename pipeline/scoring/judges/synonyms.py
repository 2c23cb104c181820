"""Right where truth and prediction say the same: ``exact``, and words of one meaning by a list that has a version.

A prediction may be a sentence: what repeats the question or says nothing is left out. Lists may have another order. For
yes and no, numbers and sides, what is said is looked for in the sentence; a second answer beside the right one, a bound
("more than 3") or a range is wrong. Undecided is what a person or a model should see: an answer in words of its own
that holds the truth or a part of it ("trees" for "dense trees").
"""

from __future__ import annotations

from typing import Final

from pipeline.scoring.answer_forms import (
    NEGATIONS,
    SIDES,
    SYNONYMS_VERSION,
    Reading,
    Words,
    abstains,
    is_negated,
    numbers_in,
    read,
)
from pipeline.scoring.answer_words import is_number
from pipeline.scoring.judgement import Answer, Decision, Judge, Judgement, judged
from pipeline.scoring.judges import exact

_LONGEST: Final = 2_000
_POLES: Final = frozenset({"yes", "no"})
_BOUNDS: Final = frozenset(
    {"more", "over", "least", "most", "fewer", "less", "under", "almost", "nearly", "<", ">", "+"}
)
_BETWEEN: Final = frozenset({"or", "to", "and", "between", "/", ","})
_UNITS: Final = frozenset({"meter", "kilometer", "centimeter", "hectare", "%"})
_KNOWN: Final = frozenset({"ship", "aircraft", "car", "tank", "bridge", "harbor", "building"})

_Said = tuple[Decision, str]


def decide(answer: Answer) -> Judgement:
    """Compare as ``exact`` does, then what both answers say."""
    same = exact.decide(answer)
    if same.decision != "wrong" or not same.prediction_as:
        return same
    if max(len(answer.truth), len(answer.prediction)) > _LONGEST:
        return judged("undecided", same.truth_as, same.prediction_as, "too long to be read as a short answer")
    truth = read(answer.truth, answer.question)
    prediction = read(answer.prediction, answer.question, truth.words)
    decision, note = _decision(truth, prediction, answer)
    return judged(decision, truth.text, prediction.text, note)


def _decision(truth: Reading, prediction: Reading, answer: Answer) -> _Said:
    is_number_asked = len(truth.words) == 1 and is_number(truth.words[0])
    if set(truth.members) == set(prediction.members) and not (is_number_asked or _offers_choice(truth, prediction)):
        return "right", ""
    if (pole := _pole(truth.all_words)) is not None and len(truth.words) == 1:
        return _of_pole(pole, prediction)
    if abstains(prediction.all_words) and not abstains(truth.all_words):
        return "wrong", "no answer is given"
    if is_number_asked:
        return _of_number(truth.words[0], prediction, answer)
    if SIDES.issuperset(truth.words):
        return _of_sides(truth, prediction)
    return _of_list(truth, prediction)


def _offers_choice(truth: Reading, prediction: Reading) -> bool:
    """Whether the prediction names several answers to choose from."""
    return "or" in prediction.all_words and "or" not in truth.all_words and len(prediction.members) > 1


def _pole(words: Words) -> str | None:
    return words[0] if words and words[0] in _POLES else None


def _of_pole(truth: str, prediction: Reading) -> _Said:
    words = prediction.all_words
    said = _pole(words)
    if words[1:2] and words[1] in _BETWEEN and {said, *words[2:3]} == _POLES:
        return "wrong", "both are answered"
    if (said is None or words[1:2] == ("idea",)) and abstains(words):
        return "wrong", "no answer is given"
    if said == "yes" and is_negated(words[1:]):
        return "undecided", "yes is said, and something is denied"
    if said is None and words[0] in ("not", "none"):
        said = "no"
    if said is None and words[0] == "there":
        said = "no" if is_negated(words) else "yes"
    if said is None:
        return ("undecided", "neither yes nor no is said") if len(words) > 2 else ("wrong", "")
    return ("right" if said == truth else "wrong"), ""


def _of_number(truth: str, prediction: Reading, answer: Answer) -> _Said:
    words = prediction.all_words
    numbers = numbers_in(words)
    if not numbers and is_negated(words) and answer.question_type in (None, "counting"):
        numbers = ["0"]
    if not _BOUNDS.isdisjoint(words):
        return "wrong", "a bound is no number"
    if len(set(numbers)) > 1:
        return _of_several(truth, words, numbers)
    if not numbers or numbers[0] != truth:
        return "wrong", ""
    others = _KNOWN.intersection(prediction.words) - set(read(answer.question).words)
    if others and not _KNOWN.isdisjoint(read(answer.question).words):
        return "wrong", "something else is counted"
    return ("undecided", "with a unit") if not _UNITS.isdisjoint(prediction.words) else ("right", "")


def _of_several(truth: str, words: Words, numbers: list[str]) -> _Said:
    if truth not in numbers:
        return "wrong", ""
    between = words[words.index(numbers[0]) + 1 : len(words) - words[::-1].index(numbers[-1]) - 1]
    is_range = all(word in _BETWEEN or is_number(word) for word in between)
    return ("wrong", "several numbers are answered") if is_range else ("undecided", "several numbers are named")


def _of_sides(truth: Reading, prediction: Reading) -> _Said:
    said = SIDES.intersection(prediction.words)
    if said != set(truth.words) or _offers_choice(truth, prediction):
        return "wrong", ""
    rest = set(prediction.words) - SIDES
    if rest and rest <= NEGATIONS:
        return "wrong", "the side is denied"
    return ("undecided", "more is said than the side") if rest else ("right", "")


def _of_list(truth: Reading, prediction: Reading) -> _Said:
    if _offers_choice(truth, prediction):
        return "wrong", "several answers are offered"
    meant, said = set(truth.words), set(prediction.words)
    if is_negated(said) != is_negated(meant) and said - NEGATIONS == meant - NEGATIONS:
        return "wrong", "one denies what the other says"
    are_known = all(len(member) == 1 and member[0] in _KNOWN for member in (*truth.members, *prediction.members))
    if not are_known and (meant <= said or said <= meant):
        return "undecided", "one answer says more than the other"
    return "wrong", ""


JUDGE: Final = Judge(
    name="synonyms",
    version=SYNONYMS_VERSION,
    about="The same meaning: words of one meaning by a list, lists in any order, yes, numbers and sides in sentences.",
    decide=decide,
)
