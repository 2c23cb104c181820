"""Text that is no good English sentence: empty, a refusal, a model's talk, another language, broken, misspelt."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

from pipeline.screening.context import SceneContext
from pipeline.screening.foreign import foreign_parts, unknown
from pipeline.screening.grammar import begins_sentence, replace
from pipeline.screening.machine_talk import (
    REFUSAL_CUES,
    broken_characters,
    is_no_answer,
    markup,
    preamble,
    refusals,
    surrounding_quotes,
    talk,
)
from pipeline.screening.names import is_titled
from pipeline.screening.rules import Example, Fault, Passage, Rule, Token
from pipeline.screening.slips import broken_end, repeated_words, wrong_articles
from pipeline.screening.spelling import Misspelling, misspelling
from pipeline.screening.spelling_words import SLIPS, SUBJECTS

_LONG_ENOUGH: Final = 9
"""Letters from which on a word with a capital is a slip rather than a name that resembles a word."""
_MOST_MISSPELT: Final = 100
"""Different words of a text that are looked at; what has more is no English."""


def _empty(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    if passage.sequence:
        return
    if passage.text.strip() and any(letter.isalnum() for letter in passage.text):
        return
    if passage.text or passage.field == "text" or (passage.field == "question" and not _other_field(passage)):
        # A text of no characters has no place to point at but its beginning.
        yield Fault(0, len(passage.text), "there is no text" if passage.field == "text" else f"no {passage.field}")


def _empty_beside(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    if passage.text.strip() and not _other_field(passage):
        missing = "answer" if passage.field == "question" else "question"
        yield Fault(0, len(passage.text), f"the {missing} is empty")


def _other_field(passage: Passage) -> str:
    draft = passage.draft
    return (draft.answer or "") if passage.field == "question" else draft.text


def _refusals(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    if passage.field == "answer" and is_no_answer(passage.text):
        yield Fault(*_stripped(passage.text), "this is no answer")
        return
    for span in refusals(passage.text):
        words = passage.text[span.start : span.end]
        yield Fault(*span, f"“{words}”: the model did not answer; it is not about the scene")


def _stripped(text: str) -> tuple[int, int]:
    start = len(text) - len(text.lstrip())
    return start, start + len(text.strip())


def _boilerplate(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    text = passage.text
    before = preamble(text, passage.words)
    if before is not None and not (passage.field == "answer" and before.end == len(text.rstrip(" .!"))):
        rest = text[before.end :].lstrip()
        yield Fault(*before, "words of the model to who asked it, not about the scene", _capitalised(rest) or None)
    for span in talk(text, passage.words):
        if before is None or span.start >= before.end:
            words = text[span.start : span.end]
            yield Fault(*span, f"“{words}” speaks to who asked the model, not about the scene")


def _markup(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    text = passage.text
    quoted = surrounding_quotes(text)
    if quoted is not None:
        yield Fault(*_stripped(text), "quotation marks around the whole text", text[quoted.start : quoted.end].strip())
        return
    spans = list(markup(text))
    is_emphasis = bool(spans) and all(set(text[span.start : span.end]) <= {"*", "`"} for span in spans)
    mended = text.replace("*", "").replace("`", "") if is_emphasis and passage.is_mendable else None
    for span in spans:
        yield Fault(*span, "marks of Markdown, HTML or JSON that readers should not see", mended or None)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _foreign(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    for part in foreign_parts(passage):
        what = f"this seems to be {part.language}" if part.language else "this is not English"
        yield Fault(part.start, part.end, f"{what}; texts are written in English")


def _characters(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    for span in broken_characters(passage.text):
        shown = passage.text[span.start : span.end]
        is_hidden = not shown.isprintable() or not shown.strip()
        if is_hidden:
            yield Fault(*span, "characters that cannot be seen", _without_hidden(passage, *span))
        else:
            yield Fault(*span, f"“{shown}” stands for characters that were lost")


def _without_hidden(passage: Passage, start: int, end: int) -> str | None:
    """The text without what cannot be seen; a control character between two letters may stand for one that was lost."""
    text = passage.text
    is_between = text[start - 1 : start].isalnum() and text[end : end + 1].isalnum()
    if not passage.is_mendable or (is_between and unicodedata.category(text[start]) != "Cf"):
        return None
    if text[:start].endswith(" ") and text.startswith(" ", end):
        end += 1
    mended = text[:start] + text[end:]
    return mended if mended.strip() else None


def _repeated(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    for slip in repeated_words(passage):
        words = passage.text[slip.start : slip.end]
        yield Fault(
            slip.start, slip.end, f"“{words}”: a word too many", _mended(passage, slip.start, slip.end, slip.meant)
        )


def _articles(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    for slip in wrong_articles(passage):
        message = f"the sound of the next word asks for “{slip.meant}”"
        yield Fault(slip.start, slip.end, message, _mended(passage, slip.start, slip.end, slip.meant))


def _broken(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    slip = broken_end(passage)
    if slip is not None:
        yield Fault(slip.start, slip.end, "the text breaks off here")


def _mended(passage: Passage, start: int, end: int, meant: str | None) -> str | None:
    if meant is None or not passage.is_mendable:
        return None
    return passage.text[:start] + meant + passage.text[end:]


def _spelling(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    wrong = {
        word: found
        for word in sorted(unknown(passage.words))[:_MOST_MISSPELT]
        if (found := misspelling(word)) is not None
    }
    if not wrong or any(True for _ in foreign_parts(passage)):
        return
    for token in passage.tokens:
        found = wrong.get(token.text)
        if found is not None and _may_be_misspelt(passage, token, found):
            yield _misspelt(passage, token, found)


def _may_be_misspelt(passage: Passage, token: Token, found: Misspelling) -> bool:
    """Not parts of ``criss-cross`` or ``hasn't``, addresses and file names; of names only what is plainly a slip."""
    text = passage.text
    if text[token.end : token.end + 1] in ("'", "’", "_", "@") or text[max(0, token.start - 1) : token.start] in (
        *"'’_@./\\#",
    ):
        return False
    if text[token.start - 1 : token.start] == "-" or text[token.end : token.end + 1] == "-":
        return found.is_sure
    if text[token.start].islower():
        return True
    is_long = len(token.text) >= _LONG_ENOUGH or found.meant[0] in SUBJECTS
    is_plain = token.text in SLIPS or (found.is_sure and is_long and len(token.text) > 4)
    return is_plain and (begins_sentence(text, token.start) or is_titled(text))


def _written_like(word: str, other: str) -> str:
    if word.isupper():
        return other.upper()
    return _capitalised(other) if word[0].isupper() else other


def _misspelt(passage: Passage, token: Token, found: Misspelling) -> Fault:
    text = passage.text
    word = text[token.start : token.end]
    meant = [_written_like(word, other) for other in found.meant]
    choice = " or ".join(f"“{other}”" for other in meant[: 1 if found.is_sure else 3])
    mended = replace(text, token.start, token.end, meant[0]) if found.is_sure and passage.is_mendable else None
    return Fault(token.start, token.end, f"“{word}” is no English word: {choice}?", mended)


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        name="language.empty",
        severity="error",
        find=_empty,
        faulty=(Example("[ ]"), Example("[...]"), Example("[.]", question="Is there a bridge?")),
        clean=(Example("A port."), Example("3", question="How many ships are there?")),
    ),
    Rule(
        name="language.half",
        severity="error",
        find=_empty_beside,
        fields=("question", "answer"),
        faulty=(Example("[Is there a bridge?]", answer=""),),
        clean=(Example("Is there a bridge?", answer="No."),),
    ),
    Rule(
        name="language.refusal",
        severity="error",
        find=_refusals,
        cues=REFUSAL_CUES,
        faulty=(
            Example("[I'm sorry], but [I can't] describe this."),
            Example("[As an AI language model], [I cannot] see images."),
            Example("[Unable to determine] the type of the ship."),
            Example("[Please provide] the image."),
            Example("[N/A]", question="What is in the centre?"),
            Example("[It is not possible to determine] from the image.", question="What is the ship's name?"),
        ),
        clean=(
            Example("A port that large ships cannot enter."),
            Example("Ships are unable to pass the low bridge."),
            Example("None", question="How many ships are there?"),
            Example("A provided mooring."),
        ),
    ),
    Rule(
        name="language.boilerplate",
        severity="error",
        find=_boilerplate,
        faulty=(
            Example("[Sure! Here is a caption:] A port with two ships.", "A port with two ships."),
            Example("[Here's a concise caption:] an airport.", "An airport."),
            Example("[Caption:] A river.", "A river."),
            Example("[The caption is:] a bridge.", "A bridge."),
            Example("[Answer:] Yes.", "Yes.", question="Is there a bridge?"),
            Example("A port. [I hope this helps]!"),
            Example("A port. [Note:] the ships are moored."),
        ),
        clean=(
            Example("The image shows a port: two ships lie at the pier."),
            Example("Here, the river bends."),
            Example("Yes, here is a bridge.", question="Is there a bridge?"),
            Example("A 3 m wide pier."),
            Example("Notes of the harbour office are kept on the pier."),
        ),
    ),
    Rule(
        name="language.markup",
        severity="error",
        find=_markup,
        faulty=(
            Example("A [**]port[**] by a river.", "A port by a river."),
            Example("[#] Port"),
            Example("[<b>]Port[</b>] and quay."),
            Example("Ships [&amp;] boats."),
            Example('["A port by a river."]', "A port by a river."),
            Example("[-] Two ships\n[-] One pier"),
        ),
        clean=(
            Example("A port - the largest of the coast - with ships."),
            Example("Pier #3 at 600 * 400 pixels."),
            Example("The sign “Port” stands at the pier."),
            Example("A 10 < x < 20 range & more."),
        ),
    ),
    Rule(
        name="language.foreign",
        severity="error",
        find=_foreign,
        faulty=(
            Example("[Drei Schiffe liegen im Hafen]."),
            Example("[Un pont traverse la rivière]."),
            Example("[Hay dos puentes en la imagen]."),
            Example("[Ci sono tre navi nel porto]."),
            Example("[港口有三艘船]。"),
            Example("[В порту три корабля]."),
            Example("A port. [Das Bild zeigt einen Hafen]."),
            Example("[asdf qwer zxcv]"),
        ),
        clean=(
            Example("The Place de la Concorde lies by the river."),
            Example("Ships off Москва and São Paulo."),
            Example("The backscatter coefficient σ0 of bareland."),
        ),
    ),
    Rule(
        name="language.characters",
        severity="error",
        find=_characters,
        faulty=(
            Example("A port[\0] with ships.", "A port with ships."),
            Example("A [\u200b]port.", "A port."),
            Example("A po[\x07]t."),
            Example("The ship[â€™]s wake."),
            Example("A caf[�] by the river."),
            Example("A [\u202e]port.", "A port."),
        ),
        clean=(Example("A café’s façade – naïve."), Example("🚢 A port.\nA quay."), Example("5 µm")),
    ),
    Rule(
        name="language.spelling",
        severity="warning",
        find=_spelling,
        faulty=(
            Example("A [ploygon] shaped field.", "A polygon shaped field."),
            Example("The [termial] is large.", "The terminal is large."),
            Example("Ships lie at the [seewall].", "Ships lie at the seawall."),
            Example("A bridge [acrosse] the river.", "A bridge across the river."),
            Example("A road [inthe] forest.", "A road in the forest."),
            Example("Two [aircrafts] are parked.", "Two aircraft are parked."),
            Example("Trees of [medum] height.", "Trees of medium height."),
            Example("The field is [devided]."),
        ),
        clean=(
            Example("Multilook speckle, backscatter and layover over bareland."),
            Example("A taxiway, an apron, a breakwater, a quay and a viaduct."),
            Example("The harbour's colour and the centre of the neighbourhood."),
            Example("A bermed tank farm, an intermodal railhead and a culverted stream."),
            Example("Workboats beside a footballfield in Maasvlakte."),
            Example("Roads criss-cross the suburbs; it hasn't a bridge."),
        ),
    ),
    Rule(
        name="language.repeated",
        severity="warning",
        find=_repeated,
        faulty=(
            Example("Ships in [the the] port.", "Ships in the port."),
            Example("[A an] airport.", "An airport."),
            Example("A port [with with] ships.", "A port with ships."),
        ),
        clean=(Example("A very very long pier."), Example("Walla Walla lies by the river."), Example("Piers 2 2")),
    ),
    Rule(
        name="language.article",
        severity="warning",
        find=_articles,
        cues=frozenset({"a", "an"}),
        faulty=(
            Example("This is [a airport].", "This is an airport."),
            Example("[An bridge] over a river.", "A bridge over a river."),
        ),
        clean=(
            Example("A one-way road, an hour, a unit, a European port, an SAR image and a SAR image."),
            Example("The objects at point a are ships."),
        ),
    ),
    Rule(
        name="language.broken",
        severity="warning",
        find=_broken,
        faulty=(
            Example("The ships are located in [the]"),
            Example("A port with ships [and]."),
            Example("A river with a bridge [of]"),
            Example("A port with [ships,]"),
        ),
        clean=(
            Example("A port with ships"),
            Example("The lights are on."),
            Example("What is the ship moored to?", answer="A pier"),
            Example("A", question="Which option is right?"),
            Example("Yes, there are", question="Are there ships?"),
        ),
    ),
)
