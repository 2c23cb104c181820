"""How large things are, up to which pixel spacing they can be made out, and lengths and areas in texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.screening.word_lists import ordered_list

_SIZES: Final[Mapping[tuple[float, float], str]] = {
    # (typical length in m, coarsest pixel spacing in m): what has at least two or three pixels, or shines as a point.
    (1, 0.5): """window windows door doors bench benches mailbox mailboxes signpost signposts hydrant hydrants bollard
        bollards umbrella umbrellas parasol parasols antenna antennas railing railings""",
    (
        2,
        1,
    ): "bicycle bicycles bike bikes motorcycle motorcycles motorbike motorbikes scooter scooters sidewalk sidewalks",
    (
        5,
        3,
    ): """car cars vehicle vehicles automobile automobiles van vans taxi taxis jeep jeeps suv suvs driveway driveways
        garage garages shed sheds""",
    (8, 5): """truck trucks lorry lorries bus buses trailer trailers container containers rowboat rowboats speedboat
        speedboats sailboat sailboats yacht yachts jetski dinghy dinghies lifeboat lifeboats""",
    (15, 10): """helicopter helicopters boat boats house houses villa villas cottage cottages bungalow bungalows crane
        cranes tugboat tugboats""",
    (25, 15): "pool pools court courts fountain fountains roundabout roundabouts tank tanks silo silos",
    (
        40,
        25,
    ): "airplane airplanes aeroplane aeroplanes aircraft plane planes jet jets warehouse warehouses hangar hangars",
    (100, 60): "ship ships vessel vessels tanker tankers freighter freighters ferry ferries stadium stadiums",
}


@dataclass(frozen=True, slots=True)
class Size:
    """A thing is about so long; at a coarser spacing it cannot be made out."""

    length_m: float
    coarsest_m: float


SIZES: Final[Mapping[str, Size]] = {
    word: Size(length_m, coarsest_m) for (length_m, coarsest_m), words in _SIZES.items() for word in ordered_list(words)
}
FINEST_LIMIT_M: Final = min(size.coarsest_m for size in SIZES.values())

_METRES: Final[Mapping[str, float]] = {
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters"), 1.0),
    **dict.fromkeys(("km", "kilometre", "kilometres", "kilometer", "kilometers"), 1000.0),
    **dict.fromkeys(("ft", "foot", "feet"), 0.3048),
    **dict.fromkeys(("mile", "miles"), 1609.344),
    **dict.fromkeys(("yard", "yards"), 0.9144),
}
_HECTARES: Final[Mapping[str, float]] = {
    **dict.fromkeys(("ha", "hectare", "hectares"), 10_000.0),
    **dict.fromkeys(("acre", "acres"), 4046.856),
}


def _any_of(units: Iterable[str]) -> str:
    return "|".join(sorted(units, key=len, reverse=True))


_DIGIT: Final = re.compile(r"\d")
_DIGITS: Final = re.compile(r"\d[\d.,]*")
_AMOUNT: Final = r"(?<![\w.,/:-])(?P<amount>\d{1,3}(?:,\d{3}){1,3}|\d{1,9}(?:\.\d{1,6})?)"
_LENGTH: Final = re.compile(
    rf"{_AMOUNT}[ -]?(?P<unit>{_any_of(_METRES)})(?![\w²³/]|\^|[ ]?(?:per|square|a[ ]pixel))",
    re.IGNORECASE,
)
_AREA: Final = re.compile(
    rf"{_AMOUNT}[ -]?(?:(?:square[ -]|sq\.?[ ]?)(?P<square>{_any_of(_METRES)})"
    rf"|(?P<power>k?m)(?:²|\^?2)|(?P<hectares>{_any_of(_HECTARES)}))(?![\w/])",
    re.IGNORECASE,
)
_SQUARE: Final[Mapping[str, float]] = {unit: metres * metres for unit, metres in _METRES.items()}


@dataclass(frozen=True, slots=True)
class Measure:
    """A length in m or an area in m², and where it stands."""

    start: int
    end: int
    value: float


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """As ``finditer``, tried only where digits begin."""
    for digits in _DIGITS.finditer(text):
        found = pattern.match(text, digits.start())
        if found is not None:
            yield found


def lengths(text: str) -> Iterator[Measure]:
    """The lengths that ``text`` states with a unit."""
    if _DIGIT.search(text) is None:
        return
    for found in _matches(_LENGTH, text):
        yield Measure(*found.span(), _amount(found) * _METRES[found["unit"].lower()])


def areas(text: str) -> Iterator[Measure]:
    """The areas that ``text`` states with a unit."""
    if _DIGIT.search(text) is None:
        return
    for found in _matches(_AREA, text):
        if found["hectares"]:
            factor = _HECTARES[found["hectares"].lower()]
        else:
            factor = _SQUARE[(found["square"] or found["power"]).lower()]
        yield Measure(*found.span(), _amount(found) * factor)


def _amount(found: re.Match[str]) -> float:
    return float(found["amount"].replace(",", ""))
