"""The category names of a YOLO folder: from ``classes.txt`` or ``obj.names``, else from ``names`` in its YAML file.

Of YAML only what these files use is read: a list or a mapping from numbers, in brackets or one a line. Anything else is
a sentence that asks for ``classes.txt``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from pipeline.sources.reading import SourceError, leaves, unreadable

_LISTS: Final = ("classes.txt", "obj.names", "predefined_classes.txt")
_YAMLS: Final = ("data.yaml", "data.yml", "dataset.yaml", "dataset.yml")
_LARGEST_BYTES: Final = 1 << 20
_ADVICE: Final = "Write classes.txt beside it: one category a line, in the order of their numbers from 0."
_NUMBERED: Final = re.compile(r"""["']?(\d{1,6})["']?\s*:\s*(.+)""")
_PLAIN: Final = re.compile(r"[^\[\]{},&*!|>%@`\"'#][^\[\]{},\"]*")


def read_category_names(root: Path, places: tuple[Path, ...]) -> dict[int, str]:
    """``{number: name}`` of the folder ``root``; lists are also looked for in ``places``.

    Raises
    ------
    SourceError
        If there is no such file, or its names cannot be read.
    """
    for folder in (root, *places):
        for name in _LISTS:
            if _is_here(folder / name, root):
                return _checked(folder / name, dict(enumerate(_lines(folder / name))))
    named = [root / name for name in _YAMLS]
    files = [*named, *(file for file in sorted(root.glob("*.y*ml")) if file not in named and file.name[0] != ".")]
    for file in (file for file in files if _is_here(file, root)):
        names = _of_yaml(file)
        if names is not None:
            return _checked(file, names)
    raise SourceError(root, "nothing here says what the category numbers mean", _ADVICE)


def _is_here(file: Path, root: Path) -> bool:
    return file.is_file() and not leaves(root, file)


def _lines(file: Path) -> list[str]:
    lines = [line.strip() for line in _text(file).splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            raise SourceError(file, "the file is over 1 MiB, as no list of categories is", _ADVICE)
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise unreadable(file, error) from error
    except UnicodeDecodeError as error:
        raise SourceError(file, f"this is not text in UTF-8: {error}", _ADVICE) from error


def _checked(file: Path, names: Mapping[int, str]) -> dict[int, str]:
    usable = names and all(0 < len(name) <= 200 and name.isprintable() for name in names.values())
    if not usable:
        raise SourceError(file, "a category has no name, or one that cannot be shown", _ADVICE)
    return dict(names)


def _of_yaml(file: Path) -> dict[int, str] | None:
    """The value of ``names``; None if there is no such key."""
    lines = [_without_comment(line) for line in _text(file).splitlines()]
    start = next((number for number, line in enumerate(lines) if re.match(r"names\s*:", line)), None)
    if start is None:
        return None
    rest = lines[start].partition(":")[2].strip()
    block = list(_indented(lines[start + 1 :]))
    if rest[:1] in ("[", "{"):
        names = _flow(" ".join([rest, *block]))
    elif rest:
        names = None
    else:
        names = _block(block)
    if not names:
        raise SourceError(file, "its names are written in a way that is not read here", _ADVICE)
    return names


def _without_comment(line: str) -> str:
    return re.sub(r"(^|\s)#.*", "", line).rstrip()


def _indented(lines: list[str]) -> Iterator[str]:
    """Those that belong to the key before them; a list may stand without indentation."""
    for line in lines:
        if line and line[0] not in " \t-]}":
            return
        if line.strip() and line != "---":
            yield line.strip()


def _flow(text: str) -> dict[int, str] | None:
    closing = {"[": "]", "{": "}"}[text[0]]
    if not text.endswith(closing):
        return None
    parts = [part for part in _split(text[1:-1]) if part]
    if text[0] == "[":
        return _named(dict(enumerate(parts)))
    return _mapping(parts)


def _split(text: str) -> Iterator[str]:
    """At commas outside of quotation marks."""
    part, quote = "", ""
    for letter in text:
        if letter == "," and not quote:
            yield part.strip()
            part = ""
            continue
        if letter in "\"'":
            quote = "" if letter == quote else quote or letter
        part += letter
    yield part.strip()


def _block(lines: list[str]) -> dict[int, str] | None:
    if lines and all(line.startswith("- ") for line in lines):
        return _named(dict(enumerate(line[2:].strip() for line in lines)))
    return _mapping(lines)


def _mapping(parts: list[str]) -> dict[int, str] | None:
    found = [_NUMBERED.fullmatch(part) for part in parts]
    pairs = [(int(match[1]), match[2].strip()) for match in found if match is not None]
    numbers = {number for number, _ in pairs}
    return _named(dict(pairs)) if len(numbers) == len(parts) else None


def _named(names: Mapping[int, str]) -> dict[int, str] | None:
    """Names without their quotation marks; None if one is no plain text."""
    plain: dict[int, str] = {}
    for number, name in names.items():
        if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'" and "\\" not in name:
            plain[number] = name[1:-1].strip()
        elif _PLAIN.fullmatch(name):
            plain[number] = name
        else:
            return None
    return plain
