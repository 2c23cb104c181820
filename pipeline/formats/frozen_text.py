"""One frozen text, read from the JSON that the database gives, and its line of the side file.

A release has a million texts and each is read once, so what is said of a text is taken from the JSON as it stands: the
strings of PostgreSQL's ``jsonb`` are written as Python writes them, and its keys come in a fixed order, so that strict
patterns find them without building objects. The two parts whose inside may be anything, drafter and verdicts, are the
same for many texts: each different one is read once by :mod:`json` and remembered. An entry that is not of this form is
read by :mod:`json` as a whole and gives the same; ``tests/pipeline/formats/test_frozen_text.py`` holds both equal.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from json.encoder import encode_basestring as _quoted
from typing import Any, Final

from pipeline.formats.entries import Entry, flags_of, json_line, sealed, text_id

REMEMBERED: Final = 20_000
"""Different drafters and verdicts that are kept in memory; beyond, they are read again."""

_STRING: Final = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_HEAD: Final = re.compile(
    rf'\{{"kind": ({_STRING}), "draft": \{{"text": ({_STRING}), "answer": ({_STRING}|null), "sha256": ({_STRING}),'
    rf' "box_ids": (\[(?:{_STRING}(?:, {_STRING})*+)?+\]), "program": ({_STRING}|null),'
    rf' "raw_answer_sha256": ({_STRING}|null)\}}, "scene": ({_STRING}), "split": ({_STRING})'
    rf'(?:, "answer": ({_STRING}))?+(?:, "sample": (\{{[^{{}}]*+\}}))?+(?:, "caption": ({_STRING}))?+'
    rf', "dataset": ({_STRING})'
)
_MIDDLE: Final = re.compile(rf', "support": ({_STRING})(?:, "question": ({_STRING}))?+')
_TAIL: Final = re.compile(
    rf', "is_revised": (true|false), "image_sha256": ("[0-9a-f]*+")(?:, "verification": ({_STRING}))?+'
    rf', "question_type": ({_STRING}|null)\}}'
)
_DRAFTER: Final = ', "drafter": {'
_VERDICTS: Final = ', "verdicts": ['
_ITEMS: Final = re.compile(_STRING)


Tokens = tuple[Any, ...]
"""What the groups of the patterns matched; None where an optional one did not."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part that is the same for many texts: what it says, and its bytes in a line."""

    value: Any
    line: str
    flags: tuple[str, ...] = ()
    """Of verdicts: what the counted ones flagged, in alphabetical order."""
    reviewers: tuple[str, ...] = ()
    """Of verdicts: who gave the counted ones, one a verdict."""


class FrozenText:
    """One verified text. Attributes that end in ``_json`` are JSON as it stands in a file, quotes and all."""

    __slots__ = (
        "_raw",
        "_tokens",
        "answer_json",
        "dataset",
        "drafter",
        "id",
        "image_sha256",
        "is_from_boxes",
        "is_revised",
        "kind",
        "question_type",
        "sample",
        "scene",
        "split",
        "support",
        "verdicts",
        "verification",
        "words_json",
    )

    _raw: str
    _tokens: Tokens | None
    id: str
    """SHA-256 of what the text says of which image: :func:`pipeline.formats.entries.text_id`."""
    kind: str
    question_type: str | None
    dataset: str
    scene: str
    split: str
    support: str
    is_revised: bool
    is_from_boxes: bool
    """Whether a program derived the answer from object boxes."""
    image_sha256: str
    verification: str | None
    """None of a release that was frozen before this was told."""
    words_json: str
    """The question, or the caption."""
    answer_json: str | None
    drafter: Part
    verdicts: Part
    sample: Part | None

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
        entry: Entry = json.loads(self._raw)
        return entry

    def line(self, image: str, place: tuple[str, int] | None = None) -> bytes:
        """The text's line of the side file: the entry with its id and image, and SHA-256 over all of it.

        ``place`` is the file that has the text as well, and its number there, of formats that say so.
        """
        if self._tokens is None:
            own = {"id": self.id, "image": image} | ({"file": place[0], "index": place[1]} if place else {})
            return json_line(sealed({**self.entry, **own})).encode() + b"\n"
        before, after = _halves(self, self._tokens, image, place)
        seal = hashlib.sha256(f"{before},{after}".encode()).hexdigest()
        return f'{before},"sha256":"{seal}",{after}\n'.encode()


class TextReader:
    """Reads texts from their JSON, and remembers the parts that many share."""

    def __init__(self) -> None:
        self._parts: dict[str, Part] = {}
        self._words: dict[Any, Any] = {None: None, "null": None}
        """Decoded; of what has few values."""

    def read(self, raw: str) -> FrozenText:
        """The text of an entry as JSON; from PostgreSQL's ``jsonb`` much quicker than from other JSON."""
        return self._from_tokens(raw) or self._from_entry(raw)

    def _from_tokens(self, raw: str) -> FrozenText | None:
        """None where the JSON is not of the form that the patterns know."""
        drafter_at = raw.find(_DRAFTER)
        support_at = raw.find('}, "support": "', drafter_at) + 1
        verdicts_at = raw.find(_VERDICTS, support_at)
        tail_at = raw.find('], "is_revised": ', verdicts_at) + 1
        if not 0 < drafter_at < support_at < verdicts_at < tail_at:
            return None
        head, middle = _HEAD.fullmatch(raw, 0, drafter_at), _MIDDLE.fullmatch(raw, support_at, verdicts_at)
        tail = _TAIL.fullmatch(raw, tail_at)
        drafter = self._part(raw[drafter_at + len(_DRAFTER) - 1 : support_at])
        verdicts = self._part(raw[verdicts_at + len(_VERDICTS) - 1 : tail_at])
        if not (head and middle and tail and drafter and verdicts):
            return None
        sample = None if (written := head[11]) is None else self._part(written)
        text = FrozenText()
        text.drafter, text.verdicts, text.sample = drafter, verdicts, sample
        text._raw, text._tokens = raw, (*head.groups(), *middle.groups(), *tail.groups())
        return text if self._fill(text, text._tokens) else None

    def _fill(self, text: FrozenText, tokens: Tokens) -> bool:
        """Whether it is a question without a caption, or a caption with neither question nor answer."""
        (kind, _, _, draft, _, program, _, scene, split, answer, _, caption, dataset, support, question, revised, image,
         verification, question_type) = tokens  # fmt: skip
        words = caption if question is None else question
        if words is None or (question is None) is (kind == '"question"') or (question is None) is not (answer is None):
            return False
        if question is not None and caption is not None:
            return False
        named = f"[{dataset}, {scene}, {image}, {split}, {kind}, {question_type}, {words}, {answer or 'null'}"
        text.id = hashlib.sha256(f"{named}, {support}, {draft}]".encode()).hexdigest()
        text.words_json, text.answer_json = words, answer
        text.scene, text.image_sha256 = _decoded(scene), image[1:-1]
        text.is_revised, text.is_from_boxes = revised == "true", program != "null"
        known = self._words
        try:
            text.kind, text.dataset, text.split = known[kind], known[dataset], known[split]
            text.support, text.verification = known[support], known[verification]
            text.question_type = known[question_type]
        except KeyError:
            for token in (kind, dataset, split, support, verification, question_type):
                known[token] = None if token in {None, "null"} else _decoded(token)
            return self._fill(text, tokens)
        return True

    def _part(self, raw: str) -> Part | None:
        part = self._parts.get(raw)
        if part is None:
            try:
                part = _part_of(json.loads(raw))
            except ValueError:
                return None
            if len(self._parts) >= REMEMBERED:
                self._parts.clear()
            self._parts[raw] = part
        return part

    def _from_entry(self, raw: str) -> FrozenText:
        entry = json.loads(raw)
        text = FrozenText()
        text._raw, text._tokens = raw, None
        text.id = text_id(entry)
        for key in ("kind", "question_type", "dataset", "scene", "split", "support", "is_revised", "image_sha256"):
            setattr(text, key, entry[key])
        text.verification = entry.get("verification")
        text.is_from_boxes = entry["draft"]["program"] is not None
        is_question = entry["kind"] == "question"
        text.words_json = _quoted(entry["question" if is_question else "caption"])
        text.answer_json = _quoted(entry["answer"]) if is_question else None
        text.drafter, text.verdicts = _part_of(entry["drafter"]), _part_of(entry["verdicts"])
        text.sample = _part_of(entry["sample"]) if entry.get("sample") is not None else None
        return text


def _part_of(value: Any) -> Part:
    if not isinstance(value, list):
        return Part(value, json_line(value))
    counted = tuple(verdict["reviewer"] for verdict in value if verdict["counted"])
    return Part(value, json_line(value), tuple(flags_of({"verdicts": value})), counted)


def _decoded(token: str) -> str:
    if "\\" not in token:
        return token[1:-1]
    decoded: str = json.loads(token)
    return decoded


def _halves(text: FrozenText, tokens: Tokens, image: str, place: tuple[str, int] | None) -> tuple[str, str]:
    """The line up to where its hash is put in, and what follows: in the order of keys that ``json_line`` has."""
    (kind, drafted, drafted_answer, draft, boxes, program, raw_answer, scene, split, answer, _, caption, dataset,
     support, question, revised, image_sha256, verification, question_type) = tokens  # fmt: skip
    file, index = (f'"file":{_quoted(place[0])},', f'"index":{place[1]},') if place else ("", "")
    said = f'"caption":{caption},' if answer is None else f'"answer":{answer},'
    asked = "" if question is None else f'"question":{question},'
    sample = "" if text.sample is None else f'"sample":{text.sample.line},'
    verified = "" if verification is None else f',"verification":{verification}'
    if boxes != "[]":
        boxes = f"[{','.join(_ITEMS.findall(boxes))}]"
    before = (
        f'{{{said}"dataset":{dataset},"draft":{{"answer":{drafted_answer},"box_ids":{boxes},"program":{program},'
        f'"raw_answer_sha256":{raw_answer},"sha256":{draft},"text":{drafted}}},"drafter":{text.drafter.line},{file}'
        f'"id":"{text.id}","image":{_quoted(image)},"image_sha256":{image_sha256},{index}"is_revised":{revised},'
        f'"kind":{kind},{asked}"question_type":{question_type},{sample}"scene":{scene}'
    )
    after = f'"split":{split},"support":{support},"verdicts":{text.verdicts.line}{verified}}}'
    return before, after
