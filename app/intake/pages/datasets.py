"""All datasets, and one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.db.errors import DomainError, Meaning
from app.intake.queries import datasets, grouping, pairs, runs, work
from app.intake.queries.datasets import DatasetBreakdown, DatasetImages, DatasetOverview, LandCover
from app.intake.queries.drafted import NamedThings, named_things
from app.intake.queries.grouping import Leakage
from app.intake.queries.guidelines import guidelines_of
from app.intake.queries.pairs import PairCount
from app.intake.queries.runs import RunProgress
from app.intake.queries.work import DrafterShare, Work
from app.web.database import DbSession
from app.web.rendering import render
from pipeline.vocabulary import KIND_TITLES, QUESTION_TYPE_TITLES

router = APIRouter()

DATASETS_A_PAGE: Final = 100
RUNS_A_PAGE: Final = 20

Key = Annotated[int, Query(ge=0, lt=2**63)]


class NoSuchDatasetError(DomainError):
    meaning: ClassVar[Meaning] = "not_found"
    code = "no_such_dataset"


@dataclass(frozen=True, slots=True)
class GroundSummary:
    """Same ground in a dataset."""

    unsettled: int
    places: int
    """Seen by more than one scene."""
    scenes: int
    shared: int
    """Of the places, those that another dataset shows too."""
    leakage: Leakage


@dataclass(frozen=True, slots=True)
class DatasetsPage:
    template: ClassVar[str] = "intake/datasets.html"

    rows: list[tuple[DatasetOverview, Work]]
    after: str | None


@dataclass(frozen=True, slots=True)
class DatasetPage:
    template: ClassVar[str] = "intake/dataset.html"

    dataset: DatasetOverview
    work: Work
    breakdown: DatasetBreakdown
    titles: dict[str, str]
    images: DatasetImages
    land_cover: list[LandCover]
    named: NamedThings | None
    pairs: list[PairCount]
    ground: GroundSummary
    drafters: list[DrafterShare]
    runs: list[RunProgress]
    older: int | None
    guidelines: str
    """What its reviewers are told."""
    next_step: str | None
    """The command that brings the dataset on, where there is one to give."""


@router.get("/datasets", name="datasets_page")
def datasets_page(request: Request, session: DbSession, after: Annotated[str, Query(max_length=63)] = "") -> Response:
    listed = datasets.list_datasets(session, after=after.replace("\0", ""), limit=DATASETS_A_PAGE)
    works = work.work_of_datasets(session)
    rows = [(dataset, works.get(dataset.dataset_id, Work())) for dataset in listed]
    return render(request, DatasetsPage(rows, listed[-1].name if len(listed) == DATASETS_A_PAGE else None))


@router.get("/datasets/{name}", name="dataset_page")
def dataset_page(
    request: Request, session: DbSession, name: Annotated[str, Path(max_length=200)], before: Key | None = None
) -> Response:
    dataset = None if "\0" in name else datasets.dataset_overview(session, name)
    if dataset is None:
        raise NoSuchDatasetError(f"There is no dataset {name[:80]!r}.", dataset=name[:80])
    breakdown = datasets.dataset_breakdown(session, dataset.dataset_id)
    found = runs.list_runs(session, dataset.dataset_id, before=before, limit=RUNS_A_PAGE)
    page = DatasetPage(
        dataset=dataset,
        work=work.work_of_datasets(session).get(dataset.dataset_id, Work()),
        breakdown=breakdown,
        titles={**KIND_TITLES, **QUESTION_TYPE_TITLES},
        images=datasets.dataset_images(session, dataset.dataset_id),
        land_cover=datasets.mean_land_cover(session, dataset.dataset_id),
        named=named_things(session, dataset.dataset_id),
        pairs=pairs.count_pairs(session, dataset.dataset_id),
        ground=_ground(session, dataset.dataset_id),
        drafters=work.drafters_of(session, dataset.dataset_id),
        runs=found,
        older=found[-1].run_id if len(found) == RUNS_A_PAGE else None,
        guidelines=guidelines_of(session, name) or "",
        next_step=next_step(dataset, breakdown),
    )
    return render(request, page)


def _ground(session: Session, dataset_id: int) -> GroundSummary:
    places, scenes = grouping.count_places(session, dataset_id)
    return GroundSummary(
        unsettled=grouping.count_unsettled(session, dataset_id),
        places=places,
        scenes=scenes,
        shared=grouping.count_shared_places(session, dataset_id),
        leakage=grouping.leakage(session, dataset_id),
    )


def next_step(dataset: DatasetOverview, breakdown: DatasetBreakdown) -> str | None:
    """What an admin types next: drafts before screening, screening before reviews."""
    if dataset.scenes and not dataset.drafts:
        corpus = [f"trihedral draft {dataset.name} --corpus"] if breakdown.boxes else []
        captions = f"trihedral draft {dataset.name} --captions concise,complex --base-url URL --model NAME"
        return "\n".join(corpus + ([captions] if breakdown.with_optical else [])) or None
    if breakdown.unscreened:
        return f"trihedral screen {dataset.name}"
    return None
