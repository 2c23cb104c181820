"""Who differs in what, by type and flag, with a CSV file. Works without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.adjudication.pages.choosing import FLAG_TITLES, TYPE_TITLES, drafter_titles
from app.adjudication.queries import waiting
from app.adjudication.queries.waiting import DatasetChoice
from app.adjudication.workflow import figures_of
from app.adjudication.workflow.figures import DIFFERENCES, DifferenceFigures
from app.db.errors import DomainError, Meaning
from app.intake.workflow.running import require_dataset
from app.web.database import DbSession
from app.web.rendering import render
from pipeline.formats import cells

router = APIRouter()

COLUMNS: Final = (
    "dataset", "drafter", "kind", "question_type", "differ_in", "flag", "texts", "texts_open", "flagged_by_some",
)  # fmt: skip
"""A row has either ``differ_in`` (a difference), or ``flag`` with how many texts not all reviews flagged so."""

DatasetName = Annotated[str, Query(max_length=200)]
DrafterId = Annotated[str, Query(pattern=r"^\d{0,18}$")]


class FiguresNotCountedError(DomainError):
    meaning: ClassVar[Meaning] = "unavailable"
    code: ClassVar[str] = "figures_not_counted"


@dataclass(frozen=True, slots=True)
class DifferencesPage:
    template: ClassVar[str] = "adjudication/figures.html"

    dataset: str
    drafter: str
    datasets: Sequence[DatasetChoice]
    """In which reviews differ, or ever did."""
    drafters: Mapping[str, str]
    figures: DifferenceFigures | None
    """None while they are counted for the first time, or where there is no dataset to count."""
    differences: Mapping[str, str]
    flag_titles: Mapping[str, str]
    type_titles: Mapping[str, str]


@router.get("/adjudication/figures", name="differences_page")
def differences_page(
    request: Request, session: DbSession, dataset: DatasetName = "", drafter: DrafterId = ""
) -> Response:
    datasets = waiting.dataset_choices(session, with_all=True)
    name = dataset or (datasets[0].name if datasets else "")
    page = DifferencesPage(
        dataset=name,
        drafter=drafter,
        datasets=datasets,
        drafters=drafter_titles(waiting.drafter_choices(session)),
        figures=_figures(session, name, drafter) if name else None,
        differences=DIFFERENCES,
        flag_titles=FLAG_TITLES,
        type_titles=TYPE_TITLES,
    )
    return render(request, page)


@router.get("/adjudication/figures.csv", name="download_differences")
def download_differences(session: DbSession, dataset: DatasetName, drafter: DrafterId = "") -> Response:
    figures = _figures(session, dataset, drafter)
    if figures is None:
        raise FiguresNotCountedError("These figures are being counted. Look again in a minute.")
    titles = drafter_titles(waiting.drafter_choices(session))
    rows = [COLUMNS, *_rows(dataset, figures, titles)]
    headers = {"Content-Disposition": 'attachment; filename="differences.csv"', "Cache-Control": "no-store"}
    return Response(b"".join(map(cells.row, rows)), media_type="text/csv", headers=headers)


def _figures(session: Session, dataset: str, drafter: str) -> DifferenceFigures | None:
    dataset_id = require_dataset(session, dataset.replace("\0", "\ufffd")).dataset_id
    return figures_of(session, dataset_id, int(drafter) if drafter else None)


def _rows(dataset: str, figures: DifferenceFigures, titles: Mapping[str, str]) -> Iterator[Sequence[str]]:
    for name, column in (("differences", "difference"), ("flags", "flag")):
        for row in figures.rows[name]:
            drafter = titles.get(str(row["drafter_id"]), str(row["drafter_id"]))
            said = (row[column], "") if name == "differences" else ("", row[column])
            some = "" if name == "differences" else str(row["by_some"])
            counts = (str(row["drafts"]), str(row["open"]), some)
            yield (dataset, drafter, row["kind"], row["question_type"] or "", *said, *counts)
