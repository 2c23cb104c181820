"""The wording sent to models: one file a prompt and version, ``NAME.VERSION.txt``, never edited once it was used.

A file has a header, a line ``---``, the system's part, a line ``---``, and the user's part::

    kind: question
    shows: optical, sar
    fills: number, scale
    ---
    You write questions about radar (SAR) images ...
    ---
    Write $number questions.$scale Answer with JSON only: ...

``kind`` is concise_caption, complex_caption or question. ``shows`` names the images, in the order in which they are
sent. ``fills`` names the placeholders, each of which must stand in the text as ``$name``: ``max_words`` (of a caption,
which must have it), ``number`` (of questions, which must have it), ``scale`` (a sentence, or nothing where the ground
covered by a pixel is not known). Files without a header are captions of the optical image, the kind being their name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final, Literal, cast, get_args

from pipeline.records import Kind
from pipeline.vocabulary import KINDS

PictureName = Literal["optical", "sar"]
"""``sar`` is the processed image: 8 bit, despeckled, as the paper feeds a model."""
Show = Literal["optical", "sar", "both"]

PICTURES: Final[tuple[PictureName, ...]] = get_args(PictureName)
SHOWS: Final[Mapping[Show, tuple[PictureName, ...]]] = {
    "optical": ("optical",),
    "sar": ("sar",),
    "both": ("optical", "sar"),
}
PLACEHOLDERS: Final[Mapping[str, str]] = {
    "concise_caption": "max_words",
    "complex_caption": "max_words",
    "question": "number",
}
"""What a prompt of this kind must have, so that a reply is as long as it is to be."""

_NAMES: Final[Mapping[str, str]] = {"question": "questions"}
_OPTIONAL: Final = "scale"
_BREAK: Final = "\n---\n"
_HEADER_LINE: Final = re.compile(r"(kind|shows|fills):[ \t]*(.*)")
_FILE_NAME: Final = re.compile(r"(?P<name>[A-Za-z0-9_-]+)\.(?P<version>[0-9]+)\.txt")


class PromptError(ValueError):
    """A prompt that does not exist, is not whole, or was filled with other values than it asks for."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One versioned wording."""

    name: str
    version: str
    kind: Kind
    shows: tuple[PictureName, ...]
    system: str
    user: str
    mark: str = ""
    """Of a file that Trihedral does not ship, which may be edited under the same name: what its text hashes to."""

    @property
    def title(self) -> str:
        """For the drafter's identity."""
        return f"{self.name}.{self.version}" + (f"#{self.mark}" if self.mark else "")

    @property
    def placeholders(self) -> frozenset[str]:
        return frozenset((*Template(self.system).get_identifiers(), *Template(self.user).get_identifiers()))

    def fill(self, **values: str) -> tuple[str, str]:
        """The system's and the user's part with every placeholder filled; values are never read as placeholders.

        Raises
        ------
        PromptError
            If a placeholder has no value, or a value no placeholder; only ``scale`` may go unused.
        """
        if values.keys() - {_OPTIONAL} != self.placeholders - {_OPTIONAL} or not self.placeholders <= values.keys():
            asked, given = ", ".join(sorted(self.placeholders)), ", ".join(sorted(values))
            raise PromptError(f"prompt {self.title} asks for ({asked}) and was given ({given})")
        return Template(self.system).substitute(values), Template(self.user).substitute(values)


def default_prompt(kind: Kind, show: Show) -> Prompt:
    """The newest shipped wording of a kind for what a model is shown."""
    name = _NAMES.get(kind, kind) + ("" if show == "optical" else f"_{show}")
    return load_prompt(name, str(max(int(version) for found, version in shipped_prompts() if found == name)))


def named_prompt(title: str) -> Prompt:
    """The shipped prompt ``NAME.N``.

    Raises
    ------
    PromptError
        If there is none, with those that there are.
    """
    name, _, version = title.rpartition(".")
    if (name, version) not in shipped_prompts():
        known = ", ".join(".".join(each) for each in shipped_prompts())
        raise PromptError(f"there is no prompt {title!a}; there are {known}")
    return load_prompt(name, version)


def shipped_prompts() -> list[tuple[str, str]]:
    """(name, version) of all prompt files of this package, found by themselves."""
    found = (_FILE_NAME.fullmatch(file.name) for file in files(__name__).iterdir())
    return sorted((match["name"], match["version"]) for match in found if match)


def load_prompt(name: str, version: str) -> Prompt:
    """Read the prompt file ``name.version.txt`` of this package.

    Raises
    ------
    PromptError
        If there is no such file, or it is not whole.
    """
    try:
        text = (files(__name__) / f"{name}.{version}.txt").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise PromptError(f"there is no prompt file {name}.{version}.txt") from error
    return parse_prompt(name, version, text)


def read_prompt(file: Path) -> Prompt:
    """Read a prompt file from elsewhere, named ``NAME.N.txt``; what its text hashes to is part of its title.

    Raises
    ------
    PromptError
        If it cannot be read, is named otherwise, or is not whole: the file, and what is missing.
    """
    match = _FILE_NAME.fullmatch(file.name)
    if match is None:
        raise PromptError(f"{file}: name the prompt's file NAME.N.txt, with its version as N, such as harbours.1.txt")
    try:
        # Some editors begin a file with a mark of its encoding.
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise PromptError(f"{file}: the prompt cannot be read ({reason})") from error
    if "\0" in text:
        raise PromptError(f"{file}: the prompt cannot be read (it has a NUL character, which no text has)")
    mark = hashlib.sha256(text.encode()).hexdigest()[:12]
    return parse_prompt(match["name"], match["version"], text, where=str(file), mark=mark)


def parse_prompt(name: str, version: str, text: str, *, where: str = "", mark: str = "") -> Prompt:
    """Take a prompt file's text apart; every ``$`` in it must begin a placeholder.

    Raises
    ------
    PromptError
        If a part, a line of the header or a placeholder is missing, or there is one that nothing fills.
    """
    where = where or f"prompt {name}.{version}"
    header, system, user = _parts(name, text.replace("\r\n", "\n"), where)
    kind, shows, fills = _header(header, where)
    if not system.strip() or not user.strip():
        raise PromptError(f"{where} needs two parts after its header, with a line --- between them")
    if not all(Template(part).is_valid() for part in (system, user)):
        raise PromptError(f"{where} has a $ that begins no placeholder; write $$ for the sign")
    prompt = Prompt(name, version, kind, shows, system.strip(), user.strip(), mark)
    _check_placeholders(prompt, fills, where)
    return prompt


def _parts(name: str, text: str, where: str) -> tuple[str, str, str]:
    """Header, system's and user's part; the header of the first prompts, which had none, by their name."""
    if text.startswith(("kind:", "shows:", "fills:")):
        header, _, rest = text.partition(_BREAK)
    elif name in PLACEHOLDERS:
        header, rest = f"kind: {name}\nshows: optical\nfills: {PLACEHOLDERS[name]}, scale", text
    else:
        raise PromptError(f"{where} must begin with a header: lines kind:, shows: and fills:, then a line ---")
    system, _, user = rest.partition(_BREAK)
    return header, system, user


def _header(header: str, where: str) -> tuple[Kind, tuple[PictureName, ...], frozenset[str]]:
    said = {}
    for line in header.splitlines():
        match = _HEADER_LINE.fullmatch(line.strip())
        if match is None:
            raise PromptError(f"{where} has {line[:60]!a} in its header, where only kind:, shows: and fills: stand")
        said[match[1]] = match[2].strip()
    if missing := [key for key in ("kind", "shows", "fills") if not said.get(key)]:
        raise PromptError(f"{where} lacks {' and '.join(f'{key}:' for key in missing)} in its header")
    shows = tuple(part.strip() for part in said["shows"].split(","))
    if said["kind"] not in KINDS:
        raise PromptError(f"{where} is of kind {said['kind'][:40]!a}; there are {', '.join(KINDS)}")
    if len(set(shows)) != len(shows) or not set(shows) <= set(PICTURES):
        raise PromptError(f"{where} shows {said['shows'][:40]!a}; it may show optical, sar, or both: optical, sar")
    fills = frozenset(part.strip().lstrip("$") for part in said["fills"].split(","))
    return cast("Kind", said["kind"]), cast("tuple[PictureName, ...]", shows), fills


def _check_placeholders(prompt: Prompt, fills: frozenset[str], where: str) -> None:
    needed = PLACEHOLDERS[prompt.kind]
    if unknown := sorted((fills | prompt.placeholders) - {needed, _OPTIONAL}):
        raise PromptError(f"{where} has ${unknown[0]}, which nothing fills; a {prompt.kind} has ${needed} and $scale")
    if missing := sorted((fills | {needed}) - prompt.placeholders):
        raise PromptError(f"{where} lacks the placeholder ${missing[0]}: put it where the value is to stand")
