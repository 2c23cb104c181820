"""A text with another number in it, noun and verb made to agree."""

from __future__ import annotations

import re
from typing import Final

from pipeline.screening.grammar import COPULAS, replace, word_before, words_after, words_before
from pipeline.screening.mentions import Mention
from pipeline.screening.numbers import write_number
from pipeline.screening.rules import Passage
from pipeline.screening.word_lists import closed_list

_OBJECT_AFTER: Final = closed_list("""with of shows show contains contain includes include depicts has have holds""")
_MODALS: Final = closed_list("can could may might will")
_AGREEING: Final = {"is": "are", "was": "were", "has": "have"}
_PLURAL_OF: Final = {**_AGREEING, **{many: many for many in _AGREEING.values()}}
_SINGULAR_OF: Final = {**{many: one for one, many in _AGREEING.items()}, **{one: one for one in _AGREEING}}
_SINGULAR_VERBS: Final = closed_list("lies stands sits rests floats sails moors docks anchors appears waits")
_ANY_SINGULAR: Final = re.compile(rf"\b(?:is|was|has|{'|'.join(sorted(_SINGULAR_VERBS))})\b")
_CLAUSE_END: Final = re.compile(r"[.;:!?,]")
_RELATIVE: Final = re.compile(r"\b(?:is|are|was|were|has|have|which|that|who|and|leave|leaves|lie|lies)\b")


def with_number(passage: Passage, mention: Mention, number: int) -> str | None:
    """The text with the boxes' number, if that is one word's change, or one with noun and verb beside it."""
    text = passage.text
    if mention.start > mention.noun_end and mention.is_plain and passage.is_mendable:
        written = write_number(number, as_digits=mention.is_digits or number == 0)
        return replace(text, mention.start, mention.end, written)
    if number == 0 or not mention.is_plain or not passage.is_mendable:
        return None
    was_plural = not mention.noun.is_singular or mention.lowest != 1
    if text[mention.start : mention.end].lower().endswith(" of"):
        return _without_group(text, mention, number)
    if was_plural == (number != 1) and mention.lowest != 0:
        written = write_number(number, as_digits=mention.is_digits)
        return replace(text, mention.start, mention.end, written)
    return _with_agreement(text, mention, number)


def _without_group(text: str, mention: Mention, number: int) -> str | None:
    """``A pair of ships is moored`` as ``Three ships are moored``; None where a verb may agree further on."""
    verb = next(words_after(text, mention.noun_end), None)
    is_singular = verb is not None and (verb.text in _AGREEING or verb.text in _SINGULAR_VERBS)
    behind = text[verb.end if verb is not None and is_singular else mention.noun_end :]
    if number == 1 or _ANY_SINGULAR.search(_CLAUSE_END.split(behind, maxsplit=1)[0]):
        return None
    tail = text[mention.noun_end :]
    if verb is not None and is_singular:
        plural_verb = _AGREEING.get(verb.text, verb.text[:-1])
        tail = text[mention.noun_end : verb.start] + plural_verb + text[verb.end :]
    written = write_number(number, as_digits=mention.is_digits)
    return _existential(
        replace(text[: mention.noun_end] + tail, mention.start, mention.end, written), mention.start, _PLURAL_OF
    )


def _with_agreement(text: str, mention: Mention, number: int) -> str | None:
    """Between singular and plural the verb changes too; None unless it stands right before or after, or is none."""
    forms = _SINGULAR_OF if number == 1 else _PLURAL_OF
    verb = next(words_after(text, mention.noun_end), None)
    tail = text[mention.noun_end :]
    if verb is not None and verb.text in forms:
        tail = text[mention.noun_end : verb.start] + forms[verb.text] + text[verb.end :]
    elif (verb is None or verb.text not in _MODALS) and not _has_no_verb_after(text, mention):
        return None
    noun = mention.noun.singular if number == 1 else mention.noun.plural
    written = write_number(number, as_digits=mention.is_digits)
    mended = replace(text[: mention.noun_start] + noun + tail, mention.start, mention.end, written)
    return _existential(mended, mention.start, forms)


def _has_no_verb_after(text: str, mention: Mention) -> bool:
    """Whether the mention is no subject (``there are two ships``, ``a port with two``) and nothing agrees later."""
    if _RELATIVE.search(text[mention.noun_end :].partition(".")[0]):
        return False
    before = words_before(text, mention.start)
    return before[-2:] in (["there", "is"], ["there", "are"]) or (before[-1:] != [] and before[-1] in _OBJECT_AFTER)


def _existential(text: str, start: int, forms: dict[str, str]) -> str:
    """``there are`` before the number made to agree."""
    last = word_before(text, start)
    if last not in COPULAS or last not in forms:
        return text
    begin = text[:start].rfind(text[:start].split()[-1])
    return text[:begin] + forms[last] + text[begin + len(last) :]
