"""Datasets: made once, found by name, and overviews for the pages and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.db.tables.intake import Dataset

SCENES: Final = "scenes"
DRAFTS: Final = "drafts"
PACKETS: Final = "packets"
REVIEWS_WANTED: Final = "reviews_wanted"
REVIEWED: Final = "reviewed"
"""Names of counters. Intake adds to the first four, the review stage to the last."""


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """What was fixed when the dataset was first imported."""

    dataset_id: int
    name: str
    source: str
    split_seed: int
    reviews_wanted: int
    description: str


@dataclass(frozen=True, slots=True)
class DatasetOverview:
    """One line of the list of datasets."""

    dataset_id: int
    name: str
    source: str
    reviews_wanted: int
    description: str
    created_at: dt.datetime
    scenes: int
    drafts: int
    packets: int
    reviews_total: int
    """How many reviews all packets are to get."""
    reviewed: int
    """How many of them are done."""
    licence: str | None = None
    citation: str | None = None


def find_dataset(session: Session, name: str) -> DatasetFacts | None:
    """The dataset of this name."""
    found = session.execute(select(Dataset).where(Dataset.name == name)).scalar_one_or_none()
    return None if found is None else _facts(found)


def get_dataset(session: Session, dataset_id: int) -> DatasetFacts:
    """The dataset with this id, which exists."""
    return _facts(session.execute(select(Dataset).where(Dataset.dataset_id == dataset_id)).scalar_one())


def add_dataset(session: Session, name: str, source: str, split_seed: int, reviews_wanted: int) -> DatasetFacts:
    """Make the dataset unless it is there (perhaps since a moment, by another import), and return what is there."""
    made = insert(Dataset).values(name=name, source=source, split_seed=split_seed, reviews_wanted=reviews_wanted)
    session.execute(made.on_conflict_do_nothing())
    return _facts(session.execute(select(Dataset).where(Dataset.name == name)).scalar_one())


def _facts(row: Dataset) -> DatasetFacts:
    return DatasetFacts(row.dataset_id, row.name, row.source, row.split_seed, row.reviews_wanted, row.description)


# Sums of the counters, not counts of the rows: a list of datasets must not read a million drafts.
_OVERVIEW: Final = """
select d.dataset_id, d.name, d.source, d.reviews_wanted, d.description, d.created_at, d.licence, d.citation,
       coalesce(c.scenes, 0) as scenes, coalesce(c.drafts, 0) as drafts, coalesce(c.packets, 0) as packets,
       coalesce(c.reviews_total, 0) as reviews_total, coalesce(c.reviewed, 0) as reviewed
from dataset d
left join (
    select dataset_id,
           sum(delta) filter (where name = 'scenes')::bigint as scenes,
           sum(delta) filter (where name = 'drafts')::bigint as drafts,
           sum(delta) filter (where name = 'packets')::bigint as packets,
           sum(delta) filter (where name = 'reviews_wanted')::bigint as reviews_total,
           sum(delta) filter (where name = 'reviewed')::bigint as reviewed
    from counter_delta group by dataset_id
) c using (dataset_id)
"""


def list_datasets(session: Session, *, after: str = "", limit: int = 200) -> list[DatasetOverview]:
    """Datasets by name, those behind ``after``."""
    query = text(_OVERVIEW + ' where d.name collate "C" > :after order by d.name collate "C" limit :limit')
    rows = session.execute(query, {"after": after, "limit": limit})
    return [DatasetOverview(**row._mapping) for row in rows]


def dataset_overview(session: Session, name: str) -> DatasetOverview | None:
    """The overview of one dataset."""
    row = session.execute(text(_OVERVIEW + " where d.name = :name"), {"name": name}).one_or_none()
    return None if row is None else DatasetOverview(**row._mapping)


@dataclass(frozen=True, slots=True)
class Share:
    """A name and how often it occurs."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class DatasetBreakdown:
    """What a dataset consists of; counted row by row, so for the page of one dataset only."""

    splits: Sequence[Share]
    boxes: Sequence[Share]
    """By category, most first."""
    drafts: Sequence[Share]
    """By kind, questions by type."""
    findings: Sequence[Share]
    """By family, under the version of the newest screening."""
    with_optical: int
    unscreened: int
    """Drafts that no screening has seen."""


@dataclass(frozen=True, slots=True)
class DatasetImages:
    """The size of a dataset's scenes, in pixels and bytes."""

    smallest: tuple[int, int] | None
    """(rows, cols)"""
    largest: tuple[int, int] | None
    megapixels: float
    bytes: int
    """Of the stored images, each counted once."""
    chips: int
    parents: int
    """Images that were cut into these chips."""


@dataclass(frozen=True, slots=True)
class LandCover:
    """A class and its mean share of the labelled area, over all scenes that have labels."""

    name: str
    share: float


_IMAGES: Final = text("""
select (select array[rows, cols] from scene where dataset_id = :dataset_id order by rows::bigint * cols, rows limit 1)
        as smallest,
    (select array[rows, cols] from scene where dataset_id = :dataset_id order by rows::bigint * cols desc, rows limit 1)
        as largest,
    coalesce(sum(rows::float8 * cols), 0) / 1e6 as megapixels,
    (select coalesce(sum(bytes), 0)::bigint from asset where sha256 in (
        select unnest(array[sar_sha256, processed_sha256, optical_sha256]) from scene where dataset_id = :dataset_id
        union select p.sar_sha256 from polarisation p join scene using (scene_id) where dataset_id = :dataset_id
    )) as bytes,
    count(parent) as chips, count(distinct parent) as parents
from scene where dataset_id = :dataset_id
""")

_LAND_COVER: Final = text("""
with labelled as (
    select land_cover from scene where dataset_id = :dataset_id and jsonb_typeof(land_cover) = 'object'
)
select class.key as name, sum(class.value::float8) / (select count(*) from labelled) as share
from labelled cross join jsonb_each_text(land_cover) as class group by 1 order by 2 desc, 1
""")


def dataset_images(session: Session, dataset_id: int) -> DatasetImages:
    """How many pixels and bytes the dataset has; reads all of its scenes, so for the page of one dataset only."""
    row = session.execute(_IMAGES, {"dataset_id": dataset_id}).one()._mapping
    sizes = {name: None if row[name] is None else tuple(row[name]) for name in ("smallest", "largest")}
    return DatasetImages(**{**row, **sizes})


def mean_land_cover(session: Session, dataset_id: int) -> list[LandCover]:
    """The dataset's land cover, the largest share first; none where no scene has labels."""
    return [LandCover(row.name, row.share) for row in session.execute(_LAND_COVER, {"dataset_id": dataset_id})]


def dataset_breakdown(session: Session, dataset_id: int) -> DatasetBreakdown:
    """Scenes by split, boxes by category, drafts by kind, findings by family."""

    def shares(query: str) -> list[Share]:
        rows = session.execute(text(query), {"dataset_id": dataset_id})
        return [Share(name, count) for name, count in rows]

    def number(query: str) -> int:
        return int(session.execute(text(query), {"dataset_id": dataset_id}).scalar_one())

    return DatasetBreakdown(
        splits=shares("select split, count(*) from scene where dataset_id = :dataset_id group by 1 order by 1"),
        boxes=shares(
            "select category, count(*) from object_box join scene using (scene_id)"
            " where dataset_id = :dataset_id group by 1 order by 2 desc, 1 limit 50"
        ),
        drafts=shares(
            "select coalesce(d.question_type, d.kind), count(*) from draft d join scene using (scene_id)"
            " where dataset_id = :dataset_id group by 1 order by 1"
        ),
        # From the counters: a dataset may have millions of findings.
        findings=shares(
            "select split_part(split_part(name, ' ', 3), '.', 1), sum(delta)::bigint from counter_delta"
            " where dataset_id = :dataset_id and starts_with(name, 'findings ' || (select parameters ->> 'version'"
            " from run where dataset_id = :dataset_id and kind = 'screen' order by run_id desc limit 1) || ' ')"
            " group by 1 order by 1"
        ),
        with_optical=number("select count(*) from scene where dataset_id = :dataset_id and optical_sha256 is not null"),
        unscreened=number(
            "select count(*) from draft d join scene using (scene_id) where dataset_id = :dataset_id"
            " and not exists (select from screened x where x.draft_id = d.draft_id)"
        ),
    )
