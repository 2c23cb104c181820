"""One frozen text, read from the JSON that the database gives, and its line of the side file.

A release has a million texts and each is read once, so what is said of a text is taken from the JSON as it stands: the
strings of PostgreSQL's ``jsonb`` are written as Python writes them, and its keys come in a fixed order, so that strict
patterns find them without building objects. The two parts whose inside may be anything, drafter and verdicts, are the
same for many texts: each different one is read once by :mod:`json` and remembered. An entry that is not of this form is
read by :mod:`json` as a whole and gives the same; ``tests/pipeline/formats/test_frozen_text.py`` holds both equal.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import sha256 as _sha256
from json.encoder import encode_basestring as _quoted
from typing import Any, Final, NamedTuple

from pipeline.formats.entries import Entry, flags_of, json_line, sealed, text_id

REMEMBERED: Final = 5_000
"""Different drafters and verdicts that are kept in memory; beyond, they are read again."""

_STRING: Final = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_HEAD: Final = re.compile(
    rf'\{{"kind": ({_STRING}), "draft": \{{"text": ({_STRING}), "answer": ({_STRING}|null), "sha256": ({_STRING}),'
    rf' "box_ids": (\[(?:{_STRING}(?:, {_STRING})*+)?+\]), "program": ({_STRING}|null),'
    rf' "raw_answer_sha256": ({_STRING}|null)\}}, "scene": ({_STRING}), "split": ({_STRING})'
    rf'(?:, "answer": ({_STRING}))?+(?:, "sample": (\{{[^{{}}]*+\}}))?+(?:, "caption": ({_STRING}))?+'
    rf', "dataset": ({_STRING})'
).fullmatch
_MIDDLE: Final = re.compile(rf', "support": ({_STRING})(?:, "question": ({_STRING}))?+').fullmatch
_TAIL: Final = re.compile(
    rf', "is_revised": (true|false), "image_sha256": ("[0-9a-f]*+")(?:, "verification": ({_STRING}))?+'
    rf', "question_type": ({_STRING}|null)\}}'
).fullmatch
_DRAFTER: Final = ', "drafter": {'
_VERDICTS: Final = ', "verdicts": ['
_ITEMS: Final = re.compile(_STRING).findall
_REVISED: Final = re.compile(rf'"revised_text": ({_STRING}|null), "revised_answer": ({_STRING}|null)')
_NOT_REVISED: Final = '"revised_text": null, "revised_answer": null'
_NOT_REVISED_LINE: Final = '"revised_answer":null,"revised_text":null'


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
    def image_sha256(self) -> str:
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
        file, index = (f'"file":{_quoted(place[0])},', f'"index":{place[1]},') if place else ("", "")
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
            f'"id":"{text}","image":{_quoted(image)},"image_sha256":{image_sha256},{index}"is_revised":{revised},'
            f'"kind":{kind},{asked}"question_type":{question_type},{told}"scene":{scene}'
        )
        after = f'"split":{split},"support":{support},"verdicts":{verdicts.line}{verified}}}'
        return f'{before},"sha256":"{_sha256(f"{before},{after}".encode()).hexdigest()}",{after}\n'


class TextReader:
    """Reads texts from their JSON, and remembers the parts that many share."""

    def __init__(self) -> None:
        self._parts: dict[str, Part] = {}

    def read(self, raw: str) -> FrozenText:
        """The text of an entry as JSON; from PostgreSQL's ``jsonb`` much quicker than from other JSON."""
        return self._from_patterns(raw) or self._from_entry(raw)

    def _from_patterns(self, raw: str) -> FrozenText | None:
        """None where the JSON is not of the form that the patterns know."""
        drafter_at = raw.find(_DRAFTER)
        support_at = raw.find('}, "support": "', drafter_at) + 1
        verdicts_at = raw.find(_VERDICTS, support_at)
        tail_at = raw.find('], "is_revised": ', verdicts_at) + 1
        if not 0 < drafter_at < support_at < verdicts_at < tail_at:
            return None
        head, middle = _HEAD(raw, 0, drafter_at), _MIDDLE(raw, support_at, verdicts_at)
        tail = _TAIL(raw, tail_at)
        if head is None or middle is None or tail is None:
            return None
        parts, sample = self._parts, None
        drafter_json = raw[drafter_at + len(_DRAFTER) - 1 : support_at]
        verdicts_json = raw[verdicts_at + len(_VERDICTS) - 1 : tail_at]
        drafter = parts.get(drafter_json) or self._part(drafter_json)
        verdicts = parts.get(verdicts_json) or self._verdicts(verdicts_json)
        if head[11] is not None:
            sample = self._part(head[11])
        if drafter is None or verdicts is None or (sample is None) is not (head[11] is None):
            return None
        return _identified((*head.groups(), *middle.groups(), *tail.groups()), (drafter, verdicts, sample), raw)

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

    def _verdicts(self, raw: str) -> Part | None:
        """Verdicts that differ in the revised words alone share all the rest."""
        plain = _REVISED.sub(_NOT_REVISED, raw)
        part = self._part(plain)
        if part is None or plain == raw:
            return part
        first, *others = part.line.split(_NOT_REVISED_LINE)
        said = _REVISED.findall(raw)
        if len(said) != len(others):
            return None
        for (words, answer), more in zip(said, others, strict=True):
            first += f'"revised_answer":{answer},"revised_text":{words}{more}'
        return Part(None, first, part.flags, part.reviewers)

    def _from_entry(self, raw: str) -> FrozenText:
        entry = json.loads(raw)
        draft, is_question = entry["draft"], entry["kind"] == "question"
        return FrozenText(
            kind_json=json_line(entry["kind"]),
            drafted_json=json_line(draft["text"]),
            drafted_answer_json=json_line(draft["answer"]),
            draft_sha256_json=json_line(draft["sha256"]),
            box_ids_json=json_line(draft["box_ids"]),
            program_json=json_line(draft["program"]),
            raw_answer_json=json_line(draft.get("raw_answer_sha256")),
            scene_json=json_line(entry["scene"]),
            split_json=json_line(entry["split"]),
            answer_json=json_line(entry["answer"]) if is_question else None,
            sample_json=json_line(entry["sample"]) if "sample" in entry else None,
            caption_json=None if is_question else json_line(entry["caption"]),
            dataset_json=json_line(entry["dataset"]),
            support_json=json_line(entry["support"]),
            question_json=json_line(entry["question"]) if is_question else None,
            revised_json=json_line(entry["is_revised"]),
            image_json=json_line(entry["image_sha256"]),
            verification_json=json_line(entry["verification"]) if "verification" in entry else None,
            question_type_json=json_line(entry["question_type"]),
            drafter=_part_of(entry["drafter"]),
            verdicts=_part_of(entry["verdicts"]),
            sample=_part_of(entry["sample"]) if "sample" in entry else None,
            id=text_id(entry),
            raw=raw,
            whole=entry,
        )


def _identified(tokens: tuple[Any, ...], parts: tuple[Part, Part, Part | None], raw: str) -> FrozenText | None:
    """None where it is neither a question without a caption, nor a caption with neither question nor answer."""
    (kind, _, _, draft, _, _, _, scene, split, answer, _, caption, dataset, support, question, _, image, _,
     question_type) = tokens  # fmt: skip
    if question is None:
        is_sound = answer is None and caption is not None and kind != '"question"'
    else:
        is_sound = answer is not None and caption is None and kind == '"question"'
    if not is_sound:
        return None
    words = caption if question is None else question
    where = f"[{dataset}, {scene}, {image}, {split}, {kind}, {question_type}"
    told = f"{where}, {words}, {answer or 'null'}, {support}, {draft}]"
    return FrozenText._make((*tokens, *parts, _sha256(told.encode()).hexdigest(), raw, None))


def _part_of(value: Any) -> Part:
    if not isinstance(value, list):
        return Part(value, json_line(value))
    counted = tuple(verdict["reviewer"] for verdict in value if verdict["counted"])
    return Part(None, json_line(value), tuple(flags_of({"verdicts": value})), counted)


def _decoded(token: str) -> str:
    if "\\" not in token:
        return token[1:-1]
    decoded: str = json.loads(token)
    return decoded
