"""The JSON API of evaluations."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.evaluation.queries.scores import whole_scores
from app.evaluation.schemas import EvaluationList, EvaluationView
from app.evaluation.workflow import evaluations
from app.evaluation.workflow.targets import target_named
from app.evaluation.workflow.uploading import Upload, lines_of, upload_predictions
from app.web.database import DbSession
from app.web.guard import CurrentViewer

router: Final = APIRouter(prefix="/api/v1", tags=["evaluation"])

EvaluationId = Annotated[int, Path(ge=1, lt=2**63)]


async def sent_content(request: Request) -> bytes:
    """The body as it was sent: JSONL or CSV, whatever it calls itself."""
    return await request.body()


@router.get("/evaluations", name="list_evaluations")
def list_evaluations(
    session: DbSession,
    before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> EvaluationList:
    """Evaluations, newest first, a page at a time."""
    rows = evaluations.list_evaluations(session, before, limit)
    return EvaluationList(
        evaluations=[EvaluationView.of(row) for row in rows],
        before=rows[-1].evaluation_id if len(rows) == limit else None,
    )


@router.get("/evaluations/{evaluation_id}", name="read_evaluation")
def read_evaluation(session: DbSession, evaluation_id: EvaluationId) -> EvaluationView:
    """How the model was asked, and all figures."""
    found = evaluations.get_evaluation(session, evaluation_id)
    return EvaluationView.of(found, whole_scores(session, evaluation_id))


@router.post("/evaluations", name="upload_evaluation", status_code=202)
def upload_evaluation(
    session: DbSession,
    viewer: CurrentViewer,
    response: Response,
    content: Annotated[bytes, Depends(sent_content)],
    model: Annotated[str, Query(max_length=400)],
    release: Annotated[str, Query(max_length=100)] = "",
    split: Annotated[str, Query(max_length=40)] = "test",
    quiz: Annotated[str, Query(max_length=100)] = "",
    task: Annotated[str, Query(max_length=40)] = "questions",
    kind: Annotated[list[str] | None, Query()] = None,
    note: Annotated[str, Query(max_length=4_000)] = "",
    partial: bool = False,
) -> EvaluationView:
    """Store predictions, all or none: the body is JSONL or CSV with ``id`` and ``prediction``. A worker scores them;
    ask at ``Location`` until ``state`` is ``scored``. A refusal lists each row with line, id and what to do."""
    target = target_named(session, release, split, quiz)
    given = Upload(model, task, tuple(kind or ()), note, partial)
    made = upload_predictions(session, target, given, lines_of(content), str(viewer.pseudonym))
    evaluations.request_scoring(session, made.evaluation_id)
    response.headers["Location"] = f"/api/v1/evaluations/{made.evaluation_id}"
    return EvaluationView.of(made)
