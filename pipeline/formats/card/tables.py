"""The tables of a card: SARLANG-1M's Tables 1, 2, 4 and 6 and what its Figures 3, 4 and 7 show, made from counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pipeline.extraction import EXTRACTOR_VERSION
from pipeline.formats.card.table import Table, Value, joined, share
from pipeline.formats.places import middle_of
from pipeline.formats.scene_facts import SceneFacts
from pipeline.formats.statistics import Key, Statistics
from pipeline.vocabulary import GENERAL_TYPES, KIND_TITLES, QUESTION_TYPE_TITLES, SPLITS

CAPTION_KINDS: Final = ("concise_caption", "complex_caption")
APPLICATION_TITLES: Final[Mapping[str, str]] = {
    **{kind: KIND_TITLES[kind] for kind in CAPTION_KINDS},
    **QUESTION_TYPE_TITLES,
}
"""What a text is for: a kind of caption, or a type of question."""
FREQUENT: Final = 30
"""Categories that are told by name."""
MOST_PLACES: Final = 500
_PUBLISHED: Final = ("SARLANG-1M, as published", 118_331, 13_346, 45_650, 1_080_627, 1_126_277, 4)


def applications_of(counts: Iterable[str]) -> list[str]:
    """Those of the list that are there, and such as the list does not know behind them."""
    found = set(counts)
    return [key for key in APPLICATION_TITLES if key in found] + sorted(found - APPLICATION_TITLES.keys())


def titled(application: str) -> str:
    return APPLICATION_TITLES.get(application, application.replace("_", " ") or "without a type")


def comparison(label: str, statistics: Statistics) -> Table:
    """The paper's Table 1: this release beside the data set whose form it has."""
    texts, questions = statistics.texts["all",], statistics.texts["kind", "question"]
    optical = sum(count for (what, _), count in statistics.scenes.images.items() if what == "optical")
    sources = sum(1 for key in statistics.images if key[0] == "dataset")
    own = (label, statistics.images["all",], optical, texts - questions, questions, texts, sources)
    head = ("Data set", "SAR images", "with optical partner", "captions", "questions", "texts", "sources")
    return Table("comparison", "Size of the release", head, (own, _PUBLISHED))


def by_application(counts: Mapping[tuple[str, str], int]) -> Table:
    """The paper's Table 2: texts per application and split.

    Parameters
    ----------
    counts : mapping
        ``{(application, split): texts}``
    """
    splits = _splits(split for _, split in counts)
    rows: list[tuple[Value, ...]] = []
    for application in applications_of(application for application, _ in counts):
        numbers = [counts.get((application, split), 0) for split in splits]
        rows.append((_task(application), titled(application), *numbers, sum(numbers)))
    totals = [sum(count for (_, each), count in counts.items() if each == split) for split in splits]
    rows.append(("All", "all texts", *totals, sum(totals)))
    head = ("Task", "Application", *(_named(split) for split in splits), "texts")
    return Table("applications", "Texts per application and split", head, tuple(rows))


def by_source(statistics: Statistics, licences: Mapping[str, Mapping[str, int]]) -> Table:
    """The paper's Table 4: where the images come from, as far as their metadata say so."""
    scenes = statistics.scenes
    rows = tuple(
        (
            dataset,
            images,
            scenes.images["optical", dataset],
            statistics.texts["dataset", dataset],
            joined(scenes.told("sensor", dataset)),
            joined(scenes.told("resolution", dataset) or scenes.told("spacing", dataset)),
            joined(scenes.told("band", dataset)),
            joined(scenes.told("polarisations", dataset)),
            joined(scenes.told("size", dataset), most=2),
            joined(sorted(licences.get(dataset, {}).items(), key=lambda each: (-each[1], each[0]))),
        )
        for dataset, images in _datasets(statistics)
    )
    head = (
        *("Source", "images", "with optical partner", "texts", "sensor", "resolution", "band", "polarisations"),
        *("rows × columns (px)", "licence"),
    )
    note = "Resolution is the stated one, else the pixel spacing (rows × columns). A dash: the metadata do not say it."
    return Table("sources", "Sources of the images", head, rows, note)


def question_types(counts: Mapping[str, int], general: Mapping[str, int] | None = None) -> Table:
    """The paper's Table 6: questions per type, with their shares; below the general ones what these are about."""
    total = sum(counts.values())
    rows: list[tuple[Value, ...]] = []
    for key in [*QUESTION_TYPE_TITLES, *sorted(counts.keys() - QUESTION_TYPE_TITLES.keys())]:
        if counts.get(key):
            rows.append((titled(key), counts[key], share(counts[key], total)))
        if key == "general":
            told = {name: count for name, count in (general or {}).items() if count}
            rows += [
                (f"General: {name.replace('_', ' ')}", told[name], share(told[name], total))
                for name in sorted(told, key=lambda name: (-told[name], name))
                if name in GENERAL_TYPES
            ]
    if rows:
        rows.append(("All questions", total, share(total, total)))
    note = f"What general questions are about was read from them by extractor {EXTRACTOR_VERSION}." if general else ""
    return Table("question_types", "Questions per type", ("Question type", "questions", "share"), tuple(rows), note)


def by_source_and_application(counts: Mapping[tuple[str, str], int]) -> Table:
    """The paper's Figure 3: texts per source and application."""
    applications = applications_of(application for _, application in counts)
    sources = sorted({source for source, _ in counts})
    numbers = {source: [counts.get((source, each), 0) for each in applications] for source in sources}
    rows: list[tuple[Value, ...]] = [(source, *each, sum(each)) for source, each in numbers.items()]
    head = ("Source", *map(titled, applications), "texts")
    return Table("sources_by_application", "Texts per source and application", head, tuple(rows))


def frequencies(name: str, title: str, what: str, counts: Sequence[tuple[str, int]], texts: int) -> Table:
    """The paper's Figure 4: what texts name, the most frequent first, with the share of all texts that name it."""
    rows = tuple((each, count, share(count, texts)) for each, count in counts[:FREQUENT])
    more = f"The {len(rows)} most frequent of {len(counts)}; " if len(counts) > len(rows) else ""
    note = f"{more}a thing counts once a text, under extractor {EXTRACTOR_VERSION}." if rows else ""
    return Table(name, title, (what, "texts", "share of texts"), rows, note[:1].upper() + note[1:])


def places(scenes: SceneFacts) -> Table:
    """The paper's Figure 7: where the images lie, in cells of half a degree."""
    rows: list[tuple[Value, ...]] = []
    for (dataset, *cell), images in sorted(scenes.cells.items(), key=lambda each: (-each[1], each[0])):
        latitude, longitude = middle_of((cell[0], cell[1]))
        name = scenes.names.get((cell[0], cell[1]))
        rows.append((name or "", latitude, longitude, dataset, images))
    head = ("Place", "latitude (deg)", "longitude (deg)", "source", "images")
    return Table("places", "Places", head, tuple(rows[:MOST_PLACES]))


def corrections_per_flag(statistics: Statistics, flags: Sequence[str]) -> Table:
    """Of texts with a flag, how many the reviewers changed; those changed without one at the end."""
    keys = [("flag", flag) for flag in flags if statistics.texts["flag", flag]]
    rows = [(_named(key[1]), *_corrected(statistics, key)) for key in keys]
    if statistics.texts["unflagged",]:
        rows.append(("no flag, words changed", *_corrected(statistics, ("unflagged",))))
    rows.append(("All texts", *_corrected(statistics, ("all",))))
    note = (
        "Texts that were read and verified; rejected drafts are not in the release and not counted here. A text may"
        " carry several flags."
    )
    head = ("Flag", "texts read", "corrected (before → after)", "share")
    return Table("corrections_per_flag", "Corrections per flag", head, tuple(rows), note)


def corrections_per_drafter(statistics: Statistics) -> Table:
    """Of the texts of each drafter, how many were read, and how many of these the reviewers changed."""
    drafters = sorted(key[1] for key in statistics.texts if key[0] == "drafter")
    rows = tuple(
        (name or "unnamed", statistics.texts["drafter", name], *_corrected(statistics, ("drafter", name)))
        for name in drafters
    )
    head = ("Drafter", "texts", "texts read", "corrected (before → after)", "share")
    return Table("corrections_per_drafter", "Corrections per drafter", head, rows)


def caption_lengths(lengths: Mapping[tuple[str, int], int]) -> Table:
    """How long captions are, in words: runs of anything but white space."""
    rows: list[tuple[Value, ...]] = []
    for kind in CAPTION_KINDS:
        found = sorted((words, count) for (each, words), count in lengths.items() if each == kind)
        if found:
            total = sum(count for _, count in found)
            mean = round(sum(words * count for words, count in found) / total, 2)
            middle = _at(found, (total - 1) // 2)
            rows.append((KIND_TITLES[kind], total, mean, found[0][0], middle, found[-1][0]))
    head = ("Kind", "captions", "mean (words)", "shortest", "median", "longest")
    return Table("caption_lengths", "Length of captions in words", head, tuple(rows))


def caption_length_distribution(lengths: Mapping[tuple[str, int], int]) -> Table:
    """How many captions of each kind have so many words."""
    found = sorted(lengths.items(), key=lambda each: (CAPTION_KINDS.index(each[0][0]), each[0][1]))
    rows = [(KIND_TITLES[kind], words, count) for (kind, words), count in found]
    return Table("caption_length_distribution", "Captions by length", ("Kind", "words", "captions"), tuple(rows))


def _at(found: Sequence[tuple[int, int]], place: int) -> int:
    """The length at a place, of lengths with their counts in order."""
    for words, count in found:
        if place < count:
            return words
        place -= count
    raise IndexError(place)


def _corrected(statistics: Statistics, key: Key) -> tuple[Value, ...]:
    read = statistics.texts[key] - statistics.unread[key]
    return read, statistics.revised[key], share(statistics.revised[key], read)


def _datasets(statistics: Statistics) -> list[tuple[str, int]]:
    return sorted((key[1], count) for key, count in statistics.images.items() if key[0] == "dataset")


def _splits(found: Iterable[str]) -> list[str]:
    seen = set(found)
    return [split for split in SPLITS if split in seen] + sorted(seen - set(SPLITS))


def _task(application: str) -> str:
    return "Captioning" if application in CAPTION_KINDS else "Question answering"


def _named(value: str) -> str:
    return value.replace("_", " ")
