"""What models write around a text: refusals, preambles, labels, markup and characters that nobody reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from pipeline.screening.word_lists import closed_list

_FLAGS: Final = re.IGNORECASE | re.VERBOSE


def _any_of(*alternatives: str, begin: str = "", end: str = "") -> re.Pattern[str]:
    return re.compile(f"{begin}(?:{'|'.join(alternatives)}){end}", re.IGNORECASE)


_SUBJECT: Final = r"(?:image|picture|photo|photograph|scene|file|attachment|content|request)s?"
_DO: Final = r"(?:view|see|access|open|process|display|analy[sz]e|interpret|examine)"
_BEGIN: Final = r"(?:\A|(?<=[.!?:,] ))"
"""What ships cannot do is said after them, what a model cannot at the beginning."""
_REFUSAL: Final = _any_of(
    r"(?:i['’]?m|i am|we['’]re|we are) (?:very |so |truly |really )?(?:sorry|afraid|unable|not able|"
    r"not sure)\b",
    r"(?:my |i )?apologi[sz]e(?=\s*,?\s+(?:but|for|that))",
    r"(?:my )?apologies\b",
    r"sorry,? (?:but )?(?:i|we|there|the|this|no)\b",
    r"i (?:can['’]?t|can ?not|could(?:n['’]t| not)|do(?:n['’]t| not) (?:have|know|see)|won['’]t|will not|"
    r"am not|have no (?:access|information|way))\b",
    r"(?:as|being|i['’]m|i am) (?:an? |only an? |just an? )?(?:ai|artificial intelligence|"
    r"(?:large )?language model|text-based|multimodal)\b"
    r"(?:[ -](?:language|text|vision|model|assistant|chatbot|system|based|powered))*",
    rf"no {_SUBJECT} (?:was|were|is|has been) (?:provided|attached|uploaded|given|supplied)",
    rf"{_BEGIN}(?:unable|not able) to (?:{_DO}|determine|answer|provide|identify|describe|assist|help|tell|comply|"
    rf"generate)\b",
    r"please (?:provide|upload|share|attach|supply|send|give|re-?upload|clarify)\b",
    rf"{_BEGIN}(?:cannot|can['’]?t|can not|could not|couldn['’]t) (?:{_DO}|be answered|determine|answer|provide|"
    rf"identify|describe|assist|help|tell|comply|generate)\b",
    r"(?:it is|it['’]s) (?:not possible|impossible) (?:for me )?to (?:determine|tell|say|"
    r"answer|identify|see|know|discern|ascertain|provide|assess)\b",
    r"(?:not|in|without) ?(?:enough|sufficient|adequate)? ?(?:insufficient|enough|sufficient|further|"
    r"more) (?:information|context|detail|details|data)\b",
    r"(?:is|are|was|were) not (?:specified|provided|determinable|discernible from|possible to (?:determine|"
    r"tell))",
    r"against my (?:guidelines|policy|programming)",
    r"content policy",
    r"knowledge cutoff",
    begin=r"(?<!\w)",
)
REFUSAL_CUES: Final = closed_list(
    """able ai answer apologies apologise apologize applicable artificial attached available can cannot cant clear
    could couldn cutoff determinable difficult discernible enough error further given guidelines hard i idk
    impossible indeterminate insufficient language more multimodal n na nan nil none null please policy possible
    programming provided sorry specified sufficient supplied tba tbd text unable unanswerable uncertain unclear
    undefined undetermined unknown unspecified uploaded we without"""
)
_OPEN: Final = _any_of(
    r"(?:cannot|can ?not|can['’]?t|could not|couldn['’]t) be (?:determined|inferred|ascertained|identified|"
    r"confirmed|assessed|known)",
    begin=r"(?<!\w)",
    end=r"(?!\w)",
)
_SHORT: Final = 90
"""A text so short that leaves the matter open says nothing else."""
_NO_ANSWER: Final = re.compile(
    r"\s*(?:n/?a|null|nil|undefined|nan|tbd|tba|unknown|unanswerable|not\ applicable|not\ available|no\ answer|error"
    r"|none\ provided|unspecified|undetermined|indeterminate|\?+|idk)\s*[.!]?\s*",
    _FLAGS,
)

_THING: Final = (
    r"(?:caption|description|answer|question|summary|text|response|translation|output|title|sentence|paragraph|version"
    r"|revision|rewrite|result|analysis|json|list|q&a|qa|pair)s?"
)
_PREAMBLE: Final = _any_of(
    r"(?:sure(?: thing)?|certainly|of course|absolutely|okay|ok|alright|great|understood|no problem|got it|"
    r"definitely|gladly|great question|with pleasure|happy to help)(?:\s*[!,.:]+|\s+[—–-]+(?=\s))\s*",
    rf"(?:here|below|the following)(?:['’]s| is| are| you go|"
    rf" you are)?\b[^.:!\n]{{0,60}}?\b{_THING}\b[^.:!\n]{{0,60}}[:.!\n]\s*",
    r"here(?:['’]s| is| you go)\s*:\s*",
    r"i(?:['’]ll| will| would|['’]d) (?:describe|provide|be happy|generate|write|love|"
    r"analy[sz]e)\b[^.:!\n]{0,80}[:.!\n]?\s*",
    r"let(?:['’]s| me) (?:describe|analy[sz]e|look|take|break|think|examine|see)\b[^.:!\n]{0,80}[:.!\n]?\s*",
    rf"(?:the |my |a |possible |suggested |final )?(?:(?:concise|complex|short|long|detailed|brief|image|sar|"
    rf"simple|revised|final|suggested|generated|one-sentence) )*{_THING}(?: (?:for|of) (?:the|"
    rf'this) {_SUBJECT})? ?\d{{0,2}}\s*(?::| (?:is|reads|would be|could be)(?: as follows)?(?:\s*:|(?=\s+["“])|'
    rf",))\s*",
    r"(?:the|my) (?:correct |final |right )?(?:answer|caption|response) (?:is|would be) (?=\w)",
    r"(?:q|a|question|answer|caption|human|assistant|user|system|model|ai|bot|gpt|note|nb|n\.b\.|disclaimer|"
    r"label) ?\d{0,2}\s*[:：]\s*",
    r"(?:concise_caption|complex_caption|question_type|land_cover)\s*[:=]\s*",
    r"(?:\d{1,2}[.)]|[(]?[a-e][).])\s+(?=[A-Za-z])",
    r"(?:a|b|c|d|e) ?[:.)] (?=\w)",
    begin=r"\s*(?:",
    end=")+",
)
_PREAMBLE_WITHIN: Final = 200
_PREAMBLE_CUES: Final = closed_list(
    """sure certainly course absolutely okay ok alright great understood problem got definitely gladly pleasure
    happy here below following let i caption captions description descriptions answer answers question questions
    summary summaries text texts response responses translation output outputs title sentence paragraph version
    revision rewrite result analysis json list qa pair concise_caption complex_caption question_type land_cover"""
)
_NUMBERED: Final = re.compile(r"\s*[(]?\w{1,2}[.)]")
"""One of these there is, or a colon, where the text does not begin with itself."""
_SAID: Final = _any_of(
    r"(?:i )?hope (?:this|that) helps?",
    r"let me know",
    r"feel free to",
    r"as (?:you )?requested",
    r"as per your",
    r"would you like me",
    r"if you (?:need|have|want|would like)",
    r"happy to (?:help|assist)",
    r"i (?:see|think|believe|can see|would say|can observe|notice|observe|assume|suggest)",
    r"lorem ipsum",
    r"word count",
    r"(?:please )?note that",
    r"(?:please|kindly) note",
    r"note ?:",
    r"disclaimer ?:",
    r"explanation ?:",
    r"rationale ?:",
    r"reasoning ?:",
    r"confidence ?:",
    r"answer ?:",
    r"question ?:",
    r"caption ?:",
    rf"based on the (?:provided|given|supplied|uploaded|attached) (?:{_SUBJECT}|\w+ {_SUBJECT}|information)",
    rf"from the (?:provided|uploaded|attached) {_SUBJECT}",
    rf"(?:the|this|your) (?:provided|uploaded|attached) (?:\w+ )?{_SUBJECT}",
    r"in (?:conclusion|summary),",
    begin=r"(?<!\w)",
    end=r"(?!\w)",
)
_PLACES: Final = _any_of(
    r"[(]\d+ words[)]",
    r"\[(?:insert|your|image|placeholder|object|number|location|color|colour|name|city|x|n|todo|describe|"
    r"add)\b[^\]\n]{0,60}\]",
    r"<\|?/?(?:image|img|s|im_start|im_end|endoftext|pad|bos|eos|unk|start|end|assistant|user|system|think|"
    r"answer|caption)\b[^<>\n]{0,40}>",
    r"\[/?(?:inst|sys|img|image|cls|sep|pad|mask)\]",
    r"<<?/?sys>>?",
    r"\{\{?[a-z_]{1,30}\}\}?",
    r"image_url",
    r"\bto_be_filled\b",
)
TALK_CUES: Final = closed_list(
    """answer attached based caption conclusion confidence disclaimer explanation free given help helps i kindly know
    lorem me note provided question rationale reasoning requested summary supplied uploaded word words you your"""
)
"""One of these is in all that a model says, or a bracket is."""
_BRACKETS: Final = re.compile(r"[<\[{(]")
_MARKUP: Final = re.compile(
    r"""(?:\*{2,}|(?<![\w*])\*(?=[^\s*])|(?<=[^\s*])\*(?![\w*])|(?<!\w)__(?=\w)|(?<=\w)__(?!\w)|`+|~~~+
    |(?:(?<=\n)|\A)[ \t]*\#{1,6}[ ]+|(?:(?<=\n)|\A)[ \t]*(?:[-*•‣▪◦+–]|\d{1,2}[.)])[ \t]+(?=\S)|(?:(?<=\n)|\A)[ \t]*>[ ]
    |(?:(?<=\n)|\A)-{3,}|</?[a-z][a-z0-9]{0,15}(?:\s[^<>\n]{0,80})?/?>|&(?:[a-z]{2,8}|\#x?[0-9a-f]{1,6});
    |\\+(?:n|t|r|"|u[0-9a-f]{4}|x[0-9a-f]{2}|times|approx|text|frac|circ)|\$[^$\n]{1,40}\$
    |\]\((?:https?|www)[^)\n]{0,200}\)|https?://\S{1,300}|\\[\[\]()]
    |(?<=[\w."}])"[ ]?:[ ]?(?=["\[{\w])|"?\A\s*[{\[]\s*[{"]|["\]}]\s*[}\]]\s*\Z|\|[ ]?-{2,}|(?:(?<=\n)|\A)\|[ ])""",
    _FLAGS,
)
_QUOTED: Final = re.compile(r"""\s*(["“„«'‘])([^"“”„«»\n]+)(["”“»'’])\s*""")
_MARKS: Final = re.compile(r"""[*_`~#<>&\\$|{}\[\]"“„«•‣▪◦\n]|https?:""")
_MARKS_BEFORE: Final = frozenset("'‘-+–0123456789")
"""Without one of these there is no markup; of the second sort, only at the beginning."""

_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e007f]+"
)
_MOJIBAKE: Final = re.compile(
    "(?:â(?:€[™œ\x9d“”˜¦¢\x93\x94\x99]?|[\x80-\x9f]{1,2}|‚¬)|Ã[\x80-\xbf©¨¢¤¶¼±ƒ‚„…†‡ˆ‰Š‹Œ]|Â[\xa0-\xbf]|ï»¿|ðŸ)+|�+|\\?{3,}(?=\\w)"
)
_JOINED: Final = re.compile("[\u0600-\u06ff\u0900-\u0dff\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")
"""Scripts and signs in which an invisible joiner has its place."""
_JOINERS: Final = frozenset("\u200c\u200d\u200e\u200f")


class Span(NamedTuple):
    """A half-open span in code points."""

    start: int
    end: int


def refusals(text: str) -> Iterator[Span]:
    """Where a model says that it will not or cannot answer."""
    for found in _REFUSAL.finditer(text):
        yield Span(*found.span())
    if len(text) <= _SHORT:
        for found in _OPEN.finditer(text):
            yield Span(*found.span())


def is_no_answer(text: str) -> bool:
    """Whether the whole text stands for a missing answer: ``N/A``, ``null``, ``unknown``."""
    return len(text) < 40 and _NO_ANSWER.fullmatch(text) is not None


def preamble(text: str, words: frozenset[str]) -> Span | None:
    """What a model says before the text itself: ``Sure! Here is a caption:``; ``words`` are those of the text."""
    begin = text[:_PREAMBLE_WITHIN]
    if words.isdisjoint(_PREAMBLE_CUES) and ":" not in begin and "：" not in begin and _NUMBERED.match(text) is None:
        return None
    found = _PREAMBLE.match(text)
    return Span(len(found[0]) - len(found[0].lstrip()), len(found[0].rstrip())) if found and found[0].strip() else None


def talk(text: str, words: frozenset[str]) -> Iterator[Span]:
    """What a model says to who asked it, and places that were to be filled in; ``words`` are those of the text."""
    if words.isdisjoint(TALK_CUES) and _BRACKETS.search(text) is None:
        return
    for pattern in (_SAID, _PLACES):
        for found in pattern.finditer(text):
            yield Span(*found.span())


def markup(text: str) -> Iterator[Span]:
    """Markdown, HTML and what is left of JSON."""
    if _MARKS.search(text) is None and text.lstrip()[:1] not in _MARKS_BEFORE:
        return
    for found in _MARKUP.finditer(text):
        start = found.start() + len(found[0]) - len(found[0].lstrip())
        if found[0].strip():
            yield Span(start, start + len(found[0].strip()))


def surrounding_quotes(text: str) -> Span | None:
    """The text within quotation marks that surround the whole of it."""
    found = _QUOTED.fullmatch(text)
    if found is None or (found[1] in "'‘" and re.search(r"['’](?!\w)|(?<!\w)['‘]", found[2])):
        return None
    return Span(*found.span(2))


def broken_characters(text: str) -> Iterator[Span]:
    """Characters that show nothing or stand for others that were lost."""
    if text.isascii() and text.isprintable():
        return
    for found in _INVISIBLE.finditer(text):
        if not (_JOINERS.issuperset(found[0]) and _is_joining(text, found)):
            yield Span(*found.span())
    for found in _MOJIBAKE.finditer(text):
        yield Span(*found.span())


def _is_joining(text: str, found: re.Match[str]) -> bool:
    return bool(_JOINED.match(text[found.start() - 1 : found.start()]) or _JOINED.match(text[found.end() :][:1]))
