"""``metadata.json``: what is known of scenes beyond their pixels, by scene name."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from pipeline.records import SceneMetadata
from pipeline.sources.reading import SourceError, SourceReading, unreadable

_LARGEST_BYTES: Final = 256 << 20


def read_scene_metadata(file: Path, reading: SourceReading) -> dict[str, SceneMetadata]:
    """Read ``{scene name: {field: value}}``; fields as in :class:`pipeline.records.SceneMetadata`, all optional.

    An entry with a field that is unknown or has an impossible value is refused as a whole.

    Raises
    ------
    SourceError
        If the file is not JSON (with the place), not an object, or over 256 MiB.
    """
    if file.stat().st_size > _LARGEST_BYTES:
        raise SourceError(file, "the file is over 256 MiB", "Split the source into several data sets.")
    try:
        stored = json.loads(file.read_bytes())
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise SourceError(file, f"this is not JSON: {error.msg} at {where}", "Mend the file there.") from error
    except OSError as error:
        raise unreadable(file, error) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise SourceError(file, "this is not JSON in UTF-8", "Write the file again.") from error
    except ValueError as error:  # a number of thousands of digits
        raise SourceError(file, "it has a number with too many digits", "Mend that number.") from error
    if not isinstance(stored, dict):
        raise SourceError(file, "this is not an object of scene names", 'It must look like {"sar/a.tif": {…}}.')
    known: dict[str, SceneMetadata] = {}
    for name, entry in stored.items():
        reason = _refusal(entry)
        if reason is None:
            known[name] = SceneMetadata.from_json(entry)
        else:
            reading.refuse(file.name, f"{reason} (scene {name})")
    return known


def _refusal(entry: Any) -> str | None:
    if not isinstance(entry, Mapping):
        return "the metadata of a scene must be an object"
    for key, value in entry.items():
        check = _CHECKS.get(key)
        if check is None:
            return f"there is no field {key!r}; fields are {', '.join(sorted(_CHECKS))}"
        if not (check(value) or (value is None and key not in _NEVER_NULL)):
            return f"{key} cannot be {json.dumps(value)[:80]}"
    return None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 500 and "\0" not in value


def _is_number(value: Any) -> bool:
    # Comparing, since math.isfinite fails on integers beyond the range of floats. NaN compares false.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _is_size_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(_is_number(part) and part > 0 for part in value)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(part) for part in value) and len(set(value)) == len(value)


_NEVER_NULL: Final = frozenset({"polarisations", "labelled", "geometry"})
_CHECKS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "sensor": _is_text,
    "optical_sensor": _is_text,
    "band": _is_text,
    "polarisations": _is_texts,
    "pixel_spacing_m": _is_size_pair,
    "resolution_m": _is_size_pair,
    "geometry": lambda value: value in ("ground", "slant", "unknown"),
    "look_azimuth_deg": lambda value: _is_number(value) and 0 <= value < 360,
    "look_side": lambda value: value in ("north", "south"),
    "incidence_deg": lambda value: _is_number(value) and 0 <= value <= 90,
    "sar_acquired_at": _is_text,
    "optical_acquired_at": _is_text,
    "place": _is_text,
    "licence": _is_text,
    "labelled": _is_texts,
}
