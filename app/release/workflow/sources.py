"""Where a release comes from: its datasets with licences and citations, and how the release itself is cited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.release.queries.releases import ReleaseRow


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset of a release, as it was when that was frozen."""

    dataset: str
    citation: str | None
    licences: Mapping[str, int]
    """``{licence: images}``; the empty one is unknown."""


def sources_of(release: ReleaseRow) -> list[Source]:
    """Its datasets, by name; of a release from before licences were frozen, without any."""
    if "sources" not in release.counts:
        return [Source(dataset, None, {}) for dataset in release.rules["datasets"]]
    return [Source(each["dataset"], each["citation"], each["licences"]) for each in release.counts["sources"]]


def citation_of(release: ReleaseRow) -> str:
    """How the release is cited, in one line; its sources are cited beside it."""
    by = f"{', '.join(release.contributors)} and others. " if release.contributors else ""
    return (
        f"{by}{release.label} ({release.created_at.year}): {release.text_count:,} verified texts about"
        f" {release.counts['images']:,} SAR images. Frozen on {release.created_at:%Y-%m-%d},"
        f" content SHA-256 {release.content_sha256}."
    )
