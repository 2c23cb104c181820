"""Texts that say again what an earlier text of the scene says; the earlier one may stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.likeness import content_words, is_alike
from pipeline.records import Draft
from pipeline.screening.context import SceneContext
from pipeline.screening.rules import Example, Fault, Passage, Rule
from pipeline.screening.scene_texts import texts_of

_COMPARED: Final = 200
_FEWEST_WORDS: Final = 3
"""Captions of fewer content words, such as ``A port.``, are alike by chance."""
_QUOTED: Final = 80
_NOT_SAID: Final = re.compile(r"[\W_]+")


def _same(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    for earlier in _earlier(passage, context):
        if _said(earlier.text) == _said(passage.text):
            yield _fault(passage, "the same text is in this scene already")
            return


def _other_words(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    alike: Draft | None = None
    for earlier in _earlier(passage, context):
        if _said(earlier.text) == _said(passage.text):
            return
        if alike is None and earlier.kind == passage.draft.kind and is_alike(earlier.text, passage.text):
            alike = earlier
    if alike is None or (passage.field == "text" and len(content_words(passage.text)) < _FEWEST_WORDS):
        return
    verb = "asks" if passage.field == "question" else "says"
    quoted = alike.text.strip()
    quoted = quoted if len(quoted) <= _QUOTED else f"{quoted[: _QUOTED - 1]}…"
    yield _fault(passage, f"it {verb} the same as “{quoted}” of this scene")


def _earlier(passage: Passage, context: SceneContext) -> Iterator[Draft]:
    """Earlier texts of the scene with the same content words."""
    if not context.others:
        return
    texts = texts_of(context)
    own = texts.place_of(passage.draft)
    is_question = passage.draft.answer is not None
    for place in texts.by_words.get((is_question, content_words(passage.text)), ())[:_COMPARED]:
        if own is not None and place >= own:
            return
        yield texts.drafts[place]


def _said(text: str) -> str:
    return _NOT_SAID.sub(" ", text).strip().casefold() or text.strip()


def _fault(passage: Passage, message: str) -> Fault:
    start = len(passage.text) - len(passage.text.lstrip())
    return Fault(start, max(start + len(passage.text.strip()), min(start + 1, len(passage.text))), message)


def _caption(text: str) -> Draft:
    return Draft("concise_caption", text)


def _question(question: str, answer: str = "2") -> Draft:
    return Draft("question", question, "counting", answer)


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        name="duplicate.text",
        severity="warning",
        find=_same,
        fields=("text", "question"),
        faulty=(
            Example(
                "[A port with ships.]", others=(Draft("concise_caption", "A port with ships.", program="another"),)
            ),
            Example("[a port with ships]", others=(Draft("complex_caption", "A port with ships."),)),
            Example("[How many ships are there?]", answer="2", others=(_question("How many ships are there?", "3"),)),
        ),
        clean=(
            Example("A port with ships.", others=(_caption("A port with cars."),)),
            Example("How many ships are there?", answer="2", others=(_question("How many cars are there?"),)),
        ),
    ),
    Rule(
        name="duplicate.words",
        severity="warning",
        find=_other_words,
        fields=("text", "question"),
        faulty=(
            Example("[How many ships are visible?]", answer="2", others=(_question("What is the number of ships?"),)),
            Example("[Is a bridge visible?]", answer="No.", others=(_question("Are there any bridges?", "No."),)),
            Example("[A port with ships and cranes.]", others=(_caption("There is a port with cranes and ships."),)),
        ),
        clean=(
            Example("How many ships are on the left?", answer="2", others=(_question("How many ships are there?"),)),
            Example(
                "Is the ship left of the pier?", answer="No.", others=(_question("Is the pier left of the ship?"),)
            ),
            Example(
                "A port with ships and cranes.", others=(Draft("complex_caption", "A port with cranes and ships."),)
            ),
        ),
    ),
)
