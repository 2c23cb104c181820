"""What a release holds, and how much of it the reviewers had to correct: counted in one pass, told in STATISTICS.md."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from pipeline.formats.corrections import Corrections
from pipeline.formats.entries import Entry
from pipeline.formats.frozen_text import FrozenText
from pipeline.formats.manifest import ReleaseHead
from pipeline.formats.named_things import NamedThings
from pipeline.formats.scene_facts import SceneFacts
from pipeline.vocabulary import (
    FLAGS,
    KIND_TITLES,
    KINDS,
    QUESTION_TYPE_TITLES,
    QUESTION_TYPES,
    SPLITS,
    SUPPORTS,
    VERIFICATION_TITLES,
)

Key = tuple[str, ...]
MOST_ALIKE: Final = 20_000
"""Combinations that are kept before they are settled."""
Alike = tuple[Any, ...]
"""What texts have in common that are counted as one."""
_ALIKE: Final = attrgetter(
    "dataset_json", "split_json", "kind_json", "question_type_json", "support_json", "revised_json",
    "verification_json", "drafter.line", "sample", "verdicts.flags", "verdicts.reviewers",
)  # fmt: skip


class Statistics:
    """Counters over the texts of a release; they hold no text, so a release may be of any size.

    Texts that are alike in all that is counted are counted as one combination, which costs less than a microsecond a
    text; :meth:`settle` counts the combinations under each heading that they belong to.
    """

    def __init__(self) -> None:
        self.texts: Counter[Key] = Counter()
        self.unread: Counter[Key] = Counter()
        self.samples: dict[str, tuple[Mapping[str, Any], str]] = {}
        """By what is said of them; with the name of the drafter whose texts they are of, empty for any."""
        self.revised: Counter[Key] = Counter()
        self.images: Counter[Key] = Counter()
        self.reviewers: set[str] = set()
        self.lengths: Counter[tuple[str, int]] = Counter()
        """(kind, words) of captions."""
        self.named = NamedThings()
        self.corrections = Corrections()
        self.scenes = SceneFacts()
        self._alike: Counter[Alike] = Counter()
        self._parts: dict[str, Any] = {}

    def add_image(self, entry: Entry) -> None:
        """Count one scene."""
        for key in (("all",), ("dataset", entry["dataset"]), ("split", entry["split"])):
            self.images[key] += 1
        self.scenes.add(entry)

    def add_texts(self, texts: Sequence[FrozenText]) -> None:
        """Count verified texts. Called for a million of them: what is costly belongs into :meth:`settle`."""
        for part in {text.drafter for text in texts} | {text.sample for text in texts if text.sample}:
            self._parts[part.line] = part.value
        for reviewers in {text.verdicts.reviewers for text in texts}:
            self.reviewers.update(reviewers)
        self.lengths.update((text.kind, len(text.words.split())) for text in texts if text.answer_json is None)
        self.named.add(texts)
        self.corrections.add(texts)
        self._alike.update(map(_ALIKE, texts))
        if len(self._alike) > MOST_ALIKE:
            self.settle()

    def merge(self, other: Statistics) -> None:
        """Count what another process counted; the order in which it is done makes no difference."""
        other.settle()
        self.settle()
        for own, more in ((self.texts, other.texts), (self.unread, other.unread), (self.revised, other.revised)):
            own.update(more)
        self.images.update(other.images)
        self.samples.update(other.samples)
        self.reviewers.update(other.reviewers)
        self.lengths.update(other.lengths)
        self.named.merge(other.named)
        self.corrections.merge(other.corrections)
        self.scenes.merge(other.scenes)

    def settle(self) -> None:
        """Count what was added under each heading that it belongs to; what was settled before is not counted again."""
        for alike, count in self._alike.items():
            self._settle(alike, count)
        self._alike.clear()
        self.named.settle()

    def _settle(self, alike: Alike, count: int) -> None:
        *as_json, drafter, sample_part, flags, reviewers = alike
        told: list[Any] = [None if each is None else json.loads(each) for each in as_json]
        dataset, split, kind, question_type, support, is_revised, verification = told
        sampled = sample_part.line if sample_part is not None and verification == "sample_verified" else None
        by = self._parts[drafter]
        writer = " · ".join(part for part in (by["name"], by["version"], by["model"]) if part)
        keys: list[Key] = [
            ("all",),
            ("kind", kind),
            ("kind", kind, split),
            ("split", split),
            ("type", question_type or ""),
            ("dataset", dataset),
            ("drafter", writer),
            ("support", support),
            ("reviews", str(len(reviewers))),
            ("application", question_type or kind, split),
            ("source", dataset, question_type or kind),
            ("source split", dataset, split),
        ]
        keys += [("flag", flag) for flag in flags]
        if is_revised and not flags:
            keys.append(("unflagged",))
        if verification is not None:
            keys.append(("verification", verification))
        if sampled is not None:
            for key in keys:
                self.unread[key] += count
            sample = self._parts[sampled]
            self.samples[sampled] = sample, writer if sample["drafter"] else ""
            keys.append(("sample", sampled))
        for key in keys:
            self.texts[key] += count
            if is_revised:
                self.revised[key] += count

    def markdown(self, head: ReleaseHead) -> str:
        """The page. A correction rate is the share of verified texts, of those that were read, whose words a reviewer
        changed."""
        self.settle()
        parts = [
            f"# {head.name}@{head.number}",
            f"{_counted(self.texts['all',], 'verified text')} of {_counted(self.images['all',], 'image')}, by"
            f" {_counted(len(self.reviewers), 'reviewer')}. {self._rate(('all',))} of the texts{self._that_were_read()}"
            f" were corrected before they were verified. Frozen on {head.created_at[:10]}.",
            _section("How they were verified", self._verifications()),
            _section("Samples", self._samples()),
            _section("Kinds and splits", self._kinds_and_splits()),
            _section("Question types", self._rows("Question type", "type", QUESTION_TYPES, QUESTION_TYPE_TITLES)),
            _section("Datasets", self._datasets()),
            _section("Flags", self._rows("Flag", "flag", FLAGS)),
            _section("Drafters", self._rows("Drafter", "drafter", self._values("drafter"))),
            _section("Support", self._rows("Support", "support", SUPPORTS)),
            _section("Reviews a text rests on", self._rows("Reviews", "reviews", self._values("reviews"))),
            _section("Left out when the release was frozen", _left_out(head)),
        ]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _kinds_and_splits(self) -> list[Sequence[str]]:
        splits = [split for split in SPLITS if self.texts["split", split] or self.images["split", split]]
        table: list[Sequence[str]] = [("Kind", *splits, "texts", "corrected")]
        for kind in KINDS:
            by_split = [f"{self.texts['kind', kind, split]:,}" for split in splits]
            row = (KIND_TITLES[kind], *by_split, f"{self.texts['kind', kind]:,}", self._rate(("kind", kind)))
            table += [row] if self.texts["kind", kind] else []
        images = [f"{self.images['split', split]:,}" for split in splits]
        return [*table, ("Images", *images, "", "")]

    def _verifications(self) -> list[Sequence[str]]:
        return self._rows("Verification", "verification", VERIFICATION_TITLES, VERIFICATION_TITLES)

    def _that_were_read(self) -> str:
        return " that were read" if self.unread["all",] else ""

    def _samples(self) -> list[Sequence[str]]:
        table: list[Sequence[str]] = [("Sample of", "texts", "read", "wrong", "error rate", "95 % interval")]
        for name, (sample, writer) in sorted(self.samples.items()):
            parts = [(sample["split"] or "").replace("_", " "), KIND_TITLES.get(sample["kind"], ""), writer]
            stratum = " · ".join(part for part in parts if part) or "all texts"
            rate, low, high = (f"{100 * sample[key]:.1f} %" for key in ("error_rate", "low", "high"))
            counts = (f"{self.texts['sample', name]:,}", f"{sample['read']:,}", f"{sample['wrong']:,}")
            table.append((_cell(stratum), *counts, rate, f"{low} to {high}"))
        return table

    def _datasets(self) -> list[Sequence[str]]:
        rows = [
            (
                _cell(name),
                f"{self.images['dataset', name]:,}",
                f"{self.texts['dataset', name]:,}",
                self._rate(("dataset", name)),
            )
            for name in self._values("dataset")
        ]
        return [("Dataset", "images", "texts", "corrected"), *rows]

    def _rows(
        self, title: str, heading: str, values: Iterable[str], titles: Mapping[str, str] | None = None
    ) -> list[Sequence[str]]:
        rows = [
            (_cell((titles or {}).get(value, value)), f"{self.texts[heading, value]:,}", self._rate((heading, value)))
            for value in values
            if self.texts[heading, value]
        ]
        return [(title, "texts", "corrected"), *rows]

    def _values(self, heading: str) -> list[str]:
        return sorted(key[1] for key in self.texts if key[0] == heading)

    def _rate(self, key: Key) -> str:
        """``12.5 %``; exact arithmetic, so that it is the same everywhere."""
        texts = self.texts[key] - self.unread[key]
        if not texts and self.unread[key]:
            return "–"
        tenths = (2000 * self.revised[key] + texts) // (2 * texts) if texts else 0
        return f"{tenths // 10}.{tenths % 10} %"


def _left_out(head: ReleaseHead) -> list[Sequence[str]]:
    rows = [
        (_cell(dataset), reason.replace("_", " "), f"{count:,}")
        for dataset, reasons in sorted(head.counts.get("left_out", {}).items())
        for reason, count in sorted(reasons.items())
    ]
    return [("Dataset", "why", "drafts"), *rows]


def _section(title: str, table: Sequence[Sequence[str]]) -> str:
    """Heading and table; nothing where the table has no rows below its head."""
    if len(table) < 2:
        return ""
    head, *rows = table
    ruler = ["---", *("---:" for _ in head[1:])]
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, ruler, *rows)]
    return f"## {title}\n\n" + "\n".join(lines)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _cell(text: str) -> str:
    """Text from outside in a table of Markdown: no cell, line or tag of its own."""
    plain = " ".join(text.split())
    return "".join(f"\\{mark}" if mark in "\\|`*_[]<>#!&" else mark for mark in plain)
