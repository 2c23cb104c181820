"""Answers to be judged as a file of JSON lines, and the same file with what a judge said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipeline.files import written_whole
from pipeline.scoring.judgement import Answer, Judgement

_KEYS: Final = ("question", "answer", "prediction")
_FORM: Final = (
    'Each line is an object with "id", "question_type", "question", "answer" and "prediction", all of them text.'
)


class AnswerFileError(ValueError):
    """A file whose answers cannot be judged: the file and line, what is wrong, and what a line must hold."""


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One line: as it was given, and what a judge gets of it."""

    name: str | int
    given: Mapping[str, Any]
    answer: Answer


def read_answers(source: Path) -> Iterator[AnswerLine]:
    """Read a file line by line; blank lines are passed over.

    Raises
    ------
    AnswerFileError
        At the first line that is no answer, or has the id of an earlier one.
    OSError
        If it cannot be read.
    """
    seen: set[str | int] = set()
    with source.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                found = _read(line, f"{source}, line {number}")
                if found.name in seen:
                    raise AnswerFileError(f"{source}, line {number}: the id {found.name!r} is there twice. {_FORM}")
                seen.add(found.name)
                yield found


def write_judgements(out: Path, judged: Iterable[tuple[AnswerLine, Judgement]], judge: Mapping[str, Any]) -> None:
    """Write each line with ``is_right`` (null: undecided), what was compared, and ``judge``, whole or not at all."""
    with written_whole(out) as lines:
        for line, judgement in judged:
            said = {
                "is_right": judgement.is_right,
                "compared_as": {"answer": judgement.truth_as, "prediction": judgement.prediction_as},
                "note": judgement.note,
            }
            lines.write(_encoded({**line.given, **said, **judge}) + "\n")


def judge_file(
    source: Path, out: Path, decide: Callable[[Answer], Judgement], judge: Mapping[str, Any]
) -> dict[str, int]:
    """Have each answer of a file judged; gives how many were right, wrong and undecided.

    Raises
    ------
    AnswerFileError
        With the line; nothing was written then.
    """
    counts = {"right": 0, "wrong": 0, "undecided": 0}

    def judged() -> Iterator[tuple[AnswerLine, Judgement]]:
        for line in read_answers(source):
            judgement = decide(line.answer)
            counts[judgement.decision] += 1
            yield line, judgement

    write_judgements(out, judged(), judge)
    return counts


def _read(line: bytes, where: str) -> AnswerLine:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise AnswerFileError(f"{where}: the line is not JSON ({error}). {_FORM}") from error
    if not isinstance(given, dict):
        raise AnswerFileError(f"{where}: the line is no object. {_FORM}")
    name, question_type = given.get("id"), given.get("question_type")
    if not isinstance(name, str | int) or isinstance(name, bool):
        raise AnswerFileError(f'{where}: "id" must be text or a whole number. {_FORM}')
    for key in _KEYS:
        if not isinstance(given.get(key), str):
            what = "is missing" if key not in given else "is no text"
            raise AnswerFileError(f'{where}: "{key}" {what}. {_FORM}')
    if not isinstance(question_type, str | None):
        raise AnswerFileError(f'{where}: "question_type" must be text. {_FORM}')
    return AnswerLine(name, given, Answer(given["question"], given["answer"], given["prediction"], question_type))


def _encoded(line: Mapping[str, Any]) -> str:
    text = json.dumps(line, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        # Half a character has no UTF-8; as an escape it survives.
        return json.dumps(line)
    return text
