"""Giving predictions that were made elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.db.errors import DomainError
from app.evaluation.errors import EvaluationError, IncompleteError, PredictionsError
from app.evaluation.queries.items import Target
from app.evaluation.workflow import evaluations
from app.evaluation.workflow.targets import QUIZ_STATES, quiz_target, split_target
from app.evaluation.workflow.uploading import Upload, lines_of, upload_predictions
from app.quiz.workflow.quizzes import list_quizzes
from app.release.workflow import list_releases
from app.web.database import DbSession
from app.web.errors import STATUSES
from app.web.guard import CurrentViewer
from app.web.rendering import render
from pipeline.vocabulary import SPLITS

router = APIRouter()

MOST_CHOICES: Final = 100
KINDS: Final[Mapping[str, str]] = {
    "questions": "Answers to questions",
    "captions": "Captions, measured by concise and by complex ones",
    "concise_caption": "Captions, measured by concise ones only",
    "complex_caption": "Captions, measured by complex ones only",
}
Field = Annotated[str, Form()]


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as it was filled in."""

    model: str = ""
    of: str = ""
    """``release NAME@3 SPLIT`` or ``quiz NAME``."""
    kind: str = "questions"
    note: str = ""
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class NewEvaluationPage:
    template: ClassVar[str] = "evaluation/new.html"

    asked: Asked
    choices: Sequence[tuple[str, str]]
    kinds: Mapping[str, str]
    message: str
    faults: Sequence[Mapping[str, Any]]
    fault_count: int


@router.get("/evaluations/new", name="new_evaluation_page")
def new_evaluation_page(
    request: Request, session: DbSession, of: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    return render(request, _form(session, Asked(of=of.replace("\0", ""))))


@router.post("/evaluations", name="upload_predictions")
def upload(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    model: Field = "",
    of: Field = "",
    kind: Field = "questions",
    note: Field = "",
    is_partial: Annotated[bool, Form()] = False,
    predictions: Annotated[UploadFile | None, File()] = None,
) -> Response:
    asked = Asked(model, of, kind, note, is_partial)
    try:
        content = predictions.file.read() if predictions is not None else b""
        target = _target(session, asked.of)
        made = upload_predictions(session, target, _given(asked), lines_of(content), str(viewer.pseudonym))
    except (EvaluationError, PredictionsError, IncompleteError) as refused:
        return render(request, _form(session, asked, refused), STATUSES[refused.meaning])
    evaluations.request_scoring(session, made.evaluation_id)
    return RedirectResponse(f"/evaluations/{made.evaluation_id}", 303)


def _given(asked: Asked) -> Upload:
    if asked.kind not in KINDS:
        raise EvaluationError("Say what the predictions are: answers, or captions.")
    task = "questions" if asked.kind == "questions" else "captions"
    kinds = (asked.kind,) if asked.kind.endswith("_caption") else ()
    return Upload(asked.model, task, kinds, asked.note, asked.is_partial)


def _target(session: Session, of: str) -> Target:
    what, _, name = of.partition(" ")
    if what == "quiz":
        return quiz_target(session, name)
    release, _, split = name.partition(" ")
    if what != "release" or not split:
        raise EvaluationError("Say what was predicted: choose a split of a release, or a quiz.")
    return split_target(session, release, split)


def _form(session: Session, asked: Asked, refused: DomainError | None = None) -> NewEvaluationPage:
    facts: dict[str, Any] = refused.facts if refused else {}
    return NewEvaluationPage(
        asked=asked,
        choices=_choices(session),
        kinds=KINDS,
        message=refused.message if refused else "",
        faults=facts.get("faults", []),
        fault_count=facts.get("fault_count", 0),
    )


def _choices(session: Session) -> list[tuple[str, str]]:
    """Splits of the newest releases, ``test`` first, and quizzes whose questions stand."""
    found = []
    for release in list_releases(session, None, MOST_CHOICES):
        there = {part["split"] for part in release.counts["parts"]}
        splits = sorted((split for split in SPLITS if split in there), key=lambda split: split != "test")
        found += [(f"release {release.label} {split}", f"{release.label}, {split}") for split in splits]
    quizzes = [quiz for quiz in list_quizzes(session, None, MOST_CHOICES) if quiz.state in QUIZ_STATES]
    return [*found, *((f"quiz {quiz.name}", f"quiz {quiz.name}") for quiz in quizzes)]
