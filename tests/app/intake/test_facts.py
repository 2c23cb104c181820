"""What the page says of a scene's acquisition."""

from __future__ import annotations

from typing import Any, cast

import pytest
from sqlalchemy import RowMapping

from app.intake.pages.facts import facts_of
from pipeline.records import SceneMetadata


@pytest.mark.parametrize(
    ("by_source", "by_file", "said"),
    [
        (("HH", "HV"), None, "HH (shown), HV"),
        (("VV", "VH"), "VH", "VH (shown), VV"),
        ((), "VV", "VV (shown)"),
        ((), None, None),
    ],
)
def test_the_polarisation_that_is_shown_is_told(
    by_source: tuple[str, ...], by_file: str | None, said: str | None
) -> None:
    row: dict[str, Any] = {
        "metadata": SceneMetadata(sensor="a SAR", polarisations=by_source).as_json(),
        "provenance": {"polarisation": by_file},
        **dict.fromkeys(
            (
                "registration",
                "optical_note",
                "land_cover",
                "ground",
                "chip_window",
                "published_split",
                "dataset_licence",
                "dataset_citation",
            )
        ),
        "rows": 2,
        "cols": 3,
        "unit": "dn",
        "name": "a.png",
        "source": "coco",
        "split": "train",
        "original": {},
    }
    told = {fact.name: fact.value for group in facts_of(cast(RowMapping, row)) for fact in group.facts}
    assert told.get("Polarisation") == said
