"""Taking in predictions that were made elsewhere: all rows are checked before anything is stored."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from sqlalchemy.orm import Session

from app.evaluation.errors import EvaluationError, IncompleteError, PredictionsError
from app.evaluation.queries import evaluations
from app.evaluation.queries.evaluations import EvaluationRow, NewEvaluation
from app.evaluation.queries.items import Target
from app.evaluation.workflow.matching import Matched, list_missing, match_captions, match_questions
from app.evaluation.workflow.reading import Rows, read_predictions
from app.evaluation.workflow.targets import kinds_of
from app.intake.workflow.storable import first_unstorable, unstorable

LONGEST_MODEL: Final = 200
LONGEST_NOTE: Final = 2_000
TOLD: Final = 3


@dataclass(frozen=True, slots=True)
class Upload:
    """What is said of predictions that somebody gives."""

    model: str
    task: str = "questions"
    kinds: tuple[str, ...] = ()
    """Of captions; none means both."""
    note: str = ""
    """How the model was asked, in words."""
    is_partial: bool = False
    """Whether it is stored although predictions are missing."""
    recipe: Mapping[str, Any] = field(default_factory=dict)


def upload_predictions(
    session: Session, target: Target, given: Upload, lines: Iterable[str], created_by: str
) -> EvaluationRow:
    """Store the predictions as a new evaluation, all or none.

    Raises
    ------
    PredictionsError
        If a row cannot be taken: nothing is stored, ``faults`` has line, id, what is wrong and what to do.
    IncompleteError
        If predictions are missing, and ``is_partial`` was not asked for.
    EvaluationError
        If the model's name, the task or the note is not acceptable.
    """
    kinds, model = kinds_of(given.task, given.kinds), checked_model(given.model)
    if reason := unstorable(given.note, LONGEST_NOTE):
        raise EvaluationError(f"The note cannot be kept: {reason}.")
    rows = read_predictions(lines)
    is_questions = kinds == ("question",)
    matched = match_questions(session, target, rows) if is_questions else match_captions(session, target, kinds, rows)
    _require_sound(rows, matched)
    _require_whole(session, target, kinds, given, matched)
    recipe = {**given.recipe, **({"note": given.note.strip()} if given.note.strip() else {})}
    new = NewEvaluation(given.task, kinds, "upload", model, recipe, matched.items, created_by)
    evaluation_id = evaluations.insert_evaluation(session, target, new)
    evaluations.add_predictions(session, evaluation_id, matched.predictions)
    evaluations.move(session, evaluation_id, "stored")
    found = evaluations.find_evaluation(session, evaluation_id)
    assert found is not None  # noqa: S101  (it was just made)
    return found


def lines_of(content: bytes) -> Iterable[str]:
    """A file's bytes as the lines that :func:`upload_predictions` takes.

    Raises
    ------
    PredictionsError
        If it is not UTF-8.
    """
    try:
        return io.StringIO(content.decode("utf-8-sig"), newline="")
    except UnicodeDecodeError as error:
        raise PredictionsError(
            f"Nothing was stored: the file is not UTF-8 (byte {error.start:,}). Save it as UTF-8 and give it again.",
            faults=[],
        ) from error


def checked_model(model: str) -> str:
    """A model's name as it is stored.

    Raises
    ------
    EvaluationError
    """
    name = model.strip()
    if not name:
        raise EvaluationError("Name the model: by this name it stands in the leaderboard.")
    if reason := first_unstorable([name], LONGEST_MODEL):
        raise EvaluationError(f"The model's name cannot be kept: {reason}.")
    return name


def _require_sound(rows: Rows, matched: Matched) -> None:
    if rows.fault_count:
        faults = sorted(rows.faults, key=lambda fault: fault.line)
        told = " ".join(fault.sentence()[:1].upper() + fault.sentence()[1:] for fault in faults[:TOLD])
        count = "1 row cannot" if rows.fault_count == 1 else f"{rows.fault_count:,} rows cannot"
        raise PredictionsError(
            f"Nothing was stored: {count} be taken. {told}",
            faults=[asdict(fault) for fault in faults],
            fault_count=rows.fault_count,
            rows=rows.read,
        )
    if not rows.read:
        raise PredictionsError(
            "The file has no rows. Give a line or row an item, with id and prediction.",
            faults=[],
            fault_count=0,
            rows=0,
        )
    if not matched.items:
        raise EvaluationError("There is nothing of this kind to predict there. Choose another split or task.")


def _require_whole(session: Session, target: Target, kinds: tuple[str, ...], given: Upload, matched: Matched) -> None:
    if matched.missing and not given.is_partial:
        ids = list_missing(session, target, kinds, {each.item_id for each in matched.predictions})
        shown = ", ".join(f"{id_[:12]}…" if len(id_) == 64 else id_ for id_ in ids[:TOLD])
        what = "item has" if matched.missing == 1 else "items have"
        raise IncompleteError(
            f"Nothing was stored: {matched.missing:,} of {matched.items:,} {what} no prediction ({shown}"
            f"{', …' if matched.missing > TOLD else ''}). Add them, an empty one where the model said nothing, or ask"
            " for a partial evaluation: its figures are of what is there alone, and say so.",
            missing=matched.missing,
            items=matched.items,
            ids=ids,
        )
