"""One frozen text as it is written into files, and its line of the side file."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any, Final, NamedTuple

from pipeline.formats.entries import Entry, json_line, sealed

STRING: Final = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
"""A string of JSON, as a pattern."""
_ITEMS: Final = re.compile(STRING).findall


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part that is the same for many texts: what it says, and its JSON in a line."""

    value: Any
    """Not kept of verdicts: those of a release are many."""
    line: str
    flags: tuple[str, ...] = ()
    """Of verdicts: what the counted ones flagged, in alphabetical order."""
    reviewers: tuple[str, ...] = ()
    """Of verdicts: who gave the counted ones, one a verdict."""


class FrozenText(NamedTuple):
    """One verified text. What ends in ``_json`` is JSON as it stands in a file, quotes and all; null is ``"null"``.

    The order is that in which the patterns find it.
    """

    kind_json: str
    drafted_json: str
    drafted_answer_json: str
    draft_sha256_json: str
    box_ids_json: str
    program_json: str
    raw_answer_json: str
    scene_json: str
    split_json: str
    answer_json: str | None
    """None of a caption."""
    sample_json: str | None
    caption_json: str | None
    """None of a question."""
    dataset_json: str
    support_json: str
    question_json: str | None
    """None of a caption."""
    revised_json: str
    image_json: str
    verification_json: str | None
    """None of a release that was frozen before this was told."""
    question_type_json: str
    drafter: Part
    verdicts: Part
    sample: Part | None
    id: str
    """SHA-256 of what the text says of which image: :func:`pipeline.formats.entries.text_id`."""
    raw: str
    """The entry as JSON."""
    whole: Entry | None
    """The entry, where it was not read by the patterns: it may have more keys than they know."""

    @property
    def kind(self) -> str:
        return _decoded(self.kind_json)

    @property
    def dataset(self) -> str:
        return _decoded(self.dataset_json)

    @property
    def scene(self) -> str:
        return _decoded(self.scene_json)

    @property
    def split(self) -> str:
        return _decoded(self.split_json)

    @property
    def support(self) -> str:
        return _decoded(self.support_json)

    @property
    def imagesha256(self) -> str:
        return _decoded(self.image_json)

    @property
    def question_type(self) -> str | None:
        return None if self.question_type_json == "null" else _decoded(self.question_type_json)

    @property
    def verification(self) -> str | None:
        return None if self.verification_json is None else _decoded(self.verification_json)

    @property
    def is_revised(self) -> bool:
        """Whether a reviewer changed the words."""
        return self.revised_json == "true"

    @property
    def is_from_boxes(self) -> bool:
        """Whether a program derived the answer from object boxes."""
        return self.program_json != "null"

    @property
    def words_json(self) -> str:
        """The question, or the caption."""
        return self.question_json or self.caption_json or ""

    @property
    def words(self) -> str:
        """The question, or the caption."""
        return _decoded(self.words_json)

    @property
    def answer(self) -> str | None:
        """None of a caption."""
        return None if self.answer_json is None else _decoded(self.answer_json)

    @property
    def entry(self) -> Entry:
        """The whole entry (:mod:`pipeline.formats.entries`). Read anew each time: it costs as much as all else."""
        entry: Entry = json.loads(self.raw)
        return entry

    def line(self, image: str, place: tuple[str, int] | None = None) -> str:
        """The text's line of the side file: the entry with its id and image, and SHA-256 over all of it.

        ``place`` is the file that has the text as well, and its number there, of formats that say so.
        """
        if self.whole is not None:
            own = {"id": self.id, "image": image} | ({"file": place[0], "index": place[1]} if place else {})
            return f"{json_line(sealed({**self.whole, **own}))}\n"
        (kind, drafted, drafted_answer, draft, boxes, program, raw_answer, scene, split, answer, _, caption, dataset,
         support, question, revised, image_sha256, verification, question_type, drafter, verdicts, sample, text,
         _, _) = self  # fmt: skip
        file, index = (f'"file":{encode_basestring(place[0])},', f'"index":{place[1]},') if place else ("", "")
        said = f'"caption":{caption},' if answer is None else f'"answer":{answer},'
        asked = "" if question is None else f'"question":{question},'
        told = "" if sample is None else f'"sample":{sample.line},'
        verified = "" if verification is None else f',"verification":{verification}'
        if ", " in boxes:
            boxes = f"[{','.join(_ITEMS(boxes))}]"
        # In alphabetical order, as json_line has it; the hash is put in where its key belongs.
        before = (
            f'{{{said}"dataset":{dataset},"draft":{{"answer":{drafted_answer},"box_ids":{boxes},"program":{program},'
            f'"raw_answer_sha256":{raw_answer},"sha256":{draft},"text":{drafted}}},"drafter":{drafter.line},{file}'
            f'"id":"{text}","image":{encode_basestring(image)},"image_sha256":{image_sha256},{index}"is_revised":{revised},'
            f'"kind":{kind},{asked}"question_type":{question_type},{told}"scene":{scene}'
        )
        after = f'"split":{split},"support":{support},"verdicts":{verdicts.line}{verified}}}'
        return f'{before},"sha256":"{sha256(f"{before},{after}".encode()).hexdigest()}",{after}\n'


def _decoded(token: str) -> str:
    if "\\" not in token:
        return token[1:-1]
    decoded: str = json.loads(token)
    return decoded
