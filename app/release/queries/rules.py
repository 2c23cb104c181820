"""What a release takes: which texts are asked for, and the gates that each of them has to pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self

from pipeline.vocabulary import KINDS, QUESTION_TYPES, SPLITS, SUPPORTS

PAIRS: Final[Mapping[str, str]] = {
    "any": "no matter how well SAR and optical image fit",
    "not_held": "the pair is not held back",
    "trusted": "the two images fit, or an admin decided on the pair",
}
"""How far a scene's optical image is trusted, and the gate's words for it, the most lenient first."""
UNKNOWN_LICENCE: Final = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What was asked for and which gates hold: frozen with the release."""

    datasets: tuple[str, ...]
    kinds: tuple[str, ...] = KINDS
    question_types: tuple[str, ...] = QUESTION_TYPES
    splits: tuple[str, ...] = SPLITS
    least_reviews: int = 1
    """Of each text that was reviewed itself, unless an adjudicator decided; what a sample vouches for has none."""
    open_errors: bool = False
    """Whether texts may have findings of severity error that nobody has answered."""
    with_unusable: bool = False
    """Whether verified texts of scenes that a reviewer found unusable are in."""
    pairs: str = "not_held"
    supports: tuple[str, ...] = SUPPORTS
    licences: tuple[str, ...] | None = None
    """Allowed ones, the empty one for scenes without any; None for all."""
    with_sampled: bool = False
    """Whether texts that nobody read, but a sample vouches for, are in."""
    open_disagreements: str = "leave_out"
    """Or ``block``: no release while one of the texts waits to be adjudicated."""
    strict: bool = False
    """Whether ground on more than one side of the split blocks the release."""

    def to_json(self) -> dict[str, Any]:
        """As it is frozen, with the gates in words."""
        return {name: _plain(value) for name, value in asdict(self).items()} | {"gates": self.gates()}

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_json`; of a release from before gates were chosen, what held then."""
        known = {field.name for field in fields(cls)}
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
        }
        before: dict[str, Any] = {} if "least_reviews" in stored else {"open_errors": True, "pairs": "any"}
        return cls(**before, **{name: value for name, value in given.items() if name in known})

    def gates(self) -> list[str]:
        """What each text of the release has passed, in words."""
        wanted = f"it has at least {self.least_reviews} counted reviews, or an adjudicator decided"
        licences = ", ".join(licence or "unknown" for licence in self.licences or ())
        parts = {
            "outcome is verified": True,
            "origin is drafted": True,
            "no reviewer found the scene unusable": not self.with_unusable,
            "the import of the scene is finished": True,
            "the text was reviewed itself, or the boxes that it follows from": not self.with_sampled,
            wanted: self.least_reviews > 1,
            "no finding of severity error is unanswered": not self.open_errors,
            PAIRS[self.pairs]: self.pairs != "any",
            "it is true of the SAR image alone": self.supports == ("sar",),
            f"the licence is one of: {licences}": self.licences is not None,
            "no text waits to be adjudicated": self.open_disagreements == "block",
            "no ground lies on two sides of the split": self.strict,
        }
        return [words for words, holds in parts.items() if holds]

    def values(self) -> dict[str, Any]:
        """For the statements of :mod:`app.release.queries.standing`."""
        return {
            "datasets": list(self.datasets),
            "kinds": list(self.kinds),
            "question_types": list(self.question_types),
            "splits": list(self.splits),
            "least_reviews": self.least_reviews,
            "without_open_errors": not self.open_errors,
            "with_unusable": self.with_unusable,
            "pairs": self.pairs,
            "supports": list(self.supports),
            "any_licence": self.licences is None,
            "licences": list(self.licences or ()),
            "with_sampled": self.with_sampled,
        }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
