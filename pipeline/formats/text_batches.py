"""Texts in, bytes out: what one process makes of the texts between two ids, for all files that they go to."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.formats.frozen_text import FrozenText
from pipeline.formats.image_names import ImagePaths
from pipeline.formats.source import EntryOrderError, TextSource
from pipeline.formats.statistics import Statistics
from pipeline.formats.text_reader import TextReader
from pipeline.formats.writer import ReleaseWriter
from pipeline.vocabulary import KINDS

BATCH_TEXTS: Final = 1000
"""In memory at once, in each process."""
_DIGITS: Final = 8
"""Of an id, by which ids are cut into ranges: hashes are spread evenly."""

Range = tuple[str, str]
"""Texts from the first id on, up to but without the second; an empty second is the end."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be appended to each file."""

    ids: str
    """Of all texts read, one after the other."""
    side: str
    """To the side file of texts."""
    pieces: Mapping[str, str]
    """By path, to the format's own files."""
    left_out: Mapping[str, int]
    """Texts that the format has no room for, by kind."""
    splits: frozenset[str]
    """Of all texts read."""


@dataclass(slots=True)
class TextsRead:
    """The texts of a range, before it is known how many texts the files have already."""

    ids: str
    texts: list[FrozenText]
    """Those that the format has room for."""
    paths: list[tuple[str, ...]]
    """Of each, the files that it goes to."""
    left_out: Counter[str]
    splits: frozenset[str]

    def count(self, counts: Mapping[str, int]) -> Mapping[str, int]:
        """How many texts each file has with these, if it had ``counts`` before."""
        now = Counter(counts)
        for paths, count in Counter(self.paths).items():
            for path in paths:
                now[path] += count
        return dict(now)


class BatchMaker:
    """Reads texts of a release and makes of them what goes into the files of a format."""

    def __init__(self, source: TextSource, writer: ReleaseWriter, paths: ImagePaths) -> None:
        self.statistics = Statistics()
        self._source, self._writer, self._paths = source, writer, paths
        self._reader = TextReader()
        self._has_all = set(writer.kinds) == set(KINDS)

    def read(self, between: Range) -> TextsRead:
        """The texts of a range, in order and each with its own id.

        Raises
        ------
        EntryOrderError
            If one is not.
        """
        read, found, before = self._reader.read, [], ""
        for text_sha256, raw in self._source.texts(*between):
            text = read(raw)
            if text_sha256 <= before:
                raise EntryOrderError(f"text {text_sha256} comes after {before}")
            if text_sha256 != text.id:
                raise EntryOrderError(f"text {text_sha256} has the content of {text.id}")
            before = text_sha256
            found.append(text)
        ids, splits = "".join([text.id for text in found]), {text.split_json for text in found}
        left_out = Counter[str]()
        if not self._has_all:
            left_out.update([text.kind for text in found if text.kind not in self._writer.kinds])
            found = [text for text in found if text.kind in self._writer.kinds]
        paths = [self._writer.paths(text) for text in found]
        return TextsRead(ids, found, paths, left_out, frozenset(json.loads(split) for split in splits))

    def make(self, read: TextsRead, counts: Mapping[str, int]) -> Batch:
        """What is appended for these texts; ``counts`` says how many texts each file has already."""
        image_of, piece, tells_place = self._paths.of, self._writer.piece, self._writer.tells_place
        pieces, now, side = defaultdict[str, list[str]](list), defaultdict(int, counts), []
        for text, paths in zip(read.texts, read.paths, strict=True):
            image, place = image_of(text.dataset, text.scene), None
            if tells_place:
                place = paths[0], now[paths[0]]
            for path in paths:
                index = now[path]
                pieces[path].append(piece(path, text, image, index))
                now[path] = index + 1
            side.append(text.line(image, place))
        self.statistics.add_texts(read.texts)
        joined = {path: "".join(parts) for path, parts in pieces.items()}
        return Batch(read.ids, "".join(side), joined, read.left_out, read.splits)


def ranges(texts: int) -> Iterator[Range]:
    """The ids of a release of so many texts, cut into as many ranges of equal width as make small batches."""
    count = max(1, -(-texts // BATCH_TEXTS))
    edges = [f"{place * 16**_DIGITS // count:0{_DIGITS}x}" for place in range(1, count)]
    return zip(["", *edges], [*edges, ""], strict=True)


def batches_of(maker: BatchMaker, of: Iterable[Range]) -> Iterator[Batch]:
    """All batches, in the order of the ids, made by this process alone."""
    counts: Mapping[str, int] = {}
    for between in of:
        read = maker.read(between)
        yield maker.make(read, counts)
        counts = read.count(counts)
