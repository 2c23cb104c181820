"""Programs: the small textual derivations that say how an answer follows from the boxes.

A program is stored with its draft and run again after a reviewer corrects boxes::

    exists(category="ship")                 is there any?            Yes, No
    exists(category="ship", side="left")    on that side?            Yes, No
    others(category="ship")                 any other category?      Yes, No
    is_a(category="ship", box="17")         is it in this box?       Yes, No
    main()                                  what is most of it?      a category
    main(side="left")                       most of that side?       a category
    categories()                            what is there?           categories, alphabetical
    count(category="ship")                  how many?                a number
    count(category="ship", side="left")     on that side?            a number
    where_most(category="ship")             where are most?          left, right, top, bottom, center
    where(box="17")                         where is this one?       left, right, top, bottom, center
    object_at(box="17")                     what is in this box?     a category
    land_cover_main()                       what covers most?        a land cover
    land_cover_half(cover="water")          more than half?          Yes, No
    land_cover_more(cover="water", than="tree")   which is more?     a land cover
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from json.encoder import encode_basestring
from typing import Final, Literal, get_args

Form = Literal[
    "exists", "others", "is_a", "main", "categories", "count", "where_most", "where", "object_at",
    "land_cover_main", "land_cover_half", "land_cover_more",
]  # fmt: skip
Side = Literal["left", "right", "top", "bottom"]

SIDES: Final[tuple[Side, ...]] = get_args(Side)

PARAMETERS: Final[Mapping[str, tuple[frozenset[str], ...]]] = {
    "exists": (frozenset({"category"}), frozenset({"category", "side"})),
    "others": (frozenset({"category"}),),
    "is_a": (frozenset({"category", "box"}),),
    "main": (frozenset(), frozenset({"side"})),
    "categories": (frozenset(),),
    "count": (frozenset({"category"}), frozenset({"category", "side"})),
    "where_most": (frozenset({"category"}),),
    "where": (frozenset({"box"}),),
    "object_at": (frozenset({"box"}),),
    "land_cover_main": (frozenset(),),
    "land_cover_half": (frozenset({"cover"}),),
    "land_cover_more": (frozenset({"cover", "than"}),),
}
"""The sets of arguments that each form takes."""

_NAME: Final = re.compile(r"[a-z_]+")


class ProgramError(ValueError):
    """A program that cannot be read: not one of the forms, or with other arguments than the form takes."""


@dataclass(frozen=True, slots=True)
class Program:
    """One derivation, as values; ``str()`` gives the stored text."""

    form: Form
    category: str | None = None
    side: Side | None = None
    box: str | None = None
    cover: str | None = None
    than: str | None = None
    text: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self,
            "text",
            program_text(
                self.form, category=self.category, side=self.side, box=self.box, cover=self.cover, than=self.than
            ),
        )

    def __str__(self) -> str:
        return self.text


def program_text(form: Form, **arguments: str | None) -> str:
    """The stored text of a program; values are written as JSON strings, so that any name survives."""
    given = [f"{key}={encode_basestring(value)}" for key, value in arguments.items() if value is not None]
    return f"{form}({', '.join(given)})"


def parse_program(text: str) -> Program:
    """Read a stored program.

    Raises
    ------
    ProgramError
        With the text and what is wrong with it.
    """
    name = _NAME.match(text)
    if name is None or name.group() not in PARAMETERS:
        raise ProgramError(f"{text!r} is no program: it must begin with one of {', '.join(PARAMETERS)}")
    arguments = _arguments(text, name.end())
    if frozenset(arguments) not in PARAMETERS[name.group()]:
        raise ProgramError(f"{text!r} has the wrong arguments for {name.group()}")
    if arguments.get("side", "left") not in SIDES:
        raise ProgramError(f"{text!r} names a side that is none of {', '.join(SIDES)}")
    return Program(name.group(), **arguments)  # type: ignore[arg-type]  # checked above


def _arguments(text: str, start: int) -> dict[str, str]:
    """``key="value"`` pairs between the brackets; values are JSON strings, so that any name survives."""
    if text[start : start + 1] != "(" or not text.endswith(")"):
        raise ProgramError(f"{text!r} is no program: brackets are missing")
    arguments: dict[str, str] = {}
    position = start + 1
    while position < len(text) - 1:
        key = _NAME.match(text, position)
        if key is None or text[key.end() : key.end() + 2] != '="' or key.group() in arguments:
            raise ProgramError(f'{text!r} is no program: key="value" is expected at character {position}')
        arguments[key.group()], position = _value(text, key.end() + 1)
        position += 2 if text.startswith(", ", position) else 0
    return arguments


def _value(text: str, start: int) -> tuple[str, int]:
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise ProgramError(f"{text!r} is no program: {error.msg} at character {start}") from error
    return str(value), end
