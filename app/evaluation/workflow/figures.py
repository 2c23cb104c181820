"""The figures that are stored of an evaluation, as JSON.

Of questions, by one judge::

    answers, right, undecided      counts; undecided answers are not right
    value, low, high, method       the share of right ones, its 95 % interval, and what was resampled
    clusters                       scenes or questions
    types                          {question type: the same of its questions}
    confusion                      {question type: [[truth, prediction, answers], …]}; null stands for all others

Of captions of one kind, in one mode::

    images, empty                  counts; an empty prediction scores 0
    BLEU_1 … BLEU_4, ROUGE_L, CIDEr   as fractions, CIDEr from 0 to 10
    intervals                      {figure: [low, high]}: 95 % over images
    notes                          sentences that belong to the figures
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from app.evaluation.queries.judgements import PairedSum, SceneSum

if TYPE_CHECKING:
    from pipeline.scoring.captions import CaptionScores

SEED: Final = 1
"""Of all resampling here, so that the same predictions have the same figures everywhere."""
ROUNDS: Final = 1_000
"""Of captions, each of which sums over all images anew."""
CAPTION_FIGURES: Final = ("BLEU_1", "BLEU_2", "BLEU_3", "BLEU_4", "ROUGE_L", "CIDEr")
WILSON: Final = "wilson"


def answer_figures(sums: Sequence[SceneSum], *, by_scene: bool) -> dict[str, Any]:
    """The figures of answers, all together and by type; without a confusion.

    Parameters
    ----------
    by_scene : bool
        Whether questions of one scene hang together, as in a split. Those of a quiz are each of another ground.
    """
    types = sorted({each.question_type for each in sums} - {""})
    of_all = _share([each for each in sums if not each.question_type], by_scene=by_scene)
    each_type = {
        name: _share([each for each in sums if each.question_type == name], by_scene=by_scene) for name in types
    }
    return {**of_all, "types": each_type}


def _share(sums: Sequence[SceneSum], *, by_scene: bool) -> dict[str, Any]:
    import numpy as np

    from pipeline.scoring.bootstrap import share_by_scene
    from pipeline.scoring.intervals import wilson

    scenes = [each.scenes for each in sums]
    right = sum(each.hits * each.scenes for each in sums)
    answers = sum(each.trials * each.scenes for each in sums)
    counts = {"answers": answers, "right": right, "undecided": sum(each.undecided for each in sums)}
    if not by_scene:
        interval = wilson(right, answers)
        told = {"method": WILSON, "clusters": answers}
        return {**counts, "value": right / answers, "low": interval.low, "high": interval.high, **told}
    hits, trials = (np.repeat([getattr(each, name) for each in sums], scenes) for name in ("hits", "trials"))
    found = share_by_scene(hits, trials, SEED)
    told = {"method": found.method, "clusters": found.clusters}
    return {**counts, "value": found.value, "low": found.interval.low, "high": found.interval.high, **told}


def confusion_figures(cells: Iterable[tuple[str, str | None, str | None, int]]) -> dict[str, list[list[Any]]]:
    """By question type, the largest cell first."""
    found: dict[str, list[list[Any]]] = {}
    for question_type, truth, said, answers in cells:
        found.setdefault(question_type, []).append([truth, said, answers])
    return found


def caption_figures(scores: CaptionScores) -> dict[str, Any]:
    """The figures of one kind's captions in one mode."""
    told = {name: value for name, value in scores.published().items() if name != "mode"}
    counts = {"images": len(scores.ids), "empty": len(scores.empty), "notes": list(scores.notes)}
    return {**counts, **told, "intervals": _caption_intervals(scores)}


def _caption_intervals(scores: CaptionScores) -> dict[str, list[float]]:
    """Images drawn anew, with the weights of n-grams as they are; none of one image."""
    import numpy as np

    images = len(scores.ids)
    if images < 2:
        return {}
    random = np.random.default_rng(SEED)
    draws = np.empty((ROUNDS, len(CAPTION_FIGURES)))
    for number in range(ROUNDS):
        drawn = random.integers(0, images, images)
        means = scores.rouge_l_each[drawn].mean(), scores.cider_each[drawn].mean()
        draws[number] = (*scores.bleu_counts.corpus(drawn), *means)
    ends = np.quantile(draws, [0.025, 0.975], axis=0).T.tolist()
    return dict(zip(CAPTION_FIGURES, ends, strict=True))


def difference_figures(sums: Sequence[PairedSum], *, by_scene: bool) -> dict[str, Any]:
    """How much oftener the chosen evaluation is right than the other one on the questions that both answered.

    ``value, low, high, answers, only_chosen, only_other, p``: p by McNemar's exact test, which takes questions for
    independent; the interval does not where scenes are resampled.
    """
    import numpy as np

    from pipeline.scoring.bootstrap import difference_by_scene
    from pipeline.scoring.exact_intervals import mcnemar

    scenes = [each.scenes for each in sums]
    first, second, trials = (
        np.repeat([getattr(each, name) for each in sums], scenes) for name in ("of_chosen", "of_other", "trials")
    )
    found = difference_by_scene(first, second, trials, SEED)
    only_chosen, only_other = sum(each.only_chosen for each in sums), sum(each.only_other for each in sums)
    return {
        "value": found.value,
        "low": found.interval.low,
        "high": found.interval.high,
        "method": found.method if by_scene else "questions",
        "answers": int(trials.sum()),
        "only_chosen": only_chosen,
        "only_other": only_other,
        "p": mcnemar(only_chosen, only_other),
    }
