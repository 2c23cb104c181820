"""From the import to the scene: datasets with their counters, runs, assets, scenes, boxes, decisions on pairs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigId, CreatedAt, all_of, one_of
from pipeline.vocabulary import PAIR_STATES, SPLITS, UNITS

RUN_KINDS = ("import", "draft", "screen", "policy", "sample")
"""``policy``: what is sealed already is brought to what was decided; ``sample``: the rest of a sampled stratum is taken
over."""
RUN_STATES = ("waiting", "running", "done", "failed", "cancelled")
PAIR_DECISIONS = ("use", "use_shifted", "without_optical", "hold")
"""Use the pair as it is; with the measured offset; only the SAR image; or not at all."""


class Dataset(Base):
    """Scenes imported under one name."""

    __tablename__ = "dataset"
    __table_args__ = (
        CheckConstraint("name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'", name="name_form"),
        CheckConstraint("reviews_wanted between 1 and 9", name="reviews_wanted_range"),
        CheckConstraint("hidden_share between 0 and 1", name="hidden_share_range"),
        CheckConstraint("sar_first_share between 0 and 1", name="sar_first_share_range"),
        CheckConstraint("box_sample_share between 0 and 1", name="box_sample_share_range"),
        all_of("held_pairs", PAIR_STATES),
    )

    dataset_id: Mapped[BigId]
    name: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    """The reader: coco, paired."""
    split_seed: Mapped[int] = mapped_column(server_default=sql("0"))
    reviews_wanted: Mapped[int] = mapped_column(Integer, server_default=sql("1"))
    """k: how many reviews each packet is to get; taken over into a packet when it is sealed."""
    description: Mapped[str] = mapped_column(server_default=sql("''"))
    licence: Mapped[str | None]
    """As the source's own documents say it; scenes may have licences of their own in their metadata."""
    citation: Mapped[str | None]
    held_pairs: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=sql("'{misregistered}'"))
    """Policy: scenes whose pair is in one of these states get no packets until an admin has decided on them."""
    hidden_share: Mapped[float] = mapped_column(Double, server_default=sql("0"))
    """Of the packets that are sealed from now on, the share whose findings stay hidden until a first verdict."""
    sar_first_share: Mapped[float] = mapped_column(Double, server_default=sql("0"))
    """Of the packets that are sealed from now on, the share whose optical image stays hidden until a verdict from the
    SAR image alone."""
    boxes_first: Mapped[bool] = mapped_column(server_default=sql("false"))
    """Whether in packets that are sealed from now on a scene's boxes are judged before the texts made from them."""
    box_sample_share: Mapped[float] = mapped_column(Double, server_default=sql("0.1"))
    """Of the texts that follow from judged boxes, the share that is read singly all the same."""
    guidelines: Mapped[str] = mapped_column(server_default=sql("''"))
    """What an admin tells the reviewers of this dataset; shown beside the flags' own."""
    named: Mapped[dict[str, Any] | None]
    """What its drafts name, as last counted, with the extractor's version: categories, question types, land covers."""
    named_at: Mapped[dt.datetime | None]
    created_at: Mapped[CreatedAt]


class Run(Base):
    """One import, drafting, screening or change of a dataset: durable, resumable, with its counts and refusals."""

    __tablename__ = "run"
    __table_args__ = (one_of("kind", RUN_KINDS), one_of("state", RUN_STATES))

    run_id: Mapped[BigId]
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.dataset_id"), index=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=sql("'waiting'"))
    parameters: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'::jsonb"))
    total: Mapped[int | None]
    done: Mapped[int] = mapped_column(server_default=sql("0"))
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'::jsonb"))
    error: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    planned_at: Mapped[dt.datetime | None]
    """When the whole source was read and all chunks of an import were known."""
    started_at: Mapped[dt.datetime | None]
    """Of an import: when a worker first took it up."""
    cancel_asked_at: Mapped[dt.datetime | None]
    held_up: Mapped[str | None]
    """Why no chunk gets on just now: the sentence about the source or the store that cannot be reached."""
    held_up_at: Mapped[dt.datetime | None]
    """Since when."""
    finished_at: Mapped[dt.datetime | None]


class RunChunk(Base):
    """A chunk of an import's scenes: the work of one background job. Done once, whatever dies meanwhile."""

    __tablename__ = "run_chunk"
    __table_args__ = (
        CheckConstraint("chunk >= 0 and scenes >= 0", name="numbers_positive"),
        Index("ix_run_chunk_open", "run_id", postgresql_where=sql("done_at is null")),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("run.run_id"), primary_key=True)
    chunk: Mapped[int] = mapped_column(Integer, primary_key=True)
    scenes: Mapped[int] = mapped_column(Integer)
    planned_sha256: Mapped[str]
    """Of the scenes as they were planned: planning that was broken off passes over what it has planned."""
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'::jsonb"))
    done_at: Mapped[dt.datetime | None]


class PlannedScene(Base):
    """A scene as its source describes it, waiting for its chunk; gone once its chunk is done."""

    __tablename__ = "planned_scene"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "chunk"], ["run_chunk.run_id", "run_chunk.chunk"]),
        Index("ix_planned_scene_run_id_chunk", "run_id", "chunk"),
    )

    run_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    """In the order of the source, from 0."""
    chunk: Mapped[int] = mapped_column(Integer)
    scene: Mapped[dict[str, Any]]
    """``pipeline.records.Scene`` as JSON."""


class Refusal(Base):
    """A file, box, annotation or model reply that was not taken, and why."""

    __tablename__ = "refusal"
    __table_args__ = (Index("ix_refusal_run_id_refusal_id", "run_id", "refusal_id"),)

    refusal_id: Mapped[BigId]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.run_id"))
    chunk: Mapped[int | None] = mapped_column(Integer)
    """Of an import; None for what was refused while its source was read."""
    file: Mapped[str]
    annotation_id: Mapped[str | None]
    reason: Mapped[str]
    detail: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class Asset(Base):
    """One file of the asset store, named by its content."""

    __tablename__ = "asset"
    __table_args__ = (CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_form"),)

    sha256: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    bytes: Mapped[int]
    created_at: Mapped[CreatedAt]


class Scene(Base):
    """One SAR image, ready to be looked at. All its assets lie on one grid of ``rows`` × ``cols``."""

    __tablename__ = "scene"
    __table_args__ = (
        UniqueConstraint("dataset_id", "name"),
        one_of("split", SPLITS),
        one_of("unit", UNITS),
        one_of("pair_state", PAIR_STATES),
        CheckConstraint("rows > 0 and cols > 0", name="size_positive"),
        CheckConstraint("(parent is null) = (chip_window is null)", name="chip_has_parent"),
        Index("ix_scene_duplicate_group", "duplicate_group"),
        Index("ix_scene_ungrouped", "dataset_id", postgresql_where=sql("not is_grouped")),
        # The list of pairs by state: read page by page, whatever else the dataset has.
        Index("ix_scene_dataset_id_pair_state_scene_id", "dataset_id", "pair_state", "scene_id"),
        Index("ix_scene_parent", "dataset_id", "parent", postgresql_where=sql("parent is not null")),
        # Without the list of what is pending, which each of an import's many look-ups would read from end to end.
        Index(
            "ix_scene_ground_cells",
            "ground_cells",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )

    scene_id: Mapped[BigId]
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.dataset_id"))
    name: Mapped[str]
    source_sha256: Mapped[str]
    """Of files, boxes, metadata, split and imaging options: an import that brings the same is nothing new."""
    rows: Mapped[int] = mapped_column(Integer)
    cols: Mapped[int] = mapped_column(Integer)
    split: Mapped[str]
    published_split: Mapped[str | None]
    ground_cells: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=sql("'{}'"))
    duplicate_group: Mapped[str | None]
    """The same in all scenes that show the same ground, in whatever dataset; None where no other does."""
    is_grouped: Mapped[bool] = mapped_column(server_default=sql("false"))
    """Whether same ground was looked for: until then ``split`` is provisional, and no release takes the scene."""
    duplicate_hash: Mapped[str | None]
    thumbnail: Mapped[bytes | None]
    """32 × 32 bytes, for the search for same ground."""
    structure: Mapped[float | None] = mapped_column(Double)
    parent: Mapped[str | None]
    """Of a chip: the name of the scene that it was cut from."""
    chip_window: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    """(row, col, rows, cols, parent_rows, parent_cols)"""
    metadata_: Mapped[dict[str, Any]] = mapped_column("metadata", server_default=sql("'{}'::jsonb"))
    """``pipeline.records.SceneMetadata`` as JSON."""
    sar_sha256: Mapped[str] = mapped_column(ForeignKey("asset.sha256"))
    processed_sha256: Mapped[str] = mapped_column(ForeignKey("asset.sha256"))
    optical_sha256: Mapped[str | None] = mapped_column(ForeignKey("asset.sha256"))
    optical_note: Mapped[str | None]
    pair_state: Mapped[str] = mapped_column(server_default=sql("'none'"))
    registration: Mapped[dict[str, Any] | None]
    """``pipeline.imaging.prepared.Registration`` as JSON."""
    land_cover: Mapped[dict[str, Any] | None]
    """``{class: share of the labelled area}``."""
    unit: Mapped[str]
    limits_low: Mapped[float] = mapped_column(Double)
    limits_high: Mapped[float] = mapped_column(Double)
    histogram: Mapped[dict[str, Any]]
    """``{"low", "high", "counts": [256]}`` of the values of ``sar`` in its unit."""
    ground: Mapped[dict[str, Any] | None]
    """``{"crs", "affine": [a, b, c, d, e, f], "lonlat_corners": [[lon, lat] × 4]}`` where the file had coordinates."""
    provenance: Mapped[dict[str, Any]]
    """What was done to the pixels: polarisation, looks, filter, stretch, warp, warnings, versions."""
    original: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'::jsonb"))
    """Of the files as they came: names and SHA-256 of SAR and optical image."""
    created_at: Mapped[CreatedAt]


class ObjectBox(Base):
    """``[x_min, y_min, width, height]`` in pixels of the scene; drawn under its ``number`` from 1."""

    __tablename__ = "object_box"
    __table_args__ = (
        UniqueConstraint("scene_id", "source_box_id"),
        CheckConstraint("width > 0 and height > 0", name="area_positive"),
    )

    scene_id: Mapped[int] = mapped_column(ForeignKey("scene.scene_id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    source_box_id: Mapped[str]
    category: Mapped[str]
    x_min: Mapped[float] = mapped_column(Double)
    y_min: Mapped[float] = mapped_column(Double)
    width: Mapped[float] = mapped_column(Double)
    height: Mapped[float] = mapped_column(Double)
    is_cut: Mapped[bool] = mapped_column(server_default=sql("false"))


class Polarisation(Base):
    """Another polarisation of a scene than the one that its texts are judged by, on the same grid."""

    __tablename__ = "polarisation"
    __table_args__ = (one_of("unit", UNITS),)

    scene_id: Mapped[int] = mapped_column(ForeignKey("scene.scene_id"), primary_key=True)
    polarisation: Mapped[str] = mapped_column(primary_key=True)
    sar_sha256: Mapped[str] = mapped_column(ForeignKey("asset.sha256"))
    unit: Mapped[str]
    scale: Mapped[float] = mapped_column(Double)
    """Shown value = stored value × scale."""
    nodata: Mapped[float | None] = mapped_column(Double)
    limits_low: Mapped[float] = mapped_column(Double)
    limits_high: Mapped[float] = mapped_column(Double)
    histogram: Mapped[dict[str, Any]]


class PairNudge(Base):
    """By how much a person moved the optical image onto the SAR image; the newest row counts. Append-only."""

    __tablename__ = "pair_nudge"
    __table_args__ = (CheckConstraint("abs(down_px) <= 200 and abs(right_px) <= 200", name="distance_possible"),)

    pair_nudge_id: Mapped[BigId]
    scene_id: Mapped[int] = mapped_column(ForeignKey("scene.scene_id"), index=True)
    down_px: Mapped[float] = mapped_column(Double)
    right_px: Mapped[float] = mapped_column(Double)
    decided_by: Mapped[str]
    """A pseudonym."""
    created_at: Mapped[CreatedAt]


class PairDecision(Base):
    """What an admin decided of a scene whose pair is held back or doubtful; the newest row counts. Append-only."""

    __tablename__ = "pair_decision"
    __table_args__ = (one_of("decision", PAIR_DECISIONS),)

    pair_decision_id: Mapped[BigId]
    scene_id: Mapped[int] = mapped_column(ForeignKey("scene.scene_id"), index=True)
    decision: Mapped[str]
    decided_by: Mapped[str]
    """A pseudonym."""
    created_at: Mapped[CreatedAt]


class CounterDelta(Base):
    """Counters as rows that are added, so that nobody waits for another's row lock; a job folds them together."""

    __tablename__ = "counter_delta"
    __table_args__ = (Index("ix_counter_delta_dataset_id_name", "dataset_id", "name"),)

    counter_delta_id: Mapped[BigId]
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.dataset_id"))
    name: Mapped[str]
    delta: Mapped[int]
