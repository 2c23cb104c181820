"""What a rule says of itself: its examples, with the findings that the rule has in them. Made from the rules alone.

    python -m pipeline.screening.documentation docs/guide/screening.md

writes the guide's list of rules anew, between the two marks that the page has for it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.records import Severity
from pipeline.screening import families, screen
from pipeline.screening.families import FAMILIES, RULES
from pipeline.screening.rule_set import family_of
from pipeline.screening.rules import Example, Rule

BEGIN: Final = "<!-- rules: made by python -m pipeline.screening.documentation -->"
END: Final = "<!-- end of rules -->"

# A NUL in a page would make it a binary file for git and grep: U+2400 and those after it show such characters.
_CONTROL_PICTURES: Final = {code: 0x2400 + code for code in range(32)}


class Part(NamedTuple):
    """A stretch of a text, within or without what was found."""

    text: str
    is_found: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """An example: what it is about, its text in parts, and what the rule says of it."""

    about: str
    """What must be known of the scene for it, or the question that it answers; often empty."""
    parts: tuple[Part, ...]
    suggestion: str | None


@dataclass(frozen=True, slots=True)
class RuleDocument:
    """One rule."""

    name: str
    severity: Severity
    message: str
    """Of its first example."""
    faulty: tuple[Shown, ...]
    clean: tuple[Shown, ...]

    @property
    def title(self) -> str:
        """The rule within its family: ``hedge``."""
        return self.name.partition(".")[2].replace("_", " ")


@dataclass(frozen=True, slots=True)
class FamilyDocument:
    """One family and its rules, in the order of their file."""

    name: str
    about: str
    """The first paragraph of its file."""
    rules: tuple[RuleDocument, ...]

    @property
    def title(self) -> str:
        """``optical only`` of ``optical_only``."""
        return self.name.replace("_", " ")


@lru_cache(maxsize=1)
def documentation() -> tuple[FamilyDocument, ...]:
    """All families with all rules as they come."""
    return tuple(
        FamilyDocument(family, _about(family), tuple(map(_document, _rules_of(family)))) for family in FAMILIES
    )


def parts_of(text: str, spans: Iterable[tuple[int, int]]) -> tuple[Part, ...]:
    """The text cut where spans begin and end; spans that touch or overlap become one. Empty parts are left out."""
    parts: list[Part] = []
    at = 0
    for start, end in _joined(sorted(spans)):
        parts += [Part(text[at:start], is_found=False), Part(text[start:end], is_found=True)]
        at = end
    parts.append(Part(text[at:], is_found=False))
    return tuple(part for part in parts if part.text)


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _rules_of(family: str) -> list[Rule]:
    return [rule for rule in RULES if family_of(rule.name) == family]


def _about(family: str) -> str:
    text = importlib.import_module(f"{families.__name__}.{family}").__doc__ or ""
    return " ".join(text.strip().partition("\n\n")[0].split())


def _document(rule: Rule) -> RuleDocument:
    first = next((each for example in rule.faulty for each in screen(example.draft, example.context, [rule])), None)
    return RuleDocument(
        name=rule.name,
        severity=rule.severity,
        message="" if first is None else first.message,
        faulty=tuple(_shown(rule, example) for example in rule.faulty),
        clean=tuple(_shown(rule, example) for example in rule.clean),
    )


def _shown(rule: Rule, example: Example) -> Shown:
    draft = example.draft
    text = draft.text if example.question is None else draft.answer or ""
    found = [each for each in screen(draft, example.context, [rule]) if rule.name == each.rule]
    spans = [(each.start, each.end) for each in found if (each.field == "answer") == (example.question is not None)]
    suggestion = next((each.suggestion for each in found if each.suggestion is not None), None)
    return Shown(_told(example), parts_of(text, spans), suggestion)


def _told(example: Example) -> str:
    """``2 ships, 1 tank; question: How many?``: what one must know to judge the example."""
    boxes = dict(example.boxes)
    for category, *_ in example.placed:
        boxes[category] = boxes.get(category, 0) + 1
    told = [", ".join(f"{number} × {category}" for category, number in boxes.items())] if boxes else []
    told += [f"spacing {example.gsd_m:g} m"] if example.gsd_m is not None else []
    told += [f"question: {example.question}"] if example.question is not None else []
    told += [f"answer: {example.answer}"] if example.answer is not None else []
    told += [f"another text: {_said(other.text, other.answer)}" for other in example.others if other != example.draft]
    return "; ".join(told)


def _said(text: str, answer: str | None) -> str:
    return text if answer is None else f"{text} {answer}"


def as_markdown() -> str:
    """All rules as tables, for the guide."""
    return "\n".join(line for family in documentation() for line in _family_lines(family)) + "\n"


def _family_lines(family: FamilyDocument) -> Iterator[str]:
    yield f"\n### {family.name}\n"
    yield f"{family.about}\n"
    yield "| rule | severity | says, for example | of | suggests |"
    yield "|---|---|---|---|---|"
    for rule in family.rules:
        first = rule.faulty[0]
        text = "".join(f"**{part.text}**" if part.is_found else part.text for part in first.parts)
        of = f"{text} ({first.about})" if first.about else text
        cells = (f"`{rule.name}`", rule.severity, rule.message, of, first.suggestion or "")
        yield f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split()).translate(_CONTROL_PICTURES)


def with_rules(page: str) -> str:
    """The page with the list of rules written anew between its marks.

    Raises
    ------
    ValueError
        If the page does not have both marks.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page needs a line {BEGIN!r} and behind it a line {END!r}")
    return f"{before}{begin}\n{as_markdown()}\n{end}{after}"


if __name__ == "__main__":
    _page = Path(sys.argv[1])
    _page.write_text(with_rules(_page.read_text(encoding="utf-8")), encoding="utf-8")
