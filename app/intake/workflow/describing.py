"""The database row of a prepared scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, astuple, replace
from itertools import islice
from typing import Any, Final

from app.intake.workflow.preparing import PreparedAssets
from app.intake.workflow.storable import as_jsonb
from pipeline.imaging.prepared import FurtherPolarisation, PreparedScene
from pipeline.records import SceneMetadata
from pipeline.sources.splits import GroundCell, assign_split, ground_cells

MOST_CELLS: Final = 20_000
"""Of the 1 km cells of one scene that are stored: a square of 141 km. Its split is decided by all of them."""


def scene_row(found: PreparedAssets, dataset_id: int, split_seed: int, published: str | None) -> dict[str, Any]:
    """Columns of ``scene``; of a chip, whose ``found.scene`` has the chip's own name, size and boxes.

    ``split`` is provisional until the scene's ground was settled.

    Raises
    ------
    ValueError
        If ``published`` is no split.
    """
    prepared = found.prepared
    corners = prepared.corners_lon_lat
    cells = [] if corners is None else [_name_of(cell) for cell in islice(ground_cells(corners), MOST_CELLS)]
    # By itself, until the scene was compared with all others: see `grouping.settle_ground`.
    key = None if corners else prepared.duplicate_hash
    split = assign_split(split_seed, ground_cells(corners) if corners else (), key, published)
    chip, registration = prepared.chip, prepared.registration
    return {
        "dataset_id": dataset_id,
        "name": found.scene.name,
        "source_sha256": found.source_sha256,
        "rows": prepared.rows,
        "cols": prepared.cols,
        "split": split,
        "published_split": found.scene.published_split,
        "ground_cells": cells,
        "duplicate_hash": prepared.duplicate_hash,
        "thumbnail": bytes.fromhex(prepared.thumbnail) or None,
        "structure": prepared.structure,
        "parent": None if chip is None else found.scene.name.removesuffix(chip.name),
        "chip_window": None if chip is None else list(astuple(chip)),
        "metadata_": as_jsonb(_metadata(found.scene.metadata, prepared).as_json()),
        "sar_sha256": found.sar.sha256,
        "processed_sha256": found.processed.sha256,
        "optical_sha256": None if found.optical is None else found.optical.sha256,
        "optical_note": prepared.optical_note,
        "pair_state": _pair_state(prepared),
        "registration": as_jsonb(None if registration is None else asdict(registration)),
        "land_cover": as_jsonb(None if prepared.land_cover is None else dict(prepared.land_cover)),
        "unit": prepared.unit,
        "limits_low": prepared.display_limits[0],
        "limits_high": prepared.display_limits[1],
        "histogram": as_jsonb(_histogram(prepared)),
        "ground": as_jsonb(_ground(prepared)),
        "provenance": as_jsonb(_provenance(prepared)),
        "original": as_jsonb(found.original),
    }


def polarisation_rows(found: PreparedAssets, scene_id: int) -> list[dict[str, Any]]:
    """Columns of ``polarisation``: one row for each further polarisation of the scene."""
    return [
        {
            "scene_id": scene_id,
            "polarisation": one.polarisation,
            "sar_sha256": asset.sha256,
            "unit": one.unit,
            "scale": one.scale,
            # NaN says that pixels without data are NaN, which no page needs to be told.
            "nodata": None if one.nodata is None or one.nodata != one.nodata else one.nodata,
            "limits_low": one.display_limits[0],
            "limits_high": one.display_limits[1],
            "histogram": as_jsonb(_histogram(one)),
        }
        for one, asset in zip(found.prepared.further, found.further, strict=True)
    ]


def _name_of(cell: GroundCell) -> str:
    return f"{cell[0]}:{cell[1]}"


def _pair_state(prepared: PreparedScene) -> str:
    """One of ``PAIR_STATES``; a pair that was not compared is not trusted."""
    if prepared.optical is None:
        return "none"
    return "unknown" if prepared.registration is None else prepared.registration.state


def _metadata(stated: SceneMetadata, prepared: PreparedScene) -> SceneMetadata:
    """What the source says, completed by what the file itself says; the source holds."""
    own = (prepared.polarisation,) if prepared.polarisation else ()
    found = own + tuple(one.polarisation for one in prepared.further if own and one.is_known)
    return replace(
        stated,
        polarisations=stated.polarisations or found,
        pixel_spacing_m=stated.pixel_spacing_m or prepared.pixel_spacing_m,
    )


def _histogram(prepared: PreparedScene | FurtherPolarisation) -> Mapping[str, Any]:
    edges = prepared.histogram_edges
    counted = {"low": edges[0], "high": edges[-1], "counts": prepared.histogram_counts}
    return counted | ({"percentiles": dict(prepared.percentiles)} if prepared.percentiles else {})


def _ground(prepared: PreparedScene) -> Mapping[str, Any] | None:
    if prepared.ground is None or prepared.corners_lon_lat is None:
        return None
    return {**prepared.ground, "lonlat_corners": prepared.corners_lon_lat}


def _provenance(prepared: PreparedScene) -> Mapping[str, Any]:
    """How the pixels came about, and how a stored number is read: ``scale``, ``nodata`` and ``dtype`` are the SAR
    asset's."""
    nodata = prepared.nodata
    return {
        **prepared.provenance,
        "dtype": prepared.dtype,
        "scale": prepared.scale,
        # JSON has no NaN.
        "nodata": "nan" if nodata is not None and nodata != nodata else nodata,
        "band": prepared.band,
        "band_count": prepared.band_count,
        "polarisation": prepared.polarisation,
        "value_range": prepared.value_range,
        "valid_fraction": prepared.valid_fraction,
    }
