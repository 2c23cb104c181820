"""``python -m pipeline screen``: findings for drafts in a file of JSON lines, without any database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from pipeline.files import written_whole
from pipeline.records import Draft, ObjectBox
from pipeline.screening import SceneContext, screen
from pipeline.vocabulary import KINDS

_TOO_LARGE: Final = 1e9

_TEXT_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    kind: ("question_type", "question", "answer") if kind == "question" else ("text",) for kind in KINDS
}


class ScreenError(ValueError):
    """A file that cannot be screened: the file and line, what is wrong, and what a line must hold."""

    def __init__(self, where: str, fault: str) -> None:
        super().__init__(f"{where}: {fault} Mend the file; nothing was written.")


def screen_file(source: Path, out: Path) -> None:
    """Write the findings of each draft of ``source`` to ``out``, line by line in the same order.

    ``out`` appears whole or not at all; memory does not grow with the number of lines.

    Raises
    ------
    ScreenError
        With the number of the first line that is no draft.
    """
    with _opened(source) as lines, written_whole(out) as findings:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                findings.write(_screened(line, f"{source}, line {number}") + "\n")


def _opened(source: Path) -> Any:
    try:
        return source.open("rb")
    except OSError as error:
        raise ScreenError(str(source), f"the file cannot be read ({error.strerror}).") from error


def _screened(line: bytes, where: str) -> str:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ScreenError(where, f"the line is not JSON ({error}).") from error
    if not isinstance(given, dict) or not isinstance(given.get("id"), str | int):
        raise ScreenError(where, 'the line must be an object with an "id".')
    draft, context = _draft(given, where), _context(given, where)
    return _encoded({"id": given["id"], "findings": [asdict(finding) for finding in screen(draft, context)]})


def _encoded(answer: Mapping[str, Any]) -> str:
    text = json.dumps(answer, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        # Half a character has no UTF-8; as an escape it survives.
        return json.dumps(answer)
    return text


def _draft(given: Mapping[str, Any], where: str) -> Draft:
    kind = given.get("kind")
    if kind not in KINDS:
        raise ScreenError(where, f'"kind" must be one of {", ".join(KINDS)}.')
    for key in _TEXT_KEYS[kind]:
        if not isinstance(given.get(key), str):
            raise ScreenError(where, f'a {kind} needs "{key}" as text.')
    if kind != "question":
        return Draft(kind=kind, text=given["text"])
    return Draft(kind=kind, text=given["question"], question_type=given["question_type"], answer=given["answer"])


def _context(given: Mapping[str, Any], where: str) -> SceneContext:
    size, gsd_m, labelled = given.get("image_size"), given.get("gsd_m"), given.get("labelled") or []
    if size is not None and not (_are_numbers(size, 2) and min(size) > 0):
        raise ScreenError(where, '"image_size" must be [width, height].')
    if gsd_m is not None and not _is_number(gsd_m):
        raise ScreenError(where, '"gsd_m" must be a number.')
    if not isinstance(labelled, list) or not all(isinstance(category, str) for category in labelled):
        raise ScreenError(where, '"labelled" must be a list of categories.')
    if not isinstance(given.get("north_up"), bool | None):
        raise ScreenError(where, '"north_up" must be true or false.')
    rows_cols = (int(size[1]), int(size[0])) if size is not None else None
    return SceneContext(
        rows_cols, gsd_m, _boxes(given.get("boxes"), where), tuple(labelled), is_north_up=given.get("north_up")
    )


def _boxes(given: Any, where: str) -> tuple[ObjectBox, ...] | None:
    if given is None:
        return None
    if not isinstance(given, list) or not all(_is_box(box) for box in given):
        raise ScreenError(where, '"boxes" must be a list of ["category", x, y, width, height].')
    return tuple(ObjectBox(str(index), *map(_as_given, box)) for index, box in enumerate(given))


def _as_given(value: Any) -> Any:
    return value if isinstance(value, str) else float(value)


def _is_box(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 5 and isinstance(value[0], str) and _are_numbers(value[1:], 4)


def _are_numbers(value: Any, length: int) -> bool:
    return isinstance(value, list) and len(value) == length and all(_is_number(number) for number in value)


def _is_number(value: Any) -> bool:
    # Neither NaN nor a number that no image reaches; math.isfinite fails on integers beyond the range of floats.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _TOO_LARGE
