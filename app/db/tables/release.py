"""Releases: frozen lists of verified texts, and the files exported from them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigId, CreatedAt, one_of

EXPORT_STATES = ("waiting", "running", "done", "failed")


class Release(Base):
    """``NAME@number``. Never changes: a trigger refuses UPDATE and DELETE."""

    __tablename__ = "release"
    __table_args__ = (
        UniqueConstraint("name", "number"),
        CheckConstraint("name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'", name="name_form"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    release_id: Mapped[BigId]
    name: Mapped[str]
    number: Mapped[int]
    notes: Mapped[str] = mapped_column(server_default=text("''"))
    rules: Mapped[dict[str, Any]]
    """Datasets, kinds and gates that chose the texts."""
    counts: Mapped[dict[str, Any]]
    """Counted once, at freezing: ``parts`` (texts and images by dataset, split, kind and type) and ``left_out``."""
    text_count: Mapped[int]
    content_sha256: Mapped[str]
    """Over the ordered text ids: the release's identity in the database."""
    created_at: Mapped[CreatedAt]


class ReleaseText(Base):
    """One verified text of a release, frozen. Only ``origin = drafted`` can get here: the composite key says so."""

    __tablename__ = "release_text"
    __table_args__ = (
        CheckConstraint("origin = 'drafted'", name="origin_drafted"),
        ForeignKeyConstraint(["draft_id", "origin"], ["draft.draft_id", "draft.origin"]),
        ForeignKeyConstraint(["resolution_id", "draft_id"], ["resolution.resolution_id", "resolution.draft_id"]),
        CheckConstraint("text_sha256 ~ '^[0-9a-f]{64}$'", name="text_sha256_form"),
        Index("uq_release_text_draft", "release_id", "draft_id", unique=True),
    )

    release_id: Mapped[int] = mapped_column(ForeignKey("release.release_id"), primary_key=True)
    text_sha256: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    """The id in files, ``pipeline.formats.entries.text_id``; its order is the same in every database."""
    draft_id: Mapped[int]
    resolution_id: Mapped[int]
    origin: Mapped[str] = mapped_column(server_default=text("'drafted'"))
    entry: Mapped[dict[str, Any]]
    """The whole line of the side file as it was frozen: scene, split, kind, texts, support, verdicts, provenance."""


class ReleaseScene(Base):
    """One scene of a release, frozen: a later import may say more of the scene, the release never does."""

    __tablename__ = "release_scene"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.release_id"), primary_key=True)
    dataset: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    name: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    entry: Mapped[dict[str, Any]]
    """The whole line of the side file of images: assets, boxes, metadata, provenance."""


class Export(Base):
    """A finished or coming file of a release in one format."""

    __tablename__ = "export"
    __table_args__ = (one_of("state", EXPORT_STATES),)

    export_id: Mapped[BigId]
    release_id: Mapped[int] = mapped_column(ForeignKey("release.release_id"), index=True)
    format: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    file: Mapped[str | None]
    sha256: Mapped[str | None]
    bytes: Mapped[int | None]
    error: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[dt.datetime | None]
