"""The annotations of a COCO file one after another, with outlines folded into their boxes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pipeline.sources.json_stream import Event, stream_events
from pipeline.sources.outlines import Outline

_TAKEN: Final = frozenset({"id", "image_id", "category_id", "bbox", "iscrowd"})
_LONGEST_LIST: Final = 8
_OPENING: Final = frozenset({"start_map", "start_array"})
_CLOSING: Final = frozenset({"end_map", "end_array"})


def stream_annotations(file: Path) -> Iterator[tuple[Any, Outline | None]]:
    """Each element of the file's ``annotations``, of objects only the fields that are used, and its outline.

    Elements that are no objects come as they are (lists and what else is nested as None).

    Raises
    ------
    SourceError
        As :func:`pipeline.sources.json_stream.stream_json`.
    """
    events = stream_events(file)
    key: str | None = None
    for event, value in events:
        if event == "map_key":
            key = value
        elif event in _OPENING and key is not None:
            if key == "annotations" and event == "start_array":
                yield from _elements(events)
            else:
                _skip(event, events)
            key = None


def _elements(events: Iterator[Event]) -> Iterator[tuple[Any, Outline | None]]:
    for event, value in events:
        if event == "start_map":
            yield _object(events)
        elif event == "end_array":
            return
        else:
            _skip(event, events)
            yield value, None


def _object(events: Iterator[Event]) -> tuple[dict[str, Any], Outline | None]:
    entry: dict[str, Any] = {}
    outline: Outline | None = None
    for start, key in events:
        if start == "end_map":
            break
        event, value = next(events)
        if key == "segmentation":
            outline = _outline(event, value, events)
        elif key in _TAKEN:
            entry[key] = _value(event, value, events)
        else:
            _skip(event, events)
    return entry, outline


def _value(event: str, value: Any, events: Iterator[Event]) -> Any:
    """A number, text or short list of them; an object becomes an empty one, and what is nested in a list None."""
    if event == "start_map":
        _skip(event, events)
        return {}
    if event != "start_array":
        return value
    values: list[Any] = []
    for event, value in events:
        if event == "end_array":
            break
        _skip(event, events)
        if len(values) < _LONGEST_LIST:
            values.append(value)
    return values


def _outline(event: str, value: Any, events: Iterator[Event]) -> Outline:
    outline = Outline()
    outline.take(event, value)
    depth = 1 if event in _OPENING else 0
    while depth:
        event, value = next(events)
        outline.take(event, value)
        depth += (event in _OPENING) - (event in _CLOSING)
    return outline


def _skip(event: str, events: Iterator[Event]) -> None:
    """Read past the rest of a value whose first event this is."""
    depth = 1 if event in _OPENING else 0
    while depth:
        event, _ = next(events)
        depth += (event in _OPENING) - (event in _CLOSING)
