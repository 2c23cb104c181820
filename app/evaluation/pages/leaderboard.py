"""The leaderboard of a split or a quiz, as a page and as CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.evaluation.pages.titles import JUDGE_TITLES, address_of, recipe_lines
from app.evaluation.workflow.figures import CAPTION_FIGURES
from app.evaluation.workflow.leaderboard import COLUMNS, Leaderboard, csv_rows, leaderboard
from app.evaluation.workflow.scoring import MODES
from app.evaluation.workflow.targets import target_named
from app.web.database import DbSession
from app.web.rendering import render
from pipeline.formats import cells
from pipeline.vocabulary import KIND_TITLES, QUESTION_TYPE_TITLES

router = APIRouter()

Named = Annotated[str, Query(max_length=300)]
Against = Annotated[int, Query(ge=0, lt=2**63)]
MODE_TITLES: Final[Mapping[str, str]] = {"ptb": "COCO’s words (ptb)", "raw": "words as they are (raw)"}


@dataclass(frozen=True, slots=True)
class LeaderboardPage:
    template: ClassVar[str] = "evaluation/leaderboard.html"

    board: Leaderboard
    judges: Mapping[str, str]
    modes: Mapping[str, str]
    types: Mapping[str, str]
    """Of the columns, in the order of the vocabulary."""
    kinds: Mapping[str, str]
    figures: Sequence[str]
    recipes: Mapping[int, Sequence[tuple[str, str]]]
    address: str
    csv: str
    of: str
    """What the form of a new upload is told."""


@router.get("/leaderboard", name="leaderboard_page")
def leaderboard_page(
    request: Request,
    session: DbSession,
    release: Named = "",
    split: Named = "test",
    quiz: Named = "",
    judge: Named = "",
    mode: Named = "",
    against: Against = 0,
) -> Response:
    board = leaderboard(session, target_named(session, release, split, quiz), judge, mode, against)
    rows = [row.evaluation for row in board.answers if row.evaluation]
    rows += [row.evaluation for found in board.captions.values() for row in found]
    key = board.target.release, board.target.split, board.target.quiz
    page = LeaderboardPage(
        board=board,
        judges={name: JUDGE_TITLES.get(name, f"decided by {name.removeprefix('llm:')}") for name in board.judges},
        modes={name: MODE_TITLES[name] for name in MODES},
        types={name: title for name, title in QUESTION_TYPE_TITLES.items() if name in board.types},
        kinds=KIND_TITLES,
        figures=CAPTION_FIGURES,
        recipes={row.evaluation_id: recipe_lines(row.recipe) for row in rows},
        address=address_of(*key, judge=board.judge, mode=board.mode),
        csv=address_of(*key, judge=board.judge, mode=board.mode).replace("/leaderboard", "/leaderboard.csv", 1),
        of=f"quiz {key[2]}" if key[2] else f"release {key[0]} {key[1]}",
    )
    return render(request, page)


@router.get("/leaderboard.csv", name="download_leaderboard")
def download_leaderboard(
    session: DbSession,
    release: Named = "",
    split: Named = "test",
    quiz: Named = "",
    judge: Named = "",
    mode: Named = "",
) -> Response:
    board = leaderboard(session, target_named(session, release, split, quiz), judge, mode)
    lines = [cells.row(COLUMNS)]
    for row in csv_rows(board):
        lines.append(cells.row(["" if row.get(name) is None else str(row[name]) for name in COLUMNS]))
    name = board.target.quiz or f"{board.target.release.replace('@', '-')}-{board.target.split}"
    headers = {"Content-Disposition": f'attachment; filename="{name}-leaderboard.csv"', "Cache-Control": "no-store"}
    return Response(b"".join(lines), 200, headers, "text/csv; charset=utf-8")
