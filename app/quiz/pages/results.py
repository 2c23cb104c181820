"""Results of a quiz, for admins: table with intervals, differences, times, questions, power; all of it as files too.

While the quiz is open they are shown only to who says so, under a warning.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.quiz.errors import QuizError, QuizStateError
from app.quiz.queries.quizzes import QuizRow
from app.quiz.schemas.checklist import checklist
from app.quiz.schemas.results import answers_csv, table_csv
from app.quiz.schemas.results_figure import Figure, draw, figure_svg
from app.quiz.workflow import judging
from app.quiz.workflow.answers import JUDGE
from app.quiz.workflow.quizzes import get_quiz
from app.quiz.workflow.results import EARLY, Results, Standing, results_of
from app.quiz.workflow.rules import ARM_TITLES
from app.quiz.workflow.shares import Difference
from app.web.database import DbSession
from app.web.errors import STATUSES
from app.web.rendering import render
from pipeline.scoring.judges import JUDGES
from pipeline.vocabulary import QUESTION_TYPE_TITLES

router = APIRouter()

QuizName = Annotated[str, Path(max_length=200)]
FILES: Final[Mapping[str, tuple[str, Callable[[Results], bytes]]]] = {
    "table.csv": ("text/csv", table_csv),
    "answers.csv": ("text/csv", lambda results: answers_csv(results.standing)),
    "checklist.md": ("text/markdown", lambda results: checklist(results).encode()),
    "figure.svg": ("image/svg+xml", figure_svg),
}


@dataclass(frozen=True, slots=True)
class AskedResults:
    """What is asked of results, as it stands in the address."""

    judge: str = JUDGE
    early: bool = False
    everybody: bool = False
    difference: str = ""

    @property
    def query(self) -> str:
        """For addresses of the same results."""
        told = [f"judge={self.judge}", *(["early=true"] if self.early else [])]
        return "&".join([*told, *(["everybody=true"] if self.everybody else [])])

    @property
    def points(self) -> float | None:
        """The difference of the reader's own.

        Raises
        ------
        QuizError
        """
        if not self.difference.strip():
            return None
        try:
            points = float(self.difference.strip().removesuffix("%"))
        except ValueError:
            points = math.nan
        if not 0 < points <= 100:
            raise QuizError(f"{self.difference[:40]!a} is no difference: give points from 0 to 100.")
        return points


def asked_results(
    judge: Annotated[str, Query(max_length=40)] = JUDGE,
    early: Annotated[bool, Query()] = False,
    everybody: Annotated[bool, Query()] = False,
    difference: Annotated[str, Query(max_length=40)] = "",
) -> AskedResults:
    """The address' own words."""
    return AskedResults(judge, early, everybody, difference)


Asked = Annotated[AskedResults, Depends(asked_results)]


@dataclass(frozen=True, slots=True)
class ResultsPage:
    template: ClassVar[str] = "quiz/results.html"

    quiz: QuizRow
    asked: AskedResults
    results: Results
    standing: Standing
    groups_differ: Sequence[tuple[str, Difference]]
    """As those between arms, which have a group."""
    figure: Figure
    disputed: Mapping[str, int]
    """How many answers have each standing."""
    judges: Mapping[str, str]
    """What each says of itself."""
    types: Mapping[str, str]
    arms: Mapping[str, str]
    warning: str
    """Where the quiz is open."""


@dataclass(frozen=True, slots=True)
class ResultsWaitPage:
    template: ClassVar[str] = "quiz/results_wait.html"

    quiz: QuizRow
    message: str
    warning: str


@router.get("/quizzes/{name}/results", name="quiz_results_page")
def results_page(request: Request, session: DbSession, name: QuizName, asked: Asked) -> Response:
    quiz = get_quiz(session, name)
    try:
        results = results_of(
            session, quiz, asked.judge, early=asked.early, everybody=asked.everybody, points=asked.points
        )
    except QuizStateError:
        return render(request, ResultsWaitPage(quiz, "", EARLY))
    except QuizError as refused:
        return render(request, ResultsWaitPage(quiz, refused.message, EARLY), STATUSES[refused.meaning])
    page = ResultsPage(
        quiz=quiz,
        asked=asked,
        results=results,
        standing=results.standing,
        groups_differ=[("", each) for each in results.groups_differ],
        figure=draw(results),
        disputed=judging.count_disputed(session, quiz),
        judges={name: judge.about for name, judge in JUDGES.items()},
        types=QUESTION_TYPE_TITLES,
        arms=ARM_TITLES,
        warning=EARLY if quiz.state == "open" else "",
    )
    return render(request, page)


@router.get("/quizzes/{name}/results/{file}", name="download_quiz_results")
def download(session: DbSession, name: QuizName, file: Annotated[str, Path(max_length=40)], asked: Asked) -> Response:
    quiz = get_quiz(session, name)
    if file not in FILES:
        raise QuizError(f"There is no file {file!a} of results; there are {', '.join(FILES)}.")
    media_type, make = FILES[file]
    content = make(results_of(session, quiz, asked.judge, early=asked.early, everybody=asked.everybody))
    headers = {"Content-Disposition": f'attachment; filename="{quiz.name}-{file}"', "Cache-Control": "no-store"}
    return Response(content, headers=headers, media_type=media_type)


@router.post("/quizzes/{name}/results/judge", name="judge_quiz_answers")
def judge(session: DbSession, name: QuizName, early: Annotated[bool, Form()] = False) -> Response:
    """Judge what was answered since; some thousand answers at a time."""
    quiz = get_quiz(session, name)
    judging.judge_answers(session, quiz)
    return RedirectResponse(f"/quizzes/{quiz.name}/results{'?early=true' if early else ''}", 303)
