"""Adjectives that say how water, plants and roofs look to the eye, and the nouns of which they say it."""

from __future__ import annotations

from typing import Final, NamedTuple

from pipeline.screening.word_lists import closed_list


class Look(NamedTuple):
    """Adjectives that tell a look only when they are said of ``nouns``."""

    adjectives: frozenset[str]
    nouns: frozenset[str]
    tails: frozenset[str]
    """A noun before one of these is part of another thing: of ``a clear river bank`` the bank is clear."""
    always: frozenset[str] = frozenset()
    """Adjectives that are said of nothing else."""


_WATER: Final = closed_list(
    """water waters wateer sea seas lake lakes river rivers pond ponds pool pools ocean stream streams creek creeks
    canal canals lagoon lagoons bay reservoir reservoirs brook shallows reef reefs seabed"""
)
_WATER_TAILS: Final = closed_list(
    """bank banks boundary boundaries edge edges line lines side sides bed beds channel channels course courses network
    networks level levels tower towers tank tanks park parks treatment plant plants works supply area areas
    margin margins contour outline outlines bend bends valley valleys mouth port road roads front way ways land wall
    walls bridge bridges system systems signature return returns patterns structure"""
)
_PLANTS: Final = closed_list(
    """grass grasses grassland grasslands lawn lawns meadow meadows vegetation tree trees forest forests woods woodland
    bush bushes shrub shrubs scrub crop crops foliage leaf leaves hedge hedges pasture pastures turf weeds reeds prairie
    savanna savannah grove groves greenery undergrowth plantation plantations one ones"""
)
_PLANT_TAILS: Final = closed_list("court courts line lines edge edges boundary boundaries factory mill")
_ROOFS: Final = closed_list(
    """roof roofs rooftop rooftops window windows facade facades façade façades glass sea lake river pond pool pools
    car cars windshield windshields paint tiles"""
)

CLEAR: Final = Look(
    closed_list(
        """clear clearer turbid muddy shallow shallower murky limpid crystalline milky silty clean dirty polluted
        stagnant feculent cloudy pristine opaque crystal"""
    ),
    _WATER,
    _WATER_TAILS,
    closed_list("turbid limpid feculent"),
)
PLANTS: Final = Look(
    closed_list("dry dried dead healthy flourishing thriving fresh vigorous scorched brittle luscious"),
    _PLANTS,
    _PLANT_TAILS,
)
REFLECTIVE: Final = Look(
    closed_list("reflective reflecting mirrored"), _ROOFS, closed_list("edge edges corner corners")
)
