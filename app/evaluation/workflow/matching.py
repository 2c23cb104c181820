"""Predictions that were given, beside what there is to predict: which are for what, and what is wrong with the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from sqlalchemy.orm import Session

from app.evaluation.queries import items
from app.evaluation.queries.evaluations import NewPrediction
from app.evaluation.queries.items import Found, Target
from app.evaluation.workflow.reading import Rows
from app.evaluation.workflow.targets import captioned_scenes, count_questions

AT_ONCE: Final = 5_000
MISSING_SHOWN: Final = 5
_UNKNOWN: Final = "the release has no such text"
_LOOK: Final = "Take the ids from the release's files"


@dataclass(frozen=True, slots=True)
class Matched:
    """Predictions that can be stored, of so many items."""

    predictions: Sequence[NewPrediction]
    items: int

    @property
    def missing(self) -> int:
        return self.items - len(self.predictions)

    @property
    def empty(self) -> int:
        return sum(not each.prediction.strip() for each in self.predictions)


def match_questions(session: Session, target: Target, rows: Rows) -> Matched:
    """Questions by the id of their text; what is wrong is noted in ``rows``."""
    matched: list[NewPrediction] = []
    for ids in _portions(list(rows.predictions)):
        found = items.find_texts(session, target, ids)
        for id_ in ids:
            text = found.get(id_)
            if text is None:
                rows.refuse(rows.lines[id_], id_, _UNKNOWN, _LOOK)
            elif text.kind != "question":
                rows.refuse(rows.lines[id_], id_, "it is a caption", "Give captions by themselves, as captions")
            elif not text.is_asked:
                rows.refuse(rows.lines[id_], id_, *_not_asked(target, text))
            else:
                matched.append(NewPrediction(id_, text.scene, text.question_type, rows.predictions[id_]))
    return Matched(matched, count_questions(session, target))


def match_captions(session: Session, target: Target, kinds: tuple[str, ...], rows: Rows) -> Matched:
    """Captions by ``DATASET/SCENE``, or by the id of one of the image's captions; one an image."""
    wanted = captioned_scenes(session, target, kinds)
    scene_of, splits = {}, {}
    for scene, _, split, text_id in items.list_captioned(session, target.release_id):
        scene_of[text_id], splits[scene] = scene, split
    matched: dict[str, NewPrediction] = {}
    lines: dict[str, int] = {}
    for id_, told in rows.predictions.items():
        line, scene = rows.lines[id_], scene_of.get(id_, id_)
        if scene in lines:
            rows.refuse(line, id_, f"line {lines[scene]:,} has a caption of this image already", "Keep one of them")
        elif scene in wanted:
            matched[scene], lines[scene] = NewPrediction(scene, scene, None, told), line
        elif scene in splits:
            of = splits[scene]
            what = f"it is of the split {of}" if of != target.split else "its image has no caption of this kind"
            rows.refuse(line, id_, what, f"Leave it out, or evaluate on the split {of}" if of != target.split else _OUT)
        else:
            rows.refuse(line, id_, "the release has no captioned image of this name", _IMAGE)
    return Matched(list(matched.values()), len(wanted))


_OUT: Final = "Leave it out"
_IMAGE: Final = "Give DATASET/SCENE, as the release's files have it, or the id of a caption"


def list_missing(session: Session, target: Target, kinds: tuple[str, ...], given: set[str]) -> list[str]:
    """The first few items without a prediction."""
    if kinds != ("question",):
        return sorted(captioned_scenes(session, target, kinds) - given)[:MISSING_SHOWN]
    return list(islice((each for each in _question_ids(session, target) if each not in given), MISSING_SHOWN))


def _question_ids(session: Session, target: Target) -> Iterator[str]:
    after = ""
    while page := items.list_questions(session, target, after):
        yield from (each.item_id for each in page)
        after = page[-1].item_id


def _not_asked(target: Target, text: Found) -> tuple[str, str]:
    if target.quiz:
        return f"the quiz {target.quiz} does not ask it", "Leave it out"
    return f"it is of the split {text.split}", f"Leave it out, or evaluate on the split {text.split}"


def _portions(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
