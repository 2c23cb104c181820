"""Frozen texts, read from the JSON that the database gives.

A release has a million texts and each is read once, so what is said of a text is taken from the JSON as it stands: the
strings of PostgreSQL's ``jsonb`` are written as Python writes them, and its keys come in a fixed order, so that strict
patterns find them without building objects. The two parts whose inside may be anything, drafter and verdicts, are the
same for many texts: each different one is read once by :mod:`json` and remembered. An entry that is not of this form is
read by :mod:`json` as a whole and gives the same; ``tests/pipeline/formats/test_frozen_text.py`` holds both equal.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Any, Final

from pipeline.formats.entries import flags_of, json_line, text_id
from pipeline.formats.frozen_text import STRING, FrozenText, Part

REMEMBERED: Final = 5_000
"""Different drafters and verdicts that are kept in memory; beyond, they are read again."""

_HEAD: Final = re.compile(
    rf'\{{"kind": ({STRING}), "draft": \{{"text": ({STRING}), "answer": ({STRING}|null), "sha256": ({STRING}),'
    rf' "box_ids": (\[(?:{STRING}(?:, {STRING})*+)?+\]), "program": ({STRING}|null),'
    rf' "raw_answer_sha256": ({STRING}|null)\}}, "scene": ({STRING}), "split": ({STRING})'
    rf'(?:, "answer": ({STRING}))?+(?:, "sample": (\{{[^{{}}]*+\}}))?+(?:, "caption": ({STRING}))?+'
    rf', "dataset": ({STRING})'
).fullmatch
_MIDDLE: Final = re.compile(rf', "support": ({STRING})(?:, "question": ({STRING}))?+').fullmatch
_TAIL: Final = re.compile(
    rf', "is_revised": (true|false), "image_sha256": ("[0-9a-f]*+")(?:, "verification": ({STRING}))?+'
    rf', "question_type": ({STRING}|null)\}}'
).fullmatch
_DRAFTER: Final = ', "drafter": {'
_VERDICTS: Final = ', "verdicts": ['
_REVISED: Final = re.compile(rf'"revised_text": ({STRING}|null), "revised_answer": ({STRING}|null)')
_NOT_REVISED: Final = '"revised_text": null, "revised_answer": null'
_NOT_REVISED_LINE: Final = '"revised_answer":null,"revised_text":null'


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
    return FrozenText._make((*tokens, *parts, sha256(told.encode()).hexdigest(), raw, None))


def _part_of(value: Any) -> Part:
    if not isinstance(value, list):
        return Part(value, json_line(value))
    counted = tuple(verdict["reviewer"] for verdict in value if verdict["counted"])
    return Part(None, json_line(value), tuple(flags_of({"verdicts": value})), counted)
