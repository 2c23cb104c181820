"""What scripts send and get about releases."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from app.release.queries.exports import ExportRow
from app.release.queries.releases import ReleaseRow


class NewExport(BaseModel):
    """What is to be exported: without ``number`` the newest of the name."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    format: Annotated[str, Field(max_length=80)] = "sarlang"


class ExportView(BaseModel):
    """An export as it stands; once it is done, ``url`` is its file."""

    export_id: int
    release: str
    format: str
    state: str
    file: str | None
    bytes: int | None
    sha256: str | None
    error: str | None
    created_at: dt.datetime
    finished_at: dt.datetime | None
    url: str | None

    @classmethod
    def of(cls, row: ExportRow) -> Self:
        return cls(
            export_id=row.export_id,
            release=f"{row.name}@{row.number}",
            format=row.format,
            state=row.state,
            file=row.file,
            bytes=row.bytes,
            sha256=row.sha256,
            error=row.error,
            created_at=row.created_at,
            finished_at=row.finished_at,
            url=f"/api/v1/exports/{row.export_id}/file" if row.state == "done" else None,
        )


class ReleaseView(BaseModel):
    """A release, without its texts."""

    release_id: int
    release: str
    name: str
    number: int
    notes: str
    rules: dict[str, object]
    counts: dict[str, object]
    texts: int
    content_sha256: str
    contributors: list[str]
    created_at: dt.datetime

    @classmethod
    def of(cls, row: ReleaseRow) -> Self:
        return cls(
            release_id=row.release_id,
            release=row.label,
            name=row.name,
            number=row.number,
            notes=row.notes,
            rules=row.rules,
            counts=row.counts,
            texts=row.text_count,
            content_sha256=row.content_sha256,
            contributors=row.contributors,
            created_at=row.created_at,
        )


class ReleaseList(BaseModel):
    """A page of releases, newest first; ``before`` asks for the next page, null at the end."""

    releases: list[ReleaseView]
    before: int | None


class ChangeList(BaseModel):
    """A page of the texts in which two releases differ; ``next`` asks for the next page, null at the end."""

    before: str
    after: str
    counts: dict[str, int]
    """``{change: texts}``, of all."""
    changes: list[dict[str, object]]
    next: str | None
