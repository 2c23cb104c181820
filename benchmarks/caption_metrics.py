"""How long do the caption metrics take for as many pairs as SARLANG-1M's test has, and what would the least be?

    python -m benchmarks.caption_metrics [--pairs 13682] [--references 1] [--json]

Made-up captions (seeded) of a sentence to a paragraph, no two alike, with numbers, units, brackets, contractions,
abbreviations and quotes; predictions are their references with words left out, exchanged and repeated.

- **Seconds** in each mode, by the processor time of this process, so that a busy machine does not count. At most 10.
- **Words.** Of these, in mode ptb, what cutting the texts into words takes.
- **Floor.** The same texts only split at blanks, and their n-grams of one to four words counted in dictionaries: the
  least that a scorer in plain Python must do.
- **pycocoevalcap**, where it is installed, on the same texts in mode raw (its own tokenizer needs Java): its seconds,
  and whether the figures agree to the last bit.

Ends with 1 where a mode takes more than 10 s, or figures differ from pycocoevalcap's.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from pipeline.scoring.captions import MODES, CaptionScores, score_captions
from pipeline.scoring.ptb_tokens import tokenised

MOST_S: Final = 10.0
PAIRS: Final = 13_682
"""Image and caption pairs of the test split of SARLANG-1M."""
THINGS: Final = (
    "ships moored along the pier",
    "a two-lane bridge (about 3,000 m long)",
    "low-rise buildings",
    "the harbour's breakwater",
    "storage tanks, e.g. for oil",
    "farmland with narrow fields",
    "a runway and its taxiways",
    "water/land boundary",
    "an industrial area, which isn't far away",
    "bare soil",
    "bright scatterers at 9.65 GHz",
    "a dense residential area",
    'what is called "the old port"',
    "the U.S. base",
    "a road that crosses the image from north to south",
    "10% forest",
)
PLACES: Final = (
    "in the upper left",
    "in the centre",
    "at the bottom",
    "near sector B.",
    "on both sides",
    "to the right",
)
VERBS: Final = ("shows", "contains", "has", "is dominated by", "can't hide", "lies beside", "surrounds")

Corpus = tuple[dict[str, list[str]], dict[str, str]]


def make_corpus(pairs: int, references: int) -> Corpus:
    """References and predictions: the same at each run."""
    chance = random.Random(13)
    truths = {str(number): [_caption(chance, number) for _ in range(references)] for number in range(pairs)}
    return truths, {id_: _predicted(chance, texts[0]) for id_, texts in truths.items()}


def _caption(chance: random.Random, number: int) -> str:
    sentences = [
        f"The scene {chance.choice(VERBS)} {chance.choice(THINGS)} {chance.choice(PLACES)} and {chance.choice(THINGS)}."
        for _ in range(chance.choice((1, 1, 2, 3, 5)))
    ]
    return " ".join((f"Image {number} covers {chance.randint(1, 9)}.{chance.randint(0, 9)} km².", *sentences))


def _predicted(chance: random.Random, reference: str) -> str:
    words = []
    for word in reference.split(" "):
        drawn = chance.random()
        if drawn > 0.1:
            words.append(word)
        if drawn < 0.2:
            words.append(chance.choice(THINGS).split(" ")[0])
    return " ".join(words)


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one run."""
    started = time.process_time()
    work()
    return time.process_time() - started


def count_plainly(texts: Sequence[str]) -> int:
    """The floor: n-grams of each text in a dictionary."""
    kinds = 0
    for text in texts:
        words = text.split()
        kinds += len(Counter(tuple(words[at : at + n]) for n in range(1, 5) for at in range(len(words) - n + 1)))
    return kinds


def pycocoevalcap(corpus: Corpus) -> Callable[[], tuple[float, ...]] | None:
    """BLEU-1 to -4, ROUGE_L and CIDEr by pycocoevalcap's scorers, or None where it is not installed."""
    try:
        from pycocoevalcap.bleu.bleu import Bleu
        from pycocoevalcap.cider.cider import Cider
        from pycocoevalcap.rouge.rouge import Rouge
    except ImportError:
        return None
    references, predictions = corpus
    told = {id_: [predictions[id_]] for id_ in references}

    def score() -> tuple[float, ...]:
        bleus, _ = Bleu(4).compute_score(references, told, verbose=0)
        return (*bleus, Rouge().compute_score(references, told)[0], Cider().compute_score(references, told)[0])

    return score


def measure(corpus: Corpus) -> dict[str, float | bool | None]:
    """Seconds by what they were spent on, and whether a peer agrees (None: there is none)."""
    references, predictions = corpus
    scores: dict[str, CaptionScores] = {}
    measured: dict[str, float | bool | None] = {}
    for mode in MODES:
        measured[mode] = seconds(lambda mode=mode: scores.update({mode: score_captions(references, predictions, mode)}))
    texts = [text for truths in references.values() for text in truths]
    measured["words"] = seconds(lambda: (tokenised(texts), tokenised(list(predictions.values()))))
    measured["floor"] = seconds(lambda: count_plainly([*texts, *predictions.values()]))
    peer, answers = pycocoevalcap(corpus), []
    measured["pycocoevalcap"] = seconds(lambda: answers.append(peer())) if peer else None
    raw = scores["raw"]
    measured["agrees"] = answers[0] == (*raw.bleu, raw.rouge_l, raw.cider) if answers else None
    return measured


def told(measured: Mapping[str, float | bool | None], pairs: int) -> str:
    """The figures for people."""
    lines = [f"{pairs:,} pairs, seconds of processor time"]
    names = {"ptb": "mode ptb", "words": "  of these words", "raw": "mode raw", "floor": "floor"}
    lines += [f"  {name:<18}{measured[key]:6.2f}" for key, name in names.items()]
    if measured["pycocoevalcap"] is None:
        lines.append("  pycocoevalcap is not installed and was left out")
    else:
        same = "the same figures to the last bit" if measured["agrees"] else "OTHER FIGURES"
        lines.append(f"  {'pycocoevalcap raw':<18}{measured['pycocoevalcap']:6.2f}  {same}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.caption_metrics", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--references", type=int, default=1, help="texts an image")
    parser.add_argument("--json", dest="as_json", action="store_true")
    chosen = parser.parse_args(arguments)
    measured = measure(make_corpus(chosen.pairs, chosen.references))
    print(json.dumps(measured) if chosen.as_json else told(measured, chosen.pairs))
    is_quick = all(float(measured[mode] or 0) <= MOST_S for mode in MODES)
    return 0 if is_quick and measured["agrees"] is not False else 1


if __name__ == "__main__":
    sys.exit(main())
