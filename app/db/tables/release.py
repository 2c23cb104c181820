"""Releases: what was planned, the frozen lists of verified texts, the files exported from them, and links to those."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigId, CreatedAt, one_of

EXPORT_STATES = ("waiting", "running", "done", "failed")
CHANGES = ("added", "changed", "removed")
PLAN_STATES = ("counting", "counted", "freezing", "frozen", "failed")


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
    """Counted once, at freezing: ``parts`` (texts by dataset, split, kind and type), ``left_out`` and why, ``images``,
    ``verification``; since gates are chosen also ``sources`` (licence and citation of each dataset), ``samples`` (the
    error rates of what nobody read), ``leakage`` of the splits, and ``difference`` to the number before."""
    contributors: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Of those whose reviews it rests on, the names of who wanted to be named when it was frozen. All else knows
    pseudonyms."""
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
        # With the id of the text, so that two numbers are compared without reading what they hold.
        Index("uq_release_text_draft", "release_id", "draft_id", unique=True, postgresql_include=["text_sha256"]),
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


class ReleaseChange(Base):
    """A text in which a number differs from the one before: new, gone and why, or reading otherwise. Frozen with it, so
    that a page of the difference is read by its key. Its drafts are held by the texts of the two releases."""

    __tablename__ = "release_change"
    __table_args__ = (
        one_of("change", CHANGES),
        CheckConstraint("(change = 'removed') = (reason is not null)", name="removed_has_reason"),
    )

    release_id: Mapped[int] = mapped_column(ForeignKey("release.release_id"), primary_key=True)
    change: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    draft_id: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str | None]
    """Of what is gone, how its draft stood (:data:`app.release.workflow.rules.STANDINGS`); ``not_chosen`` where its
    dataset, kind, type or split was not asked for."""


class ReleasePlan(Base):
    """A release before it is one: what is to be frozen, what that would hold, and how far the freezing is.

    Nobody but admins sees it. What it becomes is a row of ``release``, in the one transaction that also says so here.
    """

    __tablename__ = "release_plan"
    __table_args__ = (
        one_of("state", PLAN_STATES),
        CheckConstraint("(state = 'frozen') = (release_id is not null)", name="frozen_has_release"),
        CheckConstraint("(state = 'failed') = (error is not null)", name="failed_has_error"),
        # What is under way, shown above the list of releases.
        Index("ix_release_plan_open", "release_plan_id", postgresql_where=text("state in ('counting', 'freezing')")),
    )

    release_plan_id: Mapped[BigId]
    name: Mapped[str]
    notes: Mapped[str]
    rules: Mapped[dict[str, Any]]
    """As ``release.rules``."""
    state: Mapped[str]
    preview: Mapped[dict[str, Any] | None]
    """What it would have held when it was counted: see ``app.release.queries.previewing``."""
    error: Mapped[str | None]
    release_id: Mapped[int | None] = mapped_column(ForeignKey("release.release_id"))
    decided_by: Mapped[str]
    """A pseudonym."""
    created_at: Mapped[CreatedAt]
    counted_at: Mapped[dt.datetime | None]
    started_at: Mapped[dt.datetime | None]
    """When the work was last taken up."""
    finished_at: Mapped[dt.datetime | None]


class ReleasePlanDraft(Base):
    """A draft that a plan leaves out, and why, as it stood when the plan was counted: the lists behind the preview.
    Kept for the newest plans only; without foreign keys, which take most of the time where a million are written."""

    __tablename__ = "release_plan_draft"

    release_plan_id: Mapped[int] = mapped_column(primary_key=True)
    standing: Mapped[str] = mapped_column(primary_key=True)
    dataset: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    split: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    draft_id: Mapped[int] = mapped_column(primary_key=True)


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


class DownloadLink(Base):
    """Who has the token of this row may download an export without an account. The token itself is nowhere."""

    __tablename__ = "download_link"
    __table_args__ = (
        CheckConstraint("length(note) <= 200", name="note_length"),
        CheckConstraint("downloads >= 0", name="downloads_counted"),
    )

    download_link_id: Mapped[BigId]
    export_id: Mapped[int] = mapped_column(ForeignKey("export.export_id"), index=True)
    token_sha256: Mapped[bytes] = mapped_column(unique=True)
    note: Mapped[str] = mapped_column(server_default=text("''"))
    """For whom it is, in the admin's words."""
    created_by: Mapped[str]
    """A pseudonym."""
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    downloads: Mapped[int] = mapped_column(server_default=text("0"))
    """How often its file was begun; what is resumed is not counted again."""
    downloaded_at: Mapped[dt.datetime | None]
    """The last time."""
