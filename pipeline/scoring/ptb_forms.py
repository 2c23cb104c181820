"""The forms of token that COCO's tokenizer knows: words, numbers, addresses, abbreviations, quotes, faces and signs.

COCO cuts captions with the tokenizer of Stanford's CoreNLP 3.4.1 (a Java program). These are its rules as they show in
its answers, put down anew. At each place of a text the form that reaches farthest is the token's, of equally far ones
the first in the order below; what a form only looks ahead at counts for how far it reaches.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from pipeline.scoring.ptb_characters import DIGITS, LETTERS, MARKS, SIGNS

SOFT_HYPHEN: Final = "\u00ad"


@dataclass(frozen=True, slots=True)
class Form:
    """One form of token."""

    first: re.Pattern[str]
    """The characters that it can begin with, some of them in vain."""
    pattern: re.Pattern[str]
    """Its first group is the token; the rest is only looked at."""
    spelt: Callable[[str], str]
    """The token as it is put out, but for its case."""


def _whole(token: str) -> str:
    # A token never has a blank in it: those of "1 1/2" become no-break spaces, at which BLEU parts it again.
    return token.replace(" ", "\u00a0")


def _joined(token: str) -> str:
    return _whole(token.replace(SOFT_HYPHEN, "") or "-")


def _bracketed(token: str) -> str:
    return _whole(token).replace("(", "-lrb-").replace(")", "-rrb-")


def _with_ampersand(token: str) -> str:
    return re.sub("&amp;", "&", token, flags=re.IGNORECASE)


def _as(spelling: str) -> Callable[[str], str]:
    return lambda _: spelling


def _by(spellings: Mapping[str, str]) -> Callable[[str], str]:
    return lambda token: "".join(spellings.get(character, character) for character in token)


def _but(spellings: Mapping[str, str]) -> Callable[[str], str]:
    return lambda token: spellings.get(token, token)


BLANKS: Final = " \\t\u00a0\u2000-\u200a\u3000"
_GAP: Final = f"[{BLANKS}\\n\x85]"
_LETTER: Final = f"[{LETTERS}]"
_DIGIT: Final = f"[{DIGITS}]"
_WITH_ACCENT: Final = "&(?i:[aeiou](?:acute|grave|uml));"
_FIRST: Final = f"(?:[{LETTERS}{MARKS}{SOFT_HYPHEN}]|{_WITH_ACCENT})"
_NEXT: Final = f"(?:[{LETTERS}{MARKS}{DIGITS}{SOFT_HYPHEN}]++|{_WITH_ACCENT})"
_AND: Final = "(?:&|&(?i:amp);)"

# What only a distant character tells is looked for no farther than this: else a text without blanks takes hours.
_FAR: Final = "{0,300}"
_UP_TO: Final = "{1,300}"
_NAME: Final = "[A-Za-z][A-Za-z0-9_:.-]*"
_TAG: Final = (
    rf"<(?:[!?][A-Za-z-][^>\n]{_FAR}|/{_NAME}|"
    rf"""{_NAME}(?:[ ]+{_NAME}(?:[ ]*=[ ]*(?:'[^'\n]{_FAR}'|"[^"\n]{_FAR}"))?){{0,50}}[ ]{_FAR}/?)[ ]{_FAR}>"""
)

# Apostrophes: after these a word may be shortened; the wider class stands within names and in "n't".
_APOSTROPHE: Final = "(?:['\x92\u2019]|&(?i:apos);)"
_ANY_QUOTE: Final = "(?:['`\x91\x92\u2018\u2019\u201b]|&(?i:apos);)"
_SUFFIX: Final = f"{_APOSTROPHE}(?i:[msd]|re|ve|ll)"
_NOT: Final = f"[nN]{_ANY_QUOTE}[tT]"
_STRAIGHT: Final = {"\x92": "'", "\u2019": "'", "\x91": "`", "\u2018": "`", "\u201b": "`"}

_WORD: Final = f"{_FIRST}{_NEXT}*+(?:[.!?]{_FIRST}{_NEXT}*+)*"
_PART: Final = f"(?:[dDoOlL]{_ANY_QUOTE}[{LETTERS}{DIGITS}])?[{LETTERS}{DIGITS}]+"
_LINKED: Final = f"{_PART}(?:[_\u058a\u2010\u2011-]{_PART})*"
_HYPHENED: Final = (
    rf"[A-Za-z0-9][A-Za-z0-9.,{SOFT_HYPHEN}]{_FAR}(?:-(?:(?:[A-Za-z]\.){{2,}}|[A-Za-z0-9{SOFT_HYPHEN}]+))+"
)
_JOINED: Final = rf"[A-Z]+(?:(?:\+|{_AND})[A-Z]+)+"
_SLASHED: Final = r"[A-Za-z0-9]+(?:-[A-Za-z]+){0,2}(?:\\?/[A-Za-z0-9]+(?:-[A-Za-z]+){0,2}){1,2}"
_NUMBER: Final = f"[-+]?(?:{_DIGIT}*(?:[.:,{SOFT_HYPHEN}\u066b\u066c]{_DIGIT}+)+|{_DIGIT}+)"

# A capital with a dot ("sector A.") is an initial, unless one of these words follows, at which a sentence begins.
_STARTERS: Final = (
    "a about according additionally after an as at but earlier he her here however if in it last many more now once "
    "one other our she since so some such that the their then there these they this we what when while yet you"
)
_OPENING: Final = "|".join(f"{word[0].upper()}(?i:{word[1:]})" for word in (*_STARTERS.split(), "mr\\.", "ms\\."))
_SHORTENED: Final = (
    "ph\\.d ed\\.d al ala apr ariz assn aug bancorp bhd bldg blvd bros calif colo conn corp cos? ct dak dec esq est "
    "etc ext feb fla fri ga inc ind intl jan jr jul jun kans? ky ltd mar md mich minn mo mon mont neb nev nov oct "
    "okla penn plc rd rt sep sept seq sq sr sys tel tenn thu thurs tues? univ va vt wed wis wisc wyo"
)
_CAPITALISED: Final = "A(?i:rk|z)|D(?i:el)|I(?i:ll)|L(?i:a)|M(?i:ass|iss)|O(?i:re)|P(?i:a)|T(?i:ex)|W(?i:ash)"
_TITLES: Final = (
    "adj adm adv alex assoc asst attys? ave brig capt cf cie cmdr col comdr cpl dept det drs? elec ens ft gen govs? "
    "hon insp invt jos lieut lt maj messrs mlle mme mrs? ms msgr mt natl pfc ph pres profs? pvt reps? rev sens? sfc "
    "sgt spc st ste supts? treas vs wm"
)
_CAN_END: Final = rf"(?:(?i:{_SHORTENED.replace(' ', '|')})|{_CAPITALISED}|[Pp]{{1,2}}[Tt][ey][Ss]?)\."
_GOES_BEFORE: Final = rf"(?:(?i:{_TITLES.replace(' ', '|')})|[Mm][ft][Gg])\."
_NATIONS: Final = r"(?i:canada|sino|korean|eu|japan|non)-[uU]\.[sS]|[uU]\.[sS]\.-[uU]\.(?:[kK]|[sS]\.[sS]\.[rR])"
_EXTENSION: Final = (
    "(?i:bat|bmp|c|class|cgi|cpp|dll|docx?|exe|gif|gz|h|html?|jar|java|jpe?g|mov|mp3|pdf|php|pl|png|ppt|ps|py|sql|tar|"
    "txt|wav|x|xml|zip)"
)

# Where addresses end is told by what they may not have in them.
_TO: Final = r'[^ \t\n\f"<>|.!?(){},-]'
_PATH: Final = rf'/[^ \t\n\f"<>|()]+{_TO}'
_WWW: Final = rf'(?i:www)\.(?:[^ \t\n\f"<>|.!?(){{}},]{_UP_TO}\.){{1,50}}'
# From the comma to the low line of ASCII: no digits, no capitals.
_SITE: Final = rf"""(?:[^ \t\n\f"`'<>|!?(){{}},-_$]{_UP_TO}\.){{1,50}}(?i:com|net|org|edu)"""
_MAIL: Final = (
    rf'(?:<|&(?i:lt);)?[a-zA-Z0-9][^ \t\n\f"<>|(){{}}\u00a0]{_FAR}@'
    r'(?:[^ \t\n\f"<>|(){}.\u00a0]+\.)*[^ \t\n\f"<>|(){}.\u00a0]+>?'
)
_TELEPHONE: Final = (
    "(?:\\([0-9]{2,3}\\)[ \u00a0]?|(?:\\+\\+?)?(?:[0-9]{2,4}[- \u00a0])?[0-9]{2,4}[- \u00a0])"
    "[0-9]{3,4}[- \u00a0]?[0-9]{3,5}|(?:(?:\\+\\+?)?[0-9]{2,4}\\.)?[0-9]{2,4}\\.[0-9]{3,4}\\.[0-9]{3,5}"
)

_FACE: Final = r"[<>]?[:;=][-o*']?[()DPdpO\\{@|\[\]]"
_EYES: Final = "\\^x=~<>'"
_EASTERN_FACE: Final = rf"[-{_EYES}]_[-{_EYES}]|\([-{_EYES}][_.]?[-{_EYES}]\)|\([{_EYES}]-[{_EYES}]\)"

_QUOTES: Final = {
    **dict.fromkeys("`\x91\u2018\u201b\u2039", "`"),
    **dict.fromkeys("'\x92\u2019\u203a", "'"),
    **dict.fromkeys("\x93\u201c\u00ab", "``"),
    **dict.fromkeys("\x94\u201d\u00bb", "''"),
}
_FRACTIONS: Final = {"\u00bc": "1/4", "\u00bd": "1/2", "\u00be": "3/4", "\u2153": "1/3", "\u2154": "2/3"}
_BRACKETS: Final = {"(": "-lrb-", ")": "-rrb-", "[": "-lsb-", "]": "-rsb-", "{": "-lcb-", "}": "-rcb-"}
_MONEY: Final = {"\u00a2": "cents", "\u00a3": "#", **dict.fromkeys("\x80\u00a4\u20a0\u20ac", "$")}


# What a form can begin with: only a quick way to pass over forms. An entity is a letter, an ampersand or an apostrophe.
_ASCII: Final = "A-Za-z"
_ALPHA: Final = f"{LETTERS}{MARKS}{SOFT_HYPHEN}&"
_ALNUM: Final = f"{LETTERS}{DIGITS}"
_TICK: Final = "'\x92\u2019&"
_ANY: Final = "\\s\\S"

_Rule = tuple[str, str, str, Callable[[str], str]]
"""The inside of a class of first characters, the token, what must follow it, and how it is spelt."""


def _words() -> Iterator[_Rule]:
    yield _ASCII, "(?i:can)", "(?i:not)", _whole
    yield _ASCII, "(?i:gon|wan)", "(?i:na)", _whole
    yield _ASCII, "(?i:got)", "(?i:ta)", _whole
    yield _ASCII, "(?i:lem|gim)", "(?i:me)", _whole
    yield "'", "'[tT]", "(?i:is|was)", _whole
    yield "<", _TAG, "", _whole
    yield "&\x96\x97\u2013-\u2015", "&(?i:md|mdash|ndash);|[\x96\x97\u2013-\u2015]", "", _as("--")
    yield "&", "&(?i:amp);", "", _as("&")
    yield "&", "&(?i:nbsp);", "", _as("")
    yield _ALPHA, _WORD, _SUFFIX, _joined
    yield f"{_ASCII}{SOFT_HYPHEN}", f"[A-Za-z{SOFT_HYPHEN}]*[A-MO-Za-mo-z]{SOFT_HYPHEN}*", _NOT, _joined
    yield _ALPHA, _WORD, "", _joined
    yield _ASCII, f"(?i:[ldj]|dunkin|somethin|ol){_APOSTROPHE}|[oO]{_ANY_QUOTE}[oO]", "", _whole
    yield _ASCII, "(?i:cont'd\\.?|nor'easter|c'mon|e'er|s'mores|ev'ry|li'l|nat'l)", "", _whole
    yield _TICK, f"{_APOSTROPHE}(?i:n{_APOSTROPHE}?|em|[2-9]0s|till?|cause)", "", _whole
    yield LETTERS, f"{_LETTER}+[aeiouyAEIOUY]{_ANY_QUOTE}[aeiouA-Z]{_LETTER}*", "", _whole
    yield LETTERS, f"[A-HJ-XZn]{_ANY_QUOTE}{_LETTER}{{2,}}", "", _whole
    yield _ASCII, f"[yY]{_APOSTROPHE}", _LETTER, _whole


def _addresses() -> Iterator[_Rule]:
    yield _ASCII, rf'(?i:https?)://[^ \t\n\f"<>|(){{}}]+{_TO}', "", _whole
    # A path may stand among the dots as well: the first place that it can begin at reaches farthest.
    yield "wW", f"{_WWW}?[a-zA-Z]{{2,4}}{_PATH}", "", _whole
    yield "wW", f"{_WWW}[a-zA-Z]{{2,4}}", "", _whole
    yield _ANY, f"{_SITE}(?:{_PATH})?", "", _whole
    yield f"{_ASCII}0-9<&", _MAIL, "", _whole
    yield "@#", f"@[a-zA-Z_][a-zA-Z_0-9]*|#{_FIRST}+", "", _whole


def _suffixes_and_numbers() -> Iterator[_Rule]:
    straight = _by(_STRAIGHT)
    suffix = f"{_SUFFIX}|{_NOT}"
    yield f"{_TICK}nN", suffix, "[^A-Za-z]", lambda token: straight(token.replace("&apos;", "'"))
    yield "'", "'", "[A-Za-z][^ \\t\\n\u00a0]", _as("`")
    yield f"{_TICK}nN", suffix, "", lambda token: straight(token.replace("&apos;", "'"))
    yield DIGITS, f"{_DIGIT}{{1,2}}[-/]{_DIGIT}{{1,2}}[-/]{_DIGIT}{{2,4}}", "", _whole
    yield f"{DIGITS}+.:,{SOFT_HYPHEN}\u066b\u066c-", _NUMBER, "", lambda token: token.replace(SOFT_HYPHEN, "")
    raised = "\u2070\u00b9\u00b2\u00b3\u2074-\u2079"
    yield f"{raised}\u207a-\u208b", f"[\u207a\u207b\u208a\u208b]?(?:[{raised}]+|[\u2080-\u2089]+)", "", _whole
    yield DIGITS, f"(?:{_DIGIT}{{1,4}}[- \u00a0])?{_DIGIT}{{1,4}}(?:\\\\?/|\u2044){_DIGIT}{{1,4}}", "", _whole
    yield "\u00bc-\u215e", "[\u00bc-\u00be\u2153-\u215e]", "", _by(_FRACTIONS)


def _compounds() -> Iterator[_Rule]:
    # Two characters more, whatever they are, so that "Jan.x" is cut and "Jan.xyz" is not.
    yield _ASCII, _CAN_END, "(?:[\\s\\S]{2})?", _whole
    yield _ALNUM, _LINKED, "", _joined
    # A full stop before a comma belongs to an abbreviation, whatever the word is.
    yield f"{_ALPHA}{DIGITS}", f"(?:{_HYPHENED}|{_WORD}|{_LINKED}|{_JOINED})\\.", "[,;:\u3001]", _joined
    special = f"pro-|anti-|c\\.d\\.s|s{_AND}p-500|s{_AND}ls|cap{_APOSTROPHE}n|c{_APOSTROPHE}est|-[lr][rcs]b-"
    yield f"{_ASCII}-", f"(?i:{special})", "", _with_ampersand
    yield _ASCII, _JOINED, "", _with_ampersand
    yield f"{_ASCII}0-9", _SLASHED, "", _whole
    yield f"{_ASCII}0-9", _HYPHENED, "", _joined
    yield _ASCII, "[cC]\\+\\+|[cCfF]#", "", _whole


def _abbreviations() -> Iterator[_Rule]:
    yield _ASCII, _GOES_BEFORE, "", _whole
    yield _ASCII, "(?i:pt[ey]s?)\\.", f"[{BLANKS}](?i:ltd)", _whole
    yield _ASCII, "[A-Za-z]", f"\\.{_GAP}+(?:{_OPENING}|{_TAG}){_GAP}", _whole
    yield _ASCII, "[A-Za-z]\\.", "", _whole
    yield _ASCII, f"(?:[A-Za-z](?:\\.[A-Za-z])+|{_NATIONS})\\.?", "", _whole
    yield _ASCII, "(?i:figs?|prop|nos?|art|op|pp|ca)\\.", f"{_GAP}?{_DIGIT}", _whole
    yield f"{_ALPHA}{DIGITS}", f"{_NEXT}++(?:\\.{_NEXT}++){{0,50}}\\.{_EXTENSION}", f"(?:{_GAP}|[.?!,])", _whole


def _signs() -> Iterator[_Rule]:
    yield "<>:;=", _FACE, "[^A-Za-z0-9]", _bracketed
    yield f"{_EYES}(-", _EASTERN_FACE, "", _bracketed
    yield "A-Z$", "[A-Z]*\\$", "", _whole
    yield _ANY, "[\x80\u00a2-\u00a5\u20a0\u20a4\u20ac\u060b\u0e3f\uffe0\uffe1\uffe5\uffe6]", "", _by(_MONEY)
    yield "0-9(+", _TELEPHONE, "", _bracketed
    yield '"&', '"|&(?i:quot);', "", _but({'"': "''", "&quot;": "''"})
    yield "&", "&#[0-9]+;|&(?i:ht|tl|ur|lr|qc|ql|qr|odq|cdq);", "", _whole
    yield _TICK, f"{_APOSTROPHE}[0-9][0-9]", _GAP, _whole
    yield _TICK, _APOSTROPHE, "", _but({"&apos;": "'", **_STRAIGHT})
    yield _ANY, "[`\x91-\x94\u2018-\u201f\u00ab\u00bb\u2039\u203a]{1,2}", "", _by(_QUOTES)
    yield "'<>", "''|<<|>>", "", _whole
    yield "<&", "<|&(?i:lt);", "", _as("<")
    yield ">&", ">|&(?i:gt);", "", _as(">")
    yield "][(){}", "[][(){}]", "", _by(_BRACKETS)
    yield "-", "-{3,4}", "", _as("--")
    yield ".\x85\u2026", "\\.{3,5}|(?:\\.[ \u00a0]){2,4}\\.|[\x85\u2026]", "", _as("...")
    yield "!-/:-@[-~", "-+|@+|#+|_+|\\*+|(?:\\\\\\*){1,3}|[?!]+|[.,;:=/+|~^%&\\\\]", "", _whole
    yield "\u0080-\uffff", f"[{SIGNS}\u2044]", "", _whole


def _forms() -> Iterator[Form]:
    for group in (_words, _addresses, _suffixes_and_numbers, _compounds, _abbreviations, _signs):
        for first, token, ahead, spelt in group():
            yield Form(re.compile(f"[{first}]"), re.compile(f"({token}){ahead}"), spelt)


_FORMS: Final = tuple(_forms())
"""In the order in which they win where they reach equally far."""


@cache
def forms_from(character: str) -> tuple[Form, ...]:
    """The forms that a token beginning with this character can have; of equally far-reaching ones the first wins."""
    return tuple(form for form in _FORMS if form.first.match(character))
