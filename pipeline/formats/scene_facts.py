"""What is known of the images of a release, counted by dataset: sensors, bands, sizes, boxes, licences, places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pipeline.formats.entries import Entry
from pipeline.formats.places import cell_of, centre_of, name_of, place_of

MOST_VALUES: Final = 200
"""Different values of one fact of one dataset that are counted by name; metadata may be different in each image."""
FURTHER: Final = "further ones"
LONGEST: Final = 80
"""Code points of a value."""
FACTS: Final = ("sensor", "optical_sensor", "band", "polarisations", "resolution", "spacing", "size", "unit", "licence")

Cell = tuple[str, int, int]
"""Dataset, and the cell of half a degree."""


class SceneFacts:
    """Counters over images. Without :data:`FURTHER` and places they grow with the number of datasets only."""

    def __init__(self) -> None:
        self.values: Counter[tuple[str, str, str]] = Counter()
        """(fact, dataset, value); an empty licence is that of the dataset."""
        self.images: Counter[tuple[str, str]] = Counter()
        """(what, dataset) with ``optical``, ``placed``, ``boxed``, ``labelled``, ``published_split``."""
        self.boxes: Counter[tuple[str, str]] = Counter()
        """(dataset, category)"""
        self.cells: Counter[Cell] = Counter()
        self.names: dict[tuple[int, int], str] = {}
        """Of places with coordinates and a name: the first by their code points."""
        self.years: Counter[str] = Counter()
        """When the SAR images were taken, of those that say so."""
        self._known: Counter[tuple[str, str]] = Counter()

    def add(self, entry: Entry) -> None:
        """Count one image."""
        dataset, metadata = entry["dataset"], entry.get("metadata") or {}
        for fact, value in _facts(entry, metadata):
            self._count(fact, dataset, value)
        has = {
            "optical": (entry.get("assets") or {}).get("optical"),
            "boxed": entry.get("boxes"),
            "labelled": metadata.get("labelled"),
            "published_split": entry.get("published_split"),
        }
        for what, found in has.items():
            self.images[what, dataset] += bool(found)
        for box in entry.get("boxes") or ():
            self._count_box(dataset, _shortened(box.get("category")))
        self.years[str(metadata.get("sar_acquired_at") or "")[:4]] += 1
        self._place(entry, dataset)

    def merge(self, other: SceneFacts) -> None:
        """Count what another has counted."""
        for own, more in (
            (self.values, other.values),
            (self.images, other.images),
            (self.boxes, other.boxes),
            (self.cells, other.cells),
            (self.years, other.years),
        ):
            own.update(more)  # type: ignore[arg-type]
        for cell, name in other.names.items():
            self.names[cell] = min(name, self.names.get(cell, name))

    def told(self, fact: str, dataset: str) -> list[tuple[str, int]]:
        """(value, images) of a dataset's images, the most frequent first."""
        found = [(key[2], count) for key, count in self.values.items() if key[:2] == (fact, dataset)]
        return sorted(found, key=lambda each: (-each[1], each[0]))

    def _count(self, fact: str, dataset: str, value: str) -> None:
        key = fact, dataset, value
        if key not in self.values:
            self._known[fact, dataset] += 1
            if self._known[fact, dataset] > MOST_VALUES:
                key = fact, dataset, FURTHER
        self.values[key] += 1

    def _count_box(self, dataset: str, category: str) -> None:
        key = dataset, category
        if key not in self.boxes:
            self._known["box", dataset] += 1
            if self._known["box", dataset] > MOST_VALUES:
                key = dataset, FURTHER
        self.boxes[key] += 1

    def _place(self, entry: Entry, dataset: str) -> None:
        centre = centre_of(entry)
        if centre is None:
            return
        cell = cell_of(centre)
        self.images["placed", dataset] += 1
        self.cells[dataset, *cell] += 1
        name = name_of(place_of(entry) or "")
        if name:
            self.names[cell] = min(name, self.names.get(cell, name))


def _facts(entry: Entry, metadata: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for fact in ("sensor", "optical_sensor", "band"):
        if metadata.get(fact):
            yield fact, _shortened(metadata[fact])
    if metadata.get("polarisations"):
        yield "polarisations", _shortened(", ".join(map(str, metadata["polarisations"])))
    for fact, key in (("resolution", "resolution_m"), ("spacing", "pixel_spacing_m")):
        if told := _metres(metadata.get(key)):
            yield fact, told
    if entry.get("rows") and entry.get("cols"):
        yield "size", f"{entry['rows']} × {entry['cols']}"
    if entry.get("unit"):
        yield "unit", _shortened(entry["unit"])
    yield "licence", _shortened(metadata.get("licence") or "")


def _metres(pair: Any) -> str | None:
    """``1 m``, or ``1.2 × 0.5 m`` (rows by columns)."""
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
        return None
    rows, cols = (f"{float(each):.3g}" for each in pair)
    return f"{rows} m" if rows == cols else f"{rows} × {cols} m"


def _shortened(value: Any) -> str:
    plain = " ".join(str(value).split())
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"
