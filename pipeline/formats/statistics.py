"""STATISTICS.md: what a release holds, and how much of it the reviewers had to correct."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.formats.entries import Entry, flags_of, json_line, verification_of
from pipeline.formats.manifest import ReleaseHead
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


class Statistics:
    """Counters over the texts of a release; they hold no text, so a release may be of any size."""

    def __init__(self) -> None:
        self.texts: Counter[Key] = Counter()
        self.unread: Counter[Key] = Counter()
        self.samples: dict[str, tuple[Mapping[str, Any], str]] = {}
        """By what is said of them; with the name of the drafter whose texts they are of, empty for any."""
        self.revised: Counter[Key] = Counter()
        self.images: Counter[Key] = Counter()
        self.reviewers: set[str] = set()

    def add_image(self, entry: Entry) -> None:
        """Count one scene."""
        for key in (("all",), ("dataset", entry["dataset"]), ("split", entry["split"])):
            self.images[key] += 1

    def add_text(self, entry: Entry) -> None:
        """Count one verified text under each heading that it belongs to."""
        drafter = entry["drafter"]
        writer = " · ".join(part for part in (drafter["name"], drafter["version"], drafter["model"]) if part)
        counted = [verdict for verdict in entry["verdicts"] if verdict["counted"]]
        keys: list[Key] = [
            ("all",),
            ("kind", entry["kind"]),
            ("kind", entry["kind"], entry["split"]),
            ("split", entry["split"]),
            ("type", entry["question_type"] or ""),
            ("dataset", entry["dataset"]),
            ("drafter", writer),
            ("support", entry["support"]),
            ("reviews", str(len(counted))),
        ]
        keys += [("flag", flag) for flag in flags_of(entry)]
        if "verification" in entry:
            keys.append(("verification", entry["verification"]))
        if verification_of(entry) == "sample_verified":
            self._add_sampled(keys, entry["sample"], writer)
        self.texts.update(keys)
        if entry["is_revised"]:
            self.revised.update(keys)
        self.reviewers.update(verdict["reviewer"] for verdict in counted)

    def _add_sampled(self, keys: list[Key], sample: Mapping[str, Any], writer: str) -> None:
        self.unread.update(keys)
        name = json_line(sample)
        self.samples[name] = sample, writer if sample["drafter"] else ""
        keys.append(("sample", name))

    def markdown(self, head: ReleaseHead) -> str:
        """The page. A correction rate is the share of verified texts, of those that were read, whose words a reviewer
        changed."""
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
