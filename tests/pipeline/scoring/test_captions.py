"""Caption metrics: against what pycocoevalcap answered, against its formulas written out, and at their ends."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.scoring.captions import MODES, CaptionError, Mode, score_captions
from pipeline.scoring.rouge_l import longest_common

REFERENCES = {
    "harbour": [
        "A harbour with several ships moored along two long piers.",
        "Ships lie at the piers (left); it's a large harbour.",
    ],
    "runway": ["The image shows a runway that crosses the airfield from the upper left to the lower right."],
    "bridge": [
        "A two-lane bridge crosses the river.",
        "One bridge, 3,000 m long, spans the river.",
        "There's a bridge.",
    ],
    "field": ["Bare fields and farmland, e.g. in sector A.", "Farmland"],
    "tanks": ["Three storage tanks stand beside the quay in the U.S. Navy's port."],
    "town": ["A dense town of low-rise houses!"],
}
PREDICTIONS = {
    "harbour": "A large harbour with ships moored along the piers.",
    "runway": "The image shows the runway that crosses the airfield.",
    "bridge": "There is a two-lane bridge over the the river",
    "field": "The fields in sector A.",
    "tanks": "Two storage tanks in the U.S. port, beside the quay.",
    "town": "",
}
ANSWERED = {
    "ptb": {
        "BLEU_1": 0.5471993054923169,
        "BLEU_2": 0.4495518601739227,
        "BLEU_3": 0.3397824221223701,
        "BLEU_4": 0.20611780776762534,
        "ROUGE_L": 0.5175179149812895,
        "CIDEr": 1.7873585610689784,
    },
    "raw": {
        "BLEU_1": 0.48465660588815745,
        "BLEU_2": 0.3535318615786182,
        "BLEU_3": 0.24611076685307084,
        "BLEU_4": 0.13689588109728407,
        "ROUGE_L": 0.4488414901065582,
        "CIDEr": 1.242763062070092,
    },
}
CIDER_ANSWERED = {
    "ptb": [2.4901854481007475, 1.8918358465690412, 1.7021584052927088, 1.417649979277786, 3.2223216871735874, 0.0],
    "raw": [1.7031872341304855, 1.4672073681062934, 0.4674599730120743, 1.3324507455586283, 2.4862730516130696, 0.0],
}


@pytest.mark.parametrize("mode", MODES)
def test_figures_are_those_that_pycocoevalcap_answered(mode: Mode) -> None:
    scores = score_captions(REFERENCES, PREDICTIONS, mode)
    assert scores.published() == {**ANSWERED[mode], "mode": mode}
    assert scores.cider_each.tolist() == CIDER_ANSWERED[mode]
    assert scores.ids == tuple(REFERENCES)
    assert scores.empty == ("town",)
    assert scores.notes == ('1 prediction has no word and scores 0: "town".',)


def grams(words: Sequence[str], length: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[at : at + length]) for at in range(len(words) - length + 1))


def plain_bleu(told: Sequence[Sequence[str]], truths: Sequence[Sequence[Sequence[str]]]) -> list[float]:
    bleus, product = [], 1.0
    closest = [
        min((abs(len(words) - len(said)), len(words)) for words in texts)[1]
        for said, texts in zip(told, truths, strict=True)
    ]
    for n in range(1, 5):
        matched = possible = 0
        for said, texts in zip(told, truths, strict=True):
            most = Counter[tuple[str, ...]]()
            for words in texts:
                most |= grams(words, n)
            matched += (grams(said, n) & most).total()
            possible += grams(said, n).total()
        product *= (matched + 1e-15) / (possible + 1e-9)
        bleus.append(product ** (1 / n))
    ratio = (sum(map(len, told)) + 1e-15) / (sum(closest) + 1e-9)
    return [bleu * min(1.0, math.exp(1 - 1 / ratio)) for bleu in bleus]


def plain_cider(told: Sequence[Sequence[str]], truths: Sequence[Sequence[Sequence[str]]]) -> float:
    total = 0.0
    for n in range(1, 5):
        having = Counter(gram for texts in truths for gram in {gram for words in texts for gram in grams(words, n)})

        def weights(words: Sequence[str], n: int = n, having: Counter[tuple[str, ...]] = having) -> dict:
            return {gram: count * math.log(len(told) / max(1, having[gram])) for gram, count in grams(words, n).items()}

        for said, texts in zip(told, truths, strict=True):
            for words in texts:
                ours, theirs = weights(said), weights(words)
                norm = math.sqrt(sum(x * x for x in ours.values()) * sum(x * x for x in theirs.values()))
                both = sum(min(ours[gram], theirs[gram]) * theirs[gram] for gram in ours if gram in theirs)
                length = max(0, len(said) - 1) - max(0, len(words) - 1)
                total += (both / norm if norm else 0.0) * math.exp(-length * length / 72) / len(texts)
    return total / 4 * 10 / len(told)


def made_corpus(seed: int, images: int, words: int) -> tuple[dict[str, list[str]], dict[str, str]]:
    chance = random.Random(seed)

    def sentence(longest: int) -> list[str]:
        return chance.choices([f"w{n}" for n in range(words)], k=chance.randint(1, longest))

    references = {str(n): [" ".join(sentence(12)) for _ in range(chance.choice((1, 1, 2, 5)))] for n in range(images)}
    predictions = {}
    for id_, texts in references.items():
        kept = [word for word in chance.choice(texts).split() if chance.random() < 0.8]
        predictions[id_] = " ".join(kept + (sentence(3) if chance.random() < 0.5 else []))
    return references, predictions


@pytest.mark.parametrize(("seed", "images", "words"), [(1, 2, 3), (2, 7, 4), (3, 40, 30), (4, 200, 300)])
def test_figures_are_the_formulas(seed: int, images: int, words: int) -> None:
    references, predictions = made_corpus(seed, images, words)
    scores = score_captions(references, predictions, "raw")
    told = [predictions[id_].split() for id_ in references]
    truths = [[text.split() for text in texts] for texts in references.values()]
    assert scores.bleu == pytest.approx(plain_bleu(told, truths), rel=1e-12)
    assert scores.cider == pytest.approx(plain_cider(told, truths), rel=1e-9)
    assert scores.rouge_l == scores.rouge_l_each.mean()


def test_rouge_takes_the_best_precision_and_the_best_recall_from_different_references() -> None:
    scores = score_captions({"a": ["x y p q r s", "x"], "b": ["z"]}, {"a": "x y", "b": "z"}, "raw")
    precision, recall = 1.0, 1.0
    assert scores.rouge_l_each[0] == (1 + 1.2**2) * precision * recall / (recall + 1.2**2 * precision)
    assert scores.bleu_counts.closest.tolist() == [1, 1]


def test_the_longest_common_subsequence_is_that_of_the_table() -> None:
    chance = random.Random(5)
    for _ in range(300):
        first, second = (chance.choices("abcd", k=chance.randint(0, 90)) for _ in range(2))
        row = [0] * (len(second) + 1)
        for one in first:
            above = row
            row = [0]
            for at, other in enumerate(second):
                row.append(above[at] + 1 if one == other else max(above[at + 1], row[at]))
        assert longest_common(first, second) == row[-1]


def test_predictions_that_are_their_references_reach_the_top() -> None:
    references, _ = made_corpus(6, 50, 100)
    references = {id_: [f"{texts[0]} this is long enough"] for id_, texts in references.items()}
    scores = score_captions(references, {id_: texts[0] for id_, texts in references.items()}, "raw")
    assert scores.bleu == pytest.approx((1, 1, 1, 1), abs=1e-8)
    assert scores.rouge_l == 1
    assert scores.cider == pytest.approx(10)


def test_the_order_of_predictions_changes_nothing() -> None:
    turned = dict(reversed(PREDICTIONS.items()))
    for mode in MODES:
        assert score_captions(REFERENCES, turned, mode).published() == {**ANSWERED[mode], "mode": mode}


def test_figures_of_each_id_and_of_drawn_ids_come_from_the_same_counts() -> None:
    scores = score_captions(REFERENCES, PREDICTIONS)
    each = dict(scores.each())
    alone = score_captions({"tanks": REFERENCES["tanks"]}, {"tanks": PREDICTIONS["tanks"]})
    assert each["tanks"].bleu == alone.bleu
    assert each["tanks"].rouge_l == alone.rouge_l
    assert each["tanks"].cider == scores.cider_each[4]
    assert scores.bleu_counts.corpus(np.array([4])) == alone.bleu
    assert scores.bleu_counts.corpus(np.arange(6)) == scores.bleu
    assert scores.bleu_counts.corpus(np.array([4, 4, 4])) == pytest.approx(alone.bleu, abs=1e-4)


def test_one_image_has_a_cider_of_nothing_and_says_so() -> None:
    scores = score_captions({"a": ["a ship"]}, {"a": "a ship"})
    assert (scores.cider, scores.rouge_l) == (0, 1)
    assert scores.notes == (
        "CIDEr is 0 because there is one image only: it weighs words by how many images have them.",
    )


@pytest.mark.parametrize("mode", MODES)
def test_texts_without_any_word_score_nothing(mode: Mode) -> None:
    scores = score_captions({"a": ["."], "b": ["two ships"]}, {"a": "", "b": ""}, mode)
    assert (*scores.bleu, scores.cider) == (0, 0, 0, 0, 0)
    assert scores.notes[0] == '2 predictions have no word and score 0: "a", "b".'
    if mode == "ptb":
        # pycocoevalcap takes two texts without words for equal.
        assert scores.rouge_l_each.tolist() == [1, 0]
        assert 'ROUGE_L is not 0 for "a"' in scores.notes[1]


@pytest.mark.parametrize(
    ("references", "predictions", "told"),
    [
        ({}, {}, "there are no references"),
        ({"a": ["x"], "b": ["x"]}, {"a": "x"}, '1 id with references but without a prediction: "b"'),
        ({str(n): ["x"] for n in range(9)}, {}, '9 ids with references but without a prediction: "0", "1", "2" and 6'),
        ({"a": ["x"]}, {"a": "x", "c": "x"}, '1 id with a prediction but without references: "c"'),
        ({"a": []}, {"a": "x"}, '"a" has no reference'),
        ({"a": "x"}, {"a": "x"}, 'the references of "a" must be a list of texts'),
        ({"a": {"x": 1}}, {"a": "x"}, 'the references of "a" must be a list of texts'),
        ({"a": ["x", None]}, {"a": "x"}, 'a reference of "a" must be a text, not null'),
        ({"a": ["x"]}, {"a": 5}, 'the prediction for "a" must be a text, not a number'),
        ({"a": ["x"]}, {"a": ["x"]}, 'the prediction for "a" must be a text, not a list'),
        ({"a": ["x"]}, {"a": "x\0y"}, 'the prediction for "a" has a NUL'),
        ({"a\n\x1b": ["x\ud800"]}, {"a\n\x1b": "x"}, r"a reference of 'a\n\x1b' has half a character"),
    ],
)
def test_what_cannot_be_scored_is_told_with_its_id(references: dict, predictions: dict, told: str) -> None:
    with pytest.raises(CaptionError) as raised:
        score_captions(references, predictions)
    assert told in str(raised.value)


def test_a_mode_that_is_none_is_told() -> None:
    with pytest.raises(CaptionError, match="use one of ptb, raw"):
        score_captions({"a": ["x"]}, {"a": "x"}, "coco")  # type: ignore[arg-type]


def test_texts_of_a_megabyte_are_scored() -> None:
    long = "a ship, and a pier. " * 50_000
    scores = score_captions({"a": ["a ship and a pier"], "b": ["x"]}, {"a": long, "b": "x" * 1_000_000})
    assert scores.bleu_counts.length.tolist() == [250_000, 1]
    assert 0 < scores.rouge_l_each[0] < 0.1
