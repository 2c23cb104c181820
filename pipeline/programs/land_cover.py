"""What covers the ground of a scene, told from the shares of its area, with margins that leave nothing to argue about.

Where things lie on the ground is not known, so that nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MARGIN: Final = 0.1
"""In parts of the area: so much the predominant land cover is ahead of the next, so far from one half a share is, and
so much apart are two that are compared."""

FACTOR: Final = 1.5
"""Of two that are compared, the larger is at least so many times the smaller."""

LEAST: Final = 0.05
"""A land cover is asked about only if it is at least this part of the area: less is overlooked."""


def predominant(shares: Mapping[str, float]) -> str | None:
    """The land cover with the largest share; None where the next is too near, or no shares are known."""
    ranked = sorted(shares, key=lambda cover: -shares[cover])
    if not ranked or (len(ranked) > 1 and shares[ranked[0]] - shares[ranked[1]] < MARGIN):
        return None
    return ranked[0]


def covers_half(cover: str, shares: Mapping[str, float]) -> bool | None:
    """Whether more than half of the area is ``cover``; None where it is about half, or hardly any."""
    share = shares.get(cover, 0.0)
    return None if share < LEAST or abs(share - 0.5) < MARGIN else share > 0.5


def larger(one: str, other: str, shares: Mapping[str, float]) -> str | None:
    """Which of the two covers more; None where they are too near, or there is hardly any of one."""
    less, more = sorted((one, other), key=lambda cover: shares.get(cover, 0.0))
    small, large = shares.get(less, 0.0), shares.get(more, 0.0)
    if small < LEAST or large - small < MARGIN or large < FACTOR * small:
        return None
    return more
