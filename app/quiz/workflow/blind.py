"""Answers of a model that saw the questions without the images, as JSONL or CSV.

A line or row a text: ``text_sha256`` (or ``id``), the id of the text in the release's files, and ``prediction`` (or
``answer``). What is wrong is told by row, and nothing of such a file is taken.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from app.intake.workflow.storable import unstorable
from app.quiz.errors import BlindAnswersError

LONGEST_PREDICTION: Final = 20_000
MOST_FAULTS: Final = 20
_ID: Final = re.compile(r"[0-9a-f]{64}")


def read_blind_answers(lines: Iterable[str]) -> dict[str, str]:
    """``{text id: prediction}``.

    Parameters
    ----------
    lines
        Of a file opened with ``newline=""``, or of its text split with line ends kept. JSONL where the first line that
        is not empty begins with ``{``, else CSV with a header.

    Raises
    ------
    BlindAnswersError
        With the first faults by row; ``faults`` among its facts has them.
    """
    found: dict[str, str] = {}
    faults: list[str] = []
    for where, row in _rows(iter(lines), faults):
        fault = _take(row, found)
        if fault:
            faults.append(f"{where}: {fault}")
        if len(faults) >= MOST_FAULTS:
            break
    if faults:
        told = "; ".join(faults[:3])
        more = f"; and more, of which {len(faults)} are listed" if len(faults) > 3 else ""
        raise BlindAnswersError(f"Nothing of the blind answers was taken. {told}{more}.", faults=faults)
    if not found:
        raise BlindAnswersError(
            "The file of blind answers has no rows. Give a line or row for each text of the release."
        )
    return found


def read_blind_file(path: Path) -> dict[str, str]:
    """As :func:`read_blind_answers`, of a file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return read_blind_answers(file)
    except UnicodeDecodeError as error:
        raise BlindAnswersError(f"{path} is not UTF-8. Save it as UTF-8 and give it again.") from error


def read_blind_text(content: bytes) -> dict[str, str]:
    """As :func:`read_blind_answers`, of a file's bytes."""
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BlindAnswersError(
            f"The file of blind answers is not UTF-8 (byte {error.start:,}). Save it as UTF-8 and give it again."
        ) from error
    return read_blind_answers(io.StringIO(decoded, newline=""))


def _rows(lines: Iterator[str], faults: list[str]) -> Iterator[tuple[str, Any]]:
    first, number = "", 0
    for first in lines:
        number += 1
        if first.strip():
            break
    if first.lstrip().startswith("{"):
        yield from _json_rows(first, lines, number, faults)
    elif first.strip():
        yield from _csv_rows(first, lines, number, faults)


def _json_rows(first: str, lines: Iterator[str], number: int, faults: list[str]) -> Iterator[tuple[str, Any]]:
    line: str | None = first
    while line is not None:
        if line.strip():
            try:
                yield f"line {number}", json.loads(line)
            except (ValueError, RecursionError):
                faults.append(f"line {number}: it is no JSON")
                if len(faults) >= MOST_FAULTS:
                    return
        line, number = next(lines, None), number + 1


def _csv_rows(header: str, lines: Iterator[str], number: int, faults: list[str]) -> Iterator[tuple[str, Any]]:
    names = [name.strip().lower() for name in next(csv.reader([header]), [])]
    if not {"text_sha256", "id"} & set(names) or not {"prediction", "answer"} & set(names):
        faults.append(f"line {number}: its columns must be text_sha256 (or id) and prediction (or answer)")
        return
    reader = csv.reader(lines)
    try:
        for row in reader:
            if row:
                yield f"line {number + reader.line_num}", dict(zip(names, row, strict=False))
    except csv.Error as error:
        faults.append(f"line {number + reader.line_num}: {error}")


def _take(row: Any, found: dict[str, str]) -> str | None:
    """Put the row in, or say why not."""
    if not isinstance(row, dict):
        return "it is no object with text_sha256 and prediction"
    text_id, predicted = row.get("text_sha256", row.get("id")), row.get("prediction", row.get("answer"))
    if not isinstance(text_id, str) or _ID.fullmatch(text_id) is None:
        return f"its id {str(text_id)[:20]!a} is no id of a text (64 letters and digits)"
    if not isinstance(predicted, str):
        return "it has no prediction, or one that is no text"
    reason = unstorable(predicted, LONGEST_PREDICTION)
    if reason:
        return f"its prediction is not taken: {reason}"
    if found.setdefault(text_id, predicted) != predicted:
        return f"the text {text_id[:12]}… has another prediction above"
    return None
