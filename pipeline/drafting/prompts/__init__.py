"""The wording sent to models: one file a prompt and version, ``NAME.VERSION.txt``, never edited once it was used.

A file has the system's part, a line ``---``, and the user's part; ``$name`` marks what is filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Final

_BREAK: Final = "\n---\n"


class PromptError(ValueError):
    """A prompt that does not exist, is not whole, or was filled with other values than it asks for."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One versioned wording."""

    name: str
    version: str
    system: str
    user: str

    @property
    def placeholders(self) -> frozenset[str]:
        return frozenset((*Template(self.system).get_identifiers(), *Template(self.user).get_identifiers()))

    def fill(self, **values: str) -> tuple[str, str]:
        """The system's and the user's part with every placeholder filled; values are never read as placeholders.

        Raises
        ------
        PromptError
            If a placeholder has no value, or a value no placeholder.
        """
        if values.keys() != self.placeholders:
            asked, given = ", ".join(sorted(self.placeholders)), ", ".join(sorted(values))
            raise PromptError(f"prompt {self.name}.{self.version} asks for ({asked}) and was given ({given})")
        return Template(self.system).substitute(values), Template(self.user).substitute(values)


def load_prompt(name: str, version: str) -> Prompt:
    """Read the prompt file ``name.version.txt``.

    Raises
    ------
    PromptError
        If there is no such file, or it lacks one of its two parts.
    """
    return parse_prompt(name, version, _read(f"{name}.{version}.txt"))


def parse_prompt(name: str, version: str, text: str) -> Prompt:
    """Take a prompt file's text apart; every ``$`` in it must begin a placeholder."""
    system, _, user = text.partition(_BREAK)
    if not system.strip() or not user.strip():
        raise PromptError(f"prompt {name}.{version} needs two parts with a line --- between them")
    if not all(Template(part).is_valid() for part in (system, user)):
        raise PromptError(f"prompt {name}.{version} has a $ that begins no placeholder; write $$ for the sign")
    return Prompt(name, version, system.strip(), user.strip())


def _read(file_name: str) -> str:
    try:
        return (files(__name__) / file_name).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise PromptError(f"there is no prompt file {file_name}") from error
