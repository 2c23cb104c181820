"""Words for quantities without a number, guesses and estimates, as patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.screening.rules import Passage
from pipeline.screening.word_lists import closed_list

_SIZE: Final = (
    "(?:(?:very |quite |rather |fairly )?(?:large|small|great|huge|vast|good|certain|significant|considerable|limited"
    "|substantial|sizable|sizeable|high|low|tiny|moderate|decent|fair|unknown|unspecified) )?"
)


def _any_of(*alternatives: str) -> re.Pattern[str]:
    """Any of them as whole words, not within a compound such as ``many-sided``; a space stands for any white space."""
    spaced = "|".join(alternatives).replace(" ", r"[ \t\n]+")
    return re.compile(rf"(?<![\w-])(?:{spaced})(?![\w-])", re.IGNORECASE)


def matches(pattern: re.Pattern[str], first: frozenset[str], passage: Passage) -> Iterator[re.Match[str]]:
    """What ``pattern`` finds in a passage, tried only where a word of ``first`` stands."""
    end = 0
    for token in passage.tokens:
        if token.text in first and token.start >= end:
            found = pattern.match(passage.text, token.start)
            if found is not None:
                yield found
                end = found.end()


QUANTITY: Final = _any_of(
    "several",
    "(?:quite |only |just )?a few",
    "few",
    "(?:a great |a good |very |so |too )?many",
    "some(?! (?:kind|sort|type|form|other kind)s? of)(?! [0-9])",
    "numerous",
    "various",
    "multiple",
    "(?:a )?multitudes? of",
    "countless",
    "innumerable",
    "a myriad(?: of)?",
    "myriads of",
    "(?:a )?(?:whole )?host of",
    f"(?:an? )?{_SIZE}numbers? of",
    "a couple of",
    "(?:(?:a )?(?:whole )?(?:lots|bunch|handful)|a (?:whole )?lot) of",
    "loads of",
    "a certain (?:degree|distance|density|extent|order|width|length|height|regularity)(?: of)?",
    "a (?:whole )?lot(?= (?:more|fewer|less|larger|smaller)(?!\\w))",
    "plenty(?: of)?",
    "an? (?:wide |large |great |broad |rich |diverse )?(?:variety|assortment|diversity) of",
    "a (?:wide|broad|large|whole|diverse) (?:range|selection|spectrum) of",
    "(?:many |several |some )?(?:dozens|tens|scores|hundreds|thousands|millions)(?: and (?:dozens|"
    "hundreds|thousands))?(?: of)?",
    "a (?:great|good) deal of",
    f"an? {_SIZE}amounts? of",
    f"{_SIZE.rstrip('?')}amounts of",
    f"an? {_SIZE.rstrip('?')}quantity of",
    f"{_SIZE.rstrip('?')}quantities of",
    "quantities of",
    "a (?:little )?bit of",
    "more than a few",
    "not (?:too )?many",
)
QUANTITY_CUES: Final = closed_list(
    """several few many some numerous various multiple multitude multitudes countless innumerable myriad myriads host
    number numbers couple lot lots bunch handful loads plenty variety assortment diversity range selection spectrum
    dozens tens scores hundreds thousands millions deal amount amounts quantity quantities bit certain"""
)
QUANTITY_FIRST: Final = closed_list(
    """several quite only just a an few very so too great many some numerous various multiple multitude multitudes
    countless innumerable myriads whole host rather fairly large small huge vast good certain significant
    considerable limited substantial sizable sizeable high low tiny moderate decent fair unknown unspecified
    number numbers lots bunch handful loads plenty variety assortment diversity dozens tens scores hundreds
    thousands millions amounts quantity quantities more not"""
)
"""One of these begins each of them; that is looked at first, since a pattern of so many branches is slow to search."""

_IS: Final = "(?:is|are|was|were|has been|have been|can be|could be|may be|might be|being|been)"
HEDGE: Final = _any_of(
    "possibly",
    "quite possibly",
    "(?:very |most |quite |highly )?(?:probably|likely)",
    "perhaps",
    "maybe",
    "presumably",
    "apparently",
    "seemingly",
    "supposedly",
    "potentially",
    "conceivably",
    "arguably",
    "ostensibly",
    "reportedly",
    "allegedly",
    "unlikely",
    "(?:in all|with high) (?:likelihood|probability)",
    "might(?: have| well)?",
    "may(?: or may not| have| well)?",
    "seem(?:s|ed|ing)?(?: to be| to have| to| like| as if| as though| that)?",
    "appear(?:s|ed|ing)? (?:to(?: be| have)?|like|as if|as though|that|likely)",
    "look(?:s|ed)? (?:as if|as though|to be)",
    "(?:what|this|that|it|which|object|structure|something) looks? like",
    "what (?:seems|appears|looks)(?: to be| like)?",
    "could(?: well| also| possibly| potentially)? (?:be(?! (?:seen|found|observed|made out|distinguished|"
    "recogni[sz]ed"
    "|discerned|spotted|counted|viewed|detected))|have been|represent|indicate|correspond|include|"
    "contain|suggest|mean)",
    "should be(?= (?:an?|some)(?!\\w))",
    "(?:it )?"
    + _IS
    + " (?:speculated|suspected|presumed|assumed|believed|surmised|conjectured|inferred|guessed|supposed"
    "|thought|estimated|hypothesi[sz]ed)(?: (?:to be|that|as))?",
    "(?:speculated|suspected|presumed|surmised|conjectured|inferred|hypothesi[sz]ed|speculative|"
    "presumptive)(?: to be)?",
    "(?:assumed|believed|supposed|thought|rumou?red|understood) (?:to be|to have)",
    "suggest(?:s|ing|ive of|ed that)?",
    "(?:an? )?(?:probable|presumable|conceivable)",
    "possible(?! to(?! be))",
    "potential(?! (?:for|of|to|energy|difference))",
    "possibilit(?:y|ies) (?:of|that)",
    "likelihood (?:of|that)",
    "(?:(?:is|are|was|were|remains?) )?(?:unclear|uncertain|ambiguous|not (?:entirely |quite |"
    "very )?(?:clear|certain|sure))",
    "(?:difficult|hard|impossible|not easy|challenging|tough) to(?: accurately| clearly| precisely|"
    " exactly| really)? (?:determine"
    "|tell|say|count|identify|recogni[sz]e|make out|distinguish|discern|see|know|judge|assess|ascertain|"
    "be sure|estimate)",
    "cannot be (?:clearly |accurately |precisely |reliably )(?:determined|identified|confirmed|"
    "ascertained|distinguished|recogni[sz]ed)",
    "unidentified",
    "unidentifiable",
    "indeterminate",
    "to some (?:extent|degree)",
    "or perhaps",
    "if any",
    "as far as (?:can be seen|one can (?:see|tell))",
    "more or less",
    "somewhat",
    "somehow",
)
HEDGE_FIRST: Final = closed_list(
    """possibly quite very most highly probably likely perhaps maybe presumably apparently seemingly supposedly
    potentially conceivably arguably ostensibly reportedly allegedly unlikely in with might may seem seems
    seemed seeming appear appears appeared appearing look looks looked what this that it which object structure
    something could should is are was were has have can being been speculated suspected presumed surmised
    conjectured inferred hypothesised hypothesized speculative presumptive assumed believed supposed thought
    rumored rumoured understood suggest suggests suggesting suggestive suggested an a probable presumable
    conceivable possible potential possibility possibilities likelihood remain remains unclear uncertain
    ambiguous not difficult hard impossible challenging tough cannot unidentified unidentifiable indeterminate
    to or if as more somewhat somehow"""
)
HEDGE_CUES: Final = closed_list(
    """possibly probably likely perhaps maybe presumably apparently seemingly supposedly potentially conceivably
    arguably ostensibly reportedly allegedly unlikely likelihood probability might may seem seems seemed seeming
    appear appears appeared appearing look looks looked could should speculated suspected presumed assumed
    believed surmised conjectured inferred guessed supposed thought estimated hypothesised hypothesized
    speculative presumptive rumored rumoured understood suggest suggests suggesting suggestive suggested
    probable presumable conceivable possible potential possibility possibilities unclear uncertain clear certain
    sure ambiguous difficult hard impossible easy challenging tough cannot unidentified unidentifiable
    indeterminate extent degree any far less somewhat somehow"""
)

_NUMBER: Final = (
    r"(?:\d|(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|a dozen|half a dozen|a hundred"
    r"|one hundred)(?!\w))"
)
ESTIMATE: Final = _any_of(
    rf"(?:about|around|approximately|approx\.?|roughly|nearly|almost|circa|ca\.|some|an estimated|close to|"
    rf"[io]n the order of|somewhere between|upwards? of|in the region of|in the range of|over about)(?= {_NUMBER})",
    r"(?:one or two|two or three|three or four|four or five|five or six|a dozen or so|a dozen or more)",
    r"(?:ten|twenty|thirty|forty|fifty|a hundred) or so",
    r"or so(?= \w+s(?!\w))",
    r"(?:ten|twenty|thirty|forty|fifty)-odd",
)
ESTIMATE_FIRST: Final = closed_list(
    """about around approximately approx roughly nearly almost circa ca some an close in on somewhere upward
    upwards over one two three four five a ten twenty thirty forty fifty or"""
)
ESTIMATE_CUES: Final = closed_list(
    """about around approximately approx roughly nearly almost circa ca some estimated close order between upward
    upwards region range or odd"""
)

KIND: Final = _any_of(
    "some (?:other )?(?:kind|sort|type|form)s? of",
    "(?:a |any )?(?:kind|sort) of",
    "something(?: (?:like|resembling|similar to|else))?",
    "(?:or )?somewhere",
    "stuff",
    "things?",
    "etc",
    "etcetera",
    "et cetera",
    "and so (?:on|forth)",
    "among others",
    r"(?:and|or) (?:the like|similar|others|whatever|such)(?=\s*[.,;]|\s*\Z)",
    r"and more(?=\s*[.,;]|\s*\Z)",
    "(?:or|and) something(?: (?:like that|similar))?",
    "whatever",
    "and/or",
)
KIND_FIRST: Final = closed_list(
    """some a any kind sort something or somewhere stuff thing things etc etcetera et and among whatever"""
)
KIND_CUES: Final = closed_list(
    """kind kinds sort sorts type types form forms something somewhere stuff thing things etc etcetera cetera on
    forth among like similar others whatever such more and"""
)

GUESS: Final = re.compile(
    r"""(?<![\w-])an?[ ](?P<first>(?:[a-z]+[ ]){0,3}?[a-z]+)[ ]or[ ](?:an?[ ])?(?P<last>(?:[a-z]+[ ]){0,2}?[a-z]{3,})
    (?=\s*(?:[.,;]|\Z)|[ ](?:is|are|was|lies|runs|crosses|extends|with|in|on|at|near|beside|between|along|by|next|can
    |through|across|surrounded|located|of|that|which)(?!\w))""",
    re.VERBOSE | re.IGNORECASE,
)
"""``a road or river``."""
GUESSED_ANSWER: Final = re.compile(
    r"\s*(?:an? )?(?P<first>[a-z]+(?: [a-z]+)?) or (?:an? )?(?P<last>[a-z]+(?: [a-z]+)?)\s*[.]?\s*", re.IGNORECASE
)
NOT_GUESSED: Final = closed_list(
    """left right top bottom upper lower north south east west up down more less fewer so not other without larger
    smaller one two three four five six seven eight nine ten both either whether no neither none never nothing
    any without cannot"""
)
"""``with or without``, ``two or three`` and ``no bridge or pier`` are no guesses at what something is."""
