"""Captions against references: BLEU-1 to BLEU-4, ROUGE-L and CIDEr, equal to the figures that papers publish.

These are pycocoevalcap's figures. ``ptb`` cuts texts into words as COCO does (lower case, punctuation dropped);
``raw`` takes texts as they are, as the scripts of SARLANG-1M do. Figures of different modes do not compare.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pipeline.scoring.bleu import Bleu, BleuCounts, bleu_counts
from pipeline.scoring.cider import cider
from pipeline.scoring.ngrams import gram_rows, shared
from pipeline.scoring.ptb_tokens import tokenised
from pipeline.scoring.rouge_l import rouge_l

Mode = Literal["ptb", "raw"]
MODES: Final[tuple[Mode, ...]] = get_args(Mode)

_SHOWN: Final = 3


class CaptionError(ValueError):
    """Texts that cannot be scored: which ones, what is wrong with them, and what to do."""


@dataclass(frozen=True, slots=True)
class CaptionScore:
    """The figures of one prediction; BLEU of one sentence says little, its corpus figure is no mean of these."""

    bleu: Bleu
    rouge_l: float
    cider: float


@dataclass(frozen=True, slots=True)
class CaptionScores:
    """The figures of a corpus, and of each of its predictions."""

    mode: Mode
    bleu: Bleu
    """BLEU-1 to BLEU-4, 0 to 1."""
    rouge_l: float
    """0 to 1."""
    cider: float
    """0 to 10; papers print it × 100."""
    ids: tuple[str, ...]
    """In the order of the references; the arrays below have a row for each."""
    bleu_counts: BleuCounts
    """From which the BLEU of any choice of ids is summed."""
    rouge_l_each: NDArray[np.float64]
    cider_each: NDArray[np.float64]
    """With n-grams weighed by the whole corpus."""
    empty: tuple[str, ...]
    """Ids whose prediction has no word left; they score 0."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be known of these figures before they are believed, a sentence each."""
        return tuple(_notes(self))

    def each(self) -> Iterator[tuple[str, CaptionScore]]:
        """Every id with the figures of its prediction."""
        rows = zip(
            self.ids,
            self.bleu_counts.each().tolist(),
            self.rouge_l_each.tolist(),
            self.cider_each.tolist(),
            strict=True,
        )
        return ((id_, CaptionScore((b1, b2, b3, b4), rouge, cider)) for id_, (b1, b2, b3, b4), rouge, cider in rows)

    def published(self) -> dict[str, float | str]:
        """The figures under the names that papers use, with the mode."""
        bleus = {f"BLEU_{n}": bleu for n, bleu in enumerate(self.bleu, 1)}
        return {**bleus, "ROUGE_L": self.rouge_l, "CIDEr": self.cider, "mode": self.mode}


def score_captions(
    references: Mapping[str, Sequence[str]], predictions: Mapping[str, str], mode: Mode = "ptb"
) -> CaptionScores:
    """Score one prediction an id against one reference or more.

    Parameters
    ----------
    references : mapping of id to texts
        At least one text each. Their order is the order of the result and, in mode ``ptb``, that in which the texts
        are cut into words: as with COCO's tokenizer, whether a full stop ends a sentence can hang on the next text.
    predictions : mapping of id to text
        For the same ids, in any order.
    mode : "ptb" or "raw"

    Raises
    ------
    CaptionError
        If there is nothing to score, an id is in one mapping only or has no reference, or a text is none or has a NUL
        or half a character (a lone surrogate) in it.
    """
    if mode not in MODES:
        raise CaptionError(f"{mode!r} is no mode; use one of {', '.join(MODES)}.")
    _check(references, predictions)
    ids = tuple(references)
    owner = np.repeat(np.arange(len(ids)), [len(references[id_]) for id_ in ids])
    told = _cut([predictions[id_] for id_ in ids], mode)
    truths = _cut([text for id_ in ids for text in references[id_]], mode)
    return _scores(mode, ids, told, truths, owner)


def _scores(
    mode: Mode, ids: tuple[str, ...], told: Sequence[str], truths: Sequence[str], owner: NDArray[np.int64]
) -> CaptionScores:
    said, true = [text.split() for text in told], [text.split() for text in truths]
    tables = [rows.split(len(ids)) for rows in gram_rows([*said, *true])]
    common = [shared(predicted, referred, owner) for predicted, referred in tables]
    ends = np.searchsorted(owner, np.arange(len(ids) + 1)).tolist()
    spans = [slice(start, end) for start, end in pairwise(ends)]
    counts = bleu_counts(said, [true[span] for span in spans], tables, common)
    rouges = np.array([rouge_l(text, truths[span]) for text, span in zip(told, spans, strict=True)])
    ciders = cider(tables, common, owner, len(ids))
    return CaptionScores(
        mode=mode,
        bleu=counts.corpus(),
        rouge_l=float(np.mean(rouges)),
        cider=float(np.mean(ciders)),
        ids=ids,
        bleu_counts=counts,
        rouge_l_each=rouges,
        cider_each=ciders,
        empty=tuple(id_ for id_, words in zip(ids, said, strict=True) if not words),
    )


def _cut(texts: Sequence[str], mode: Mode) -> Sequence[str]:
    return tokenised(texts) if mode == "ptb" else texts


def _notes(scores: CaptionScores) -> Iterator[str]:
    if scores.empty:
        number = len(scores.empty)
        what = "1 prediction has" if number == 1 else f"{number:,} predictions have"
        yield f"{what} no word and {'scores' if number == 1 else 'score'} 0: {_listed(scores.empty)}."
    empty = set(scores.empty)
    if agreeing := [id_ for id_, rouge in zip(scores.ids, scores.rouge_l_each, strict=True) if rouge and id_ in empty]:
        yield (
            f"Yet ROUGE_L is not 0 for {_listed(agreeing)}, whose reference has no word either or two blanks in a row, "
            "between which pycocoevalcap sees a word; the figures are kept equal to its own."
        )
    if len(scores.ids) == 1:
        yield "CIDEr is 0 because there is one image only: it weighs words by how many images have them."


def _check(references: Mapping[str, Sequence[str]], predictions: Mapping[str, str]) -> None:
    if not references:
        raise CaptionError("there are no references; nothing can be scored.")
    if missing := [id_ for id_ in references if id_ not in predictions]:
        raise CaptionError(
            f"{_numbered(len(missing), 'id')} with references but without a prediction: {_listed(missing)}. "
            'Give each a prediction (an empty one, "", scores 0), or leave out its references.'
        )
    if unknown := [id_ for id_ in predictions if id_ not in references]:
        raise CaptionError(
            f"{_numbered(len(unknown), 'id')} with a prediction but without references: {_listed(unknown)}. "
            "Leave these predictions out, or add their references."
        )
    for id_, texts in references.items():
        if isinstance(texts, str) or not isinstance(texts, Sequence):
            raise CaptionError(f"the references of {_told(id_)} must be a list of texts, also where there is one only.")
        if not texts:
            raise CaptionError(f"{_told(id_)} has no reference; give it one or leave out the id.")
        for text in texts:
            _check_text(text, f"a reference of {_told(id_)}")
    for id_, text in predictions.items():
        _check_text(text, f"the prediction for {_told(id_)}")


def _check_text(text: object, what: str) -> None:
    if not isinstance(text, str):
        raise CaptionError(f"{what} must be a text, not {_kind(text)}.")
    if "\0" in text:
        raise CaptionError(f"{what} has a NUL character in it; take it out.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise CaptionError(
            f"{what} has half a character (a lone surrogate) at position {error.start}; take it out."
        ) from error


def _kind(value: object) -> str:
    names = {type(None): "null", bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return names.get(type(value), "an object" if isinstance(value, Mapping) else type(value).__name__)


def _numbered(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _listed(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _SHOWN:,} more" if len(ids) > _SHOWN else ""
    return ", ".join(map(_told, ids[:_SHOWN])) + more


def _told(id_: str) -> str:
    """An id as it stands in a sentence: on one line, and not at any length."""
    short = id_ if len(id_) <= 80 else f"{id_[:80]}…"
    return f'"{short}"' if short.isprintable() else ascii(short)
