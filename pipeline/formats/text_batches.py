"""Texts in, bytes out: what one process makes of the texts between two ids, for all files that they go to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.formats.frozen_text import FrozenText, TextReader
from pipeline.formats.image_names import ImagePaths
from pipeline.formats.source import EntryOrderError, TextSource
from pipeline.formats.statistics import Statistics
from pipeline.formats.writer import ReleaseWriter
from pipeline.vocabulary import KINDS

BATCH_TEXTS: Final = 500
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
    side: bytes
    """Of the side file of texts."""
    pieces: Mapping[str, bytes]
    """By path, of the format's own files."""
    left_out: Mapping[str, int]
    """Texts that the format has no room for, by kind."""
    splits: frozenset[str]
    """Of all texts read."""


class BatchMaker:
    """Reads texts of a release and makes of them what goes into the files of a format."""

    def __init__(self, source: TextSource, writer: ReleaseWriter, paths: ImagePaths) -> None:
        self.statistics = Statistics()
        self._source, self._writer, self._paths = source, writer, paths
        self._reader = TextReader()
        self._has_all = set(writer.kinds) == set(KINDS)

    def read(self, between: Range) -> list[FrozenText]:
        """The texts of a range, in order and each with its own id.

        Raises
        ------
        EntryOrderError
            If one is not.
        """
        found, before = [], ""
        for text_sha256, raw in self._source.texts(*between):
            text = self._reader.read(raw)
            if text_sha256 <= before:
                raise EntryOrderError(f"text {text_sha256} comes after {before}")
            if text_sha256 != text.id:
                raise EntryOrderError(f"text {text_sha256} has the content of {text.id}")
            before = text_sha256
            found.append(text)
        return found

    def count(self, texts: Sequence[FrozenText], counts: Mapping[str, int]) -> Mapping[str, int]:
        """How many texts each file has with these, if it had ``counts`` before."""
        now = Counter(counts)
        for paths, count in Counter([self._writer.paths(text) for text in self._taken(texts)]).items():
            for path in paths:
                now[path] += count
        return dict(now)

    def _taken(self, texts: Sequence[FrozenText]) -> Sequence[FrozenText]:
        """Those that the format has room for."""
        return texts if self._has_all else [text for text in texts if text.kind in self._writer.kinds]

    def make(self, texts: Sequence[FrozenText], counts: Mapping[str, int]) -> Batch:
        """The bytes of these texts; ``counts`` says how many texts each file has already."""
        writer, pieces, side = self._writer, defaultdict[str, list[bytes]](list), []
        taken = self._taken(texts)
        left_out = Counter([text.kind for text in texts if text.kind not in writer.kinds])
        now = defaultdict(int, counts)
        for text in taken:
            image, index = self._paths.of(text.dataset, text.scene), 0
            for path in writer.paths(text):
                index = now[path]
                pieces[path].append(writer.piece(path, text, image, index))
                now[path] = index + 1
            side.append(text.line(image, writer.place(text, index)))
        self.statistics.add_texts(taken)
        joined = {path: b"".join(parts) for path, parts in pieces.items()}
        ids = "".join([text.id for text in texts])
        return Batch(ids, b"".join(side), joined, left_out, frozenset(text.split for text in texts))


def ranges(texts: int) -> Iterator[Range]:
    """The ids of a release of so many texts, cut into as many ranges of equal width as make small batches."""
    count = max(1, -(-texts // BATCH_TEXTS))
    edges = [f"{place * 16**_DIGITS // count:0{_DIGITS}x}" for place in range(1, count)]
    return zip(["", *edges], [*edges, ""], strict=True)


def batches_of(maker: BatchMaker, of: Iterable[Range]) -> Iterator[Batch]:
    """All batches, in the order of the ids, made by this process alone."""
    counts: Mapping[str, int] = {}
    for between in of:
        texts = maker.read(between)
        yield maker.make(texts, counts)
        counts = maker.count(texts, counts)
