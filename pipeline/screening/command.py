"""``python -m pipeline screen``: findings for drafts in a file of JSON lines, without any database."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Final

from pipeline.files import written_whole
from pipeline.records import Draft, ObjectBox
from pipeline.screening import SceneContext, screen
from pipeline.screening.scene_lines import SceneLines, numbered
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

    Lines that name the same ``"scene"`` (or ``"image"``) are compared with each other, wherever they stand in the file,
    which is therefore read twice. ``out`` appears whole or not at all; memory does not grow with the texts.

    Raises
    ------
    ScreenError
        With the number of the first line that is no draft.
    """
    with ExitStack() as opened:
        lines, again = _opened_twice(source, opened)
        scenes = SceneLines(again, _scene_of, _draft_or_none)
        findings = opened.enter_context(written_whole(out))
        texts: Mapping[int, Draft] = {}
        others: tuple[Draft, ...] = ()
        for number, start, line in numbered(lines):
            where = f"{source}, line {number}"
            given = _given(line, where)
            name = _scene(given, where)
            found = scenes.texts(name) if name is not None else {}
            if found is not texts:
                texts, others = found, tuple(found.values())
            draft = texts.get(start) or _draft(given, where)
            context = _context(given, where, others if start in texts else ())
            told = [asdict(finding) for finding in screen(draft, context)]
            findings.write(_encoded({"id": given.get("id", number), "findings": told}) + "\n")


def _opened_twice(source: Path, opened: ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    """``source`` to be read in its order, and to be read again; what can be read but once is copied first."""
    first = opened.enter_context(_opened(source))
    if first.seekable():
        return first, opened.enter_context(_opened(source))
    copy = opened.enter_context(tempfile.NamedTemporaryFile())  # noqa: SIM115 - the caller's stack closes it
    shutil.copyfileobj(first, copy)
    copy.flush()
    return copy, opened.enter_context(_opened(Path(copy.name)))


def _opened(source: Path) -> IO[bytes]:
    try:
        return source.open("rb")
    except OSError as error:
        raise ScreenError(str(source), f"the file cannot be read ({error.strerror}).") from error


def _given(line: bytes, where: str) -> Mapping[str, Any]:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ScreenError(where, f"the line is not JSON ({error}).") from error
    if not isinstance(given, dict):
        raise ScreenError(where, 'the line must be an object with an "id".')
    # What draft-boxes writes names an image, and is known by its line.
    if not isinstance(given.get("id"), str | int) and ("id" in given or not isinstance(given.get("image"), str)):
        raise ScreenError(where, 'the line must be an object with an "id".')
    return given


def _scene(given: Mapping[str, Any], where: str) -> str | int | None:
    name = given.get("scene", given.get("image"))
    if name is not None and not isinstance(name, str | int):
        raise ScreenError(where, '"scene" must be the name of the scene that the text is about.')
    return name


def _scene_of(line: bytes) -> str | int | None:
    """The scene that a line names; faults are told when the line's turn comes."""
    if b'"scene"' not in line and b'"image"' not in line:
        return None
    try:
        return _scene(_given(line, ""), "")
    except ScreenError:
        return None


def _draft_or_none(line: bytes) -> Draft | None:
    try:
        return _draft(_given(line, ""), "")
    except ScreenError:
        return None


def _encoded(answer: Mapping[str, Any]) -> str:
    text = json.dumps(answer, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        # Half a character has no UTF-8; as an escape it survives.
        return json.dumps(answer)
    return text


def _draft(given: Mapping[str, Any], where: str) -> Draft:
    kind = given.get("kind", "question" if "image" in given and "question" in given else None)
    if kind not in KINDS:
        raise ScreenError(where, f'"kind" must be one of {", ".join(KINDS)}.')
    for key in _TEXT_KEYS[kind]:
        if not isinstance(given.get(key), str):
            raise ScreenError(where, f'a {kind} needs "{key}" as text.')
    if kind != "question":
        return Draft(kind=kind, text=given["text"])
    return Draft(kind=kind, text=given["question"], question_type=given["question_type"], answer=given["answer"])


def _context(given: Mapping[str, Any], where: str, others: tuple[Draft, ...]) -> SceneContext:
    size, gsd_m, labelled = given.get("image_size"), given.get("gsd_m"), given.get("labelled") or []
    if size is not None and not (_are_numbers(size, 2) and min(size) > 0):
        raise ScreenError(where, '"image_size" must be [width, height].')
    if gsd_m is not None and not (_is_number(gsd_m) and gsd_m > 0):
        raise ScreenError(where, '"gsd_m" must be a number above 0.')
    if not isinstance(labelled, list) or not all(isinstance(category, str) for category in labelled):
        raise ScreenError(where, '"labelled" must be a list of categories.')
    if not isinstance(given.get("north_up"), bool | None):
        raise ScreenError(where, '"north_up" must be true or false.')
    rows_cols = (int(size[1]), int(size[0])) if size is not None else None
    return SceneContext(
        rows_cols, gsd_m, _boxes(given.get("boxes"), where), tuple(labelled), given.get("north_up"), others
    )


def _boxes(given: Any, where: str) -> tuple[ObjectBox, ...] | None:
    if given is None:
        return None
    if not isinstance(given, list) or not all(_is_box(box) for box in given):
        raise ScreenError(
            where, '"boxes" must be a list of ["category", x, y, width, height], none of them negative in size.'
        )
    return tuple(ObjectBox(str(index), *map(_as_given, box)) for index, box in enumerate(given))


def _as_given(value: Any) -> Any:
    return value if isinstance(value, str) else float(value)


def _is_box(value: Any) -> bool:
    if not (isinstance(value, list) and len(value) == 5 and isinstance(value[0], str)):
        return False
    return _are_numbers(value[1:], 4) and min(value[3:]) >= 0


def _are_numbers(value: Any, length: int) -> bool:
    return isinstance(value, list) and len(value) == length and all(_is_number(number) for number in value)


def _is_number(value: Any) -> bool:
    # Neither NaN nor a number that no image reaches; math.isfinite fails on integers beyond the range of floats.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _TOO_LARGE
