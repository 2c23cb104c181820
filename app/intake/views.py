"""A scene as the viewer in the browser gets it: its images under signed addresses, and what is known of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict
from sqlalchemy import RowMapping

from app.web.signing import AssetSigner
from pipeline.records import SceneMetadata


class View(BaseModel):
    model_config = ConfigDict(frozen=True)


class AssetsView(View):
    sar: str
    processed: str
    optical: str | None


class PolarisationView(View):
    """Another polarisation than the one that the texts are judged by, on the same grid."""

    polarisation: str
    sar: str
    unit: str
    scale: float
    nodata: float | None
    limits: tuple[float, float]
    histogram: dict[str, Any]


class SceneView(View):
    name: str
    rows: int
    cols: int
    unit: str
    split: str
    polarisation: str | None
    place: str | None
    sensor: str | None
    optical_sensor: str | None
    band: str | None
    pixel_spacing_m: tuple[float, float] | None
    geometry: str
    look_azimuth_deg: float | None
    incidence_deg: float | None
    sar_acquired_at: str | None
    optical_acquired_at: str | None
    labelled: tuple[str, ...]
    assets: AssetsView
    has_processed: bool
    scale: float
    nodata: float | None
    limits: tuple[float, float]
    histogram: dict[str, Any]
    ground: dict[str, Any] | None
    optical_note: str | None
    pair_state: str
    pair_notice: str | None
    """What a reviewer has to know before trusting the optical image; None where it fits, or there is none."""
    optical_offset_px: tuple[float, float]
    """(row, col) by which the optical image is drawn moved."""
    decided_offset_px: tuple[float, float]
    """(row, col) by which it would be drawn moved had no reviewer moved it."""
    polarisations: tuple[PolarisationView, ...]
    """The others, by name."""


class BoxView(View):
    number: int
    id: str
    category: str
    x_min: float
    y_min: float
    width: float
    height: float
    is_cut: bool


_NOTICES: Final[Mapping[str, str]] = {
    "misregistered": "does not fit the SAR image here: judge by the SAR image",
    "unknown": "is not known to fit the SAR image: check before you trust it",
}


def scene_view(row: RowMapping, signer: AssetSigner, reader: uuid.UUID) -> SceneView:
    """The scene of a row with ``queries.viewing.SHOWN``, its images under addresses that only ``reader`` may read."""
    known = SceneMetadata.from_json(row["metadata"])
    provenance = row["provenance"]
    nodata = provenance.get("nodata")
    same = ("name", "rows", "cols", "unit", "split", "histogram", "ground", "optical_note", "pair_state")
    stated = ("place", "sensor", "optical_sensor", "band", "pixel_spacing_m", "look_azimuth_deg", "incidence_deg")
    dated = ("geometry", "sar_acquired_at", "optical_acquired_at", "labelled")
    return SceneView(
        **{name: row[name] for name in same},
        **{name: getattr(known, name) for name in (*stated, *dated)},
        polarisation=provenance.get("polarisation") or next(iter(known.polarisations), None),
        assets=_assets(row, signer, reader),
        has_processed=row["processed_sha256"] != row["sar_sha256"],
        scale=provenance.get("scale", 1.0),
        # "nan" says that pixels without data are NaN, which no page needs to be told.
        nodata=nodata if isinstance(nodata, int | float) else None,
        limits=(row["limits_low"], row["limits_high"]),
        pair_notice=pair_notice(row["pair_state"], measured_offset(row), row["pair_decision"], nudge_of(row)),
        optical_offset_px=nudge_of(row) or decided_offset(row),
        decided_offset_px=decided_offset(row),
        polarisations=tuple(_polarisation(other, signer, reader) for other in row["other_polarisations"] or ()),
    )


def without_optical(scene: SceneView) -> SceneView:
    """The scene for whoever may not see its optical image: without the address, so no page can show it."""
    return scene.model_copy(update={"assets": scene.assets.model_copy(update={"optical": None})})


def box_views(boxes: Sequence[Mapping[Any, Any]]) -> list[BoxView]:
    """The boxes of a scene, by number."""
    same = ("number", "category", "x_min", "y_min", "width", "height", "is_cut")
    return [BoxView(id=box["source_box_id"], **{name: box[name] for name in same}) for box in boxes]


def _assets(row: RowMapping, signer: AssetSigner, reader: uuid.UUID) -> AssetsView:
    # What an admin has set aside is not shown; it stays stored.
    optical = None if row["pair_decision"] == "without_optical" else row["optical_sha256"]
    return AssetsView(
        sar=signer.url(row["sar_sha256"], reader),
        processed=signer.url(row["processed_sha256"], reader),
        optical=None if optical is None else signer.url(optical, reader),
    )


def _polarisation(other: Mapping[str, Any], signer: AssetSigner, reader: uuid.UUID) -> PolarisationView:
    same = ("polarisation", "unit", "scale", "nodata", "histogram")
    return PolarisationView(
        **{name: other[name] for name in same},
        sar=signer.url(other["sar_sha256"], reader),
        limits=(other["limits_low"], other["limits_high"]),
    )


def measured_offset(row: Mapping[Any, Any]) -> tuple[float, float] | None:
    """(row, col) by which the optical image must be moved to lie on the SAR image, where that was found."""
    offset = (row["registration"] or {}).get("offset_px")
    return None if offset is None else (float(offset[0]), float(offset[1]))


def decided_offset(row: Mapping[Any, Any]) -> tuple[float, float]:
    """By which the optical image is drawn moved as far as admins go: only where one decided so."""
    return (measured_offset(row) or (0.0, 0.0)) if row["pair_decision"] == "use_shifted" else (0.0, 0.0)


def nudge_of(row: Mapping[Any, Any]) -> tuple[float, float] | None:
    """(row, col) by which a reviewer moved the optical image; None where nobody did, or it was put back."""
    if row["nudge_px"] is None:
        return None
    down, right = (float(distance) for distance in row["nudge_px"])
    return None if (down, right) == decided_offset(row) else (down, right)


def pair_notice(
    state: str,
    offset_px: tuple[float, float] | None,
    decision: str | None,
    nudge_px: tuple[float, float] | None = None,
) -> str | None:
    """What follows "The optical image", where it is not to be trusted as it is."""
    if state == "none":
        return None
    if decision == "without_optical":
        return "was set aside by an admin: judge by the SAR image alone"
    if nudge_px is not None:
        doubt = "; measured, it " + _MEASURED[state] if state in _MEASURED else ""
        return f"was moved by a reviewer: {offset_text(nudge_px)}{doubt}"
    if decision == "use_shifted" and offset_px is not None:
        return f"is drawn moved by the measured {offset_text(offset_px)}"
    if state == "shifted":
        by = "a few pixels" if offset_px is None else offset_text(offset_px)
        return f"is off by {by}: places are those of the SAR image"
    notice = _NOTICES.get(state)
    return f"was found usable by an admin; measured, it {_MEASURED[state]}" if notice and decision == "use" else notice


_MEASURED: Final[Mapping[str, str]] = {
    "misregistered": "does not fit the SAR image",
    "unknown": "could not be compared with the SAR image",
}


def offset_text(offset_px: tuple[float, float]) -> str:
    """``3.2 px down, 1.0 px left``: where to the optical image must be moved."""
    down, right = offset_px
    vertical, horizontal = "down" if down >= 0 else "up", "right" if right >= 0 else "left"
    return f"{abs(down):.1f} px {vertical}, {abs(right):.1f} px {horizontal}"
