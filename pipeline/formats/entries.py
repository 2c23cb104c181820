"""The frozen entries of a release, as JSON objects, and the ids that follow from their content.

A text::

    dataset, scene, split             where it belongs; ``scene`` is the name in the dataset
    image_sha256                      of the processed image
    kind, question_type               question_type is null for captions
    question + answer | caption       as verified
    support                           sar | sar_with_optical
    is_revised                        whether a reviewer changed the words
    verification                      reviewed | boxes_reviewed | sample_verified: the text itself was read, the boxes
                                      that it follows from were judged, or it is one of those of which a sample was
                                      read. Releases that were frozen before this was told have reviewed texts only
    sample                            of a sample_verified text: {read, wrong, error_rate, low, high, split, kind,
                                      drafter}: the sample, with the 95 % interval of its error rate, and the stratum
                                      that it is of (null is any; the drafter by identity)
    draft                             {text, answer, sha256, box_ids, program, raw_answer_sha256}: before the review
    drafter                           {identity, name, version, model, prompt_version, parameters}
    verdicts                          [{reviewer, revision, counted, verdict, flags, spans, support, revised_text,
                                      revised_answer}]: reviewers by pseudonym

An image::

    dataset, scene, split, published_split, rows, cols, unit
    assets                            {sar, processed, optical}: SHA-256
    boxes                             [{id, number, category, bbox: [x_min, y_min, width, height]}]
    metadata, ground, original, provenance
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from pipeline.records import digest

Entry = Mapping[str, Any]


def text_of(entry: Entry) -> str:
    """The verified question, or the verified caption."""
    text: str = entry["question"] if entry["kind"] == "question" else entry["caption"]
    return text


def text_id(entry: Entry) -> str:
    """The id of a text: SHA-256, in hex, of what it says of which image, and of the draft that it came from.

    The verdicts are not in it, so that a text keeps its id from one release to the next. It is the hash of a JSON
    array of strings and nulls with ``", "`` between them, which PostgreSQL writes in the same bytes (``jsonb``).
    """
    parts = [
        entry["dataset"],
        entry["scene"],
        entry["image_sha256"],
        entry["split"],
        entry["kind"],
        entry["question_type"],
        text_of(entry),
        entry.get("answer"),
        entry["support"],
        entry["draft"]["sha256"],
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def flags_of(entry: Entry) -> list[str]:
    """What the counted reviews flagged, in alphabetical order."""
    return sorted({flag for verdict in entry["verdicts"] if verdict["counted"] for flag in verdict["flags"]})


def verification_of(entry: Entry) -> str:
    """How the text was verified."""
    told: str = entry.get("verification", "reviewed")
    return told


def is_from_boxes(entry: Entry) -> bool:
    """Whether a program derived the answer from object boxes."""
    return entry["draft"]["program"] is not None


def sealed(entry: Entry) -> dict[str, Any]:
    """The entry with ``sha256`` over all the rest, so that each line of a side file can be checked by itself."""
    return {**entry, "sha256": digest(dict(entry))}


def is_intact(line: Entry) -> bool:
    """Whether ``sha256`` of a line of a side file is that of its rest."""
    return line.get("sha256") == digest({key: value for key, value in line.items() if key != "sha256"})


_ENCODER: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def json_line(value: Any) -> str:
    """One line of JSON: keys sorted, all characters as they are."""
    return _ENCODER.encode(value)
