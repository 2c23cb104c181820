"""What is known of a scene, put into words for the page: only what is known, each figure with its unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import RowMapping

from app.intake.views import offset_text
from pipeline.records import SceneMetadata

UNIT_TEXTS: Final = {
    "sigma0_db": "dB, σ⁰",
    "gamma0_db": "dB, γ⁰",
    "relative_db": "dB rel. (not calibrated)",
    "dn": "digital numbers",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: a name and what is known."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts that belong together."""

    title: str
    facts: Sequence[Fact]


def facts_of(row: RowMapping) -> list[Facts]:
    """All that is known of the scene of a row of :func:`app.intake.queries.viewing.scene_rows`."""
    known = SceneMetadata.from_json(row["metadata"])
    groups = [
        Facts("Pair", _present(_pair(row))),
        Facts("Acquisition", _present(_acquisition(known, row["provenance"]))),
        Facts("Image", _present(_image(row, known))),
        Facts("Land cover", _land_cover(row["land_cover"])),
        Facts("Processing", _present(_processing(row["provenance"]))),
        Facts("Source", _present(_source(row, known))),
    ]
    return [group for group in groups if group.facts]


def registration_facts(registration: Mapping[str, Any] | None) -> dict[str, str]:
    """``offset``, ``spread`` and ``blocks`` as the list of pairs shows them; empty where nothing was measured."""
    found = registration or {}
    offset = found.get("offset_px")
    return {
        "offset": "" if offset is None else offset_text((offset[0], offset[1])),
        "spread": "" if found.get("spread_px") is None else f"{found['spread_px']:.1f} px",
        "blocks": f"{found['agreeing']} of {found['blocks']}" if "blocks" in found else "",
        "note": found.get("note") or "",
    }


def _pair(row: RowMapping) -> Iterable[tuple[str, str | None]]:
    shown = registration_facts(row["registration"])
    relief = (row["registration"] or {}).get("relief_px")
    yield "Finding", shown["note"]
    yield "To be moved by", shown["offset"]
    yield "Spread of the blocks", shown["spread"]
    yield "Blocks that agree", shown["blocks"]
    yield "Roofs lean by", None if relief is None else f"{relief:.1f} px toward the radar"
    yield "Optical image", row["optical_note"]


def _acquisition(known: SceneMetadata, provenance: Mapping[str, Any]) -> Iterable[tuple[str, str | None]]:
    # Where the file does not say which it is, the source does: the one that is read comes first.
    polarisation = provenance.get("polarisation") or next(iter(known.polarisations), None)
    others = [name for name in known.polarisations if name != polarisation]
    yield "SAR sensor", known.sensor
    yield "Optical sensor", known.optical_sensor
    yield "Band", known.band
    yield "Polarisation", ", ".join([f"{polarisation} (shown)", *others]) if polarisation else ", ".join(others)
    yield "Pixel spacing", _metres(known.pixel_spacing_m)
    yield "Resolution", _metres(known.resolution_m)
    yield "Geometry", None if known.geometry == "unknown" else f"{known.geometry} range"
    yield "Look azimuth", _degrees(known.look_azimuth_deg)
    yield "Incidence", _degrees(known.incidence_deg)
    yield "SAR acquired", known.sar_acquired_at
    yield "Optical acquired", known.optical_acquired_at
    yield "Place", known.place


def _image(row: RowMapping, known: SceneMetadata) -> Iterable[tuple[str, str | None]]:
    window = row["chip_window"]
    yield "Size", f"{row['rows']:,} × {row['cols']:,} pixels (rows × columns)"
    yield "Values", UNIT_TEXTS[row["unit"]]
    valid = row["provenance"].get("valid_fraction")
    yield "With data", None if valid is None else f"{valid:.1%}"
    if window is not None:
        yield (
            "Chip of",
            f"{row['parent']} ({window[4]:,} × {window[5]:,}), from row {window[0]:,}, column {window[1]:,}",
        )
    yield "Coordinates", _crs(row["ground"])
    yield "Split", row["split"] + ("" if row["published_split"] is None else f" (published: {row['published_split']})")
    yield "Labelled", ", ".join(known.labelled)


def _land_cover(shares: Mapping[str, float] | None) -> list[Fact]:
    ordered = sorted((shares or {}).items(), key=lambda share: (-share[1], share[0]))
    return [Fact(name, f"{share:.1%}") for name, share in ordered if share > 0]


def _processing(provenance: Mapping[str, Any]) -> Iterable[tuple[str, str | None]]:
    looks = provenance.get("looks")
    how = "estimated" if provenance.get("looks_estimated") else "stated"
    yield "Taken for", provenance.get("quantity")
    yield "Looks", None if looks is None else f"{looks:.2g}, {how}"
    yield "Warning", provenance.get("looks_warning")
    yield "Filter", _joined(provenance.get("filter"), provenance.get("filter_options"))
    yield "Stretch", _joined(None, provenance.get("stretch"))
    yield "Processed", provenance.get("processed") if isinstance(provenance.get("processed"), str) else None
    yield "Overviews", provenance.get("overviews")
    for number, note in enumerate(provenance.get("notes") or ()):
        yield "Notes" if number == 0 else "", str(note)


def _source(row: RowMapping, known: SceneMetadata) -> Iterable[tuple[str, str | None]]:
    for role, file in (row["original"] or {}).items():
        if isinstance(file, Mapping):
            yield f"File, {role}", file.get("name")
    yield "Licence", known.licence or row["dataset_licence"]
    yield "Citation", row["dataset_citation"]


def _present(lines: Iterable[tuple[str, str | None]]) -> list[Fact]:
    return [Fact(name, value) for name, value in lines if value]


def _metres(size_m: tuple[float, float] | None) -> str | None:
    if size_m is None:
        return None
    down, across = (f"{side:.3g}" for side in size_m)
    return f"{across} m" if down == across else f"{down} × {across} m (rows × columns)"


def _degrees(angle_deg: float | None) -> str | None:
    return None if angle_deg is None else f"{angle_deg:.1f}°"


def _crs(ground: Mapping[str, Any] | None) -> str | None:
    if not ground:
        return None
    crs = str(ground.get("crs", ""))
    # Well-known text runs over pages; its name is between the first quotation marks.
    return crs if len(crs) < 40 else crs.split('"')[1] if '"' in crs else crs[:40]


def _joined(name: str | None, options: Any) -> str | None:
    """``refined Lee: weight lee1981``; options that are not set are left out."""
    if not isinstance(options, Mapping):
        return name or (None if options is None else str(options))
    stated = ", ".join(
        f"{key.replace('_', ' ')} {_short(value)}" for key, value in options.items() if value is not None
    )
    return ": ".join(part for part in (name, stated) if part) or None


def _short(value: Any) -> str:
    if isinstance(value, list):
        return " … ".join(map(_short, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)
