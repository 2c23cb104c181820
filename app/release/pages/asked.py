"""What is asked for in the form of a new release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

from fastapi import Form

from app.release.queries.plans import PlanRow
from app.release.queries.rules import Rules
from app.release.workflow import ReleaseError
from pipeline.vocabulary import KINDS, QUESTION_TYPES, SPLITS, SUPPORTS

Texts = Annotated[list[str] | None, Form()]
Field = Annotated[str, Form()]
Ticked = Annotated[bool, Form()]


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as it was filled in."""

    rules: Rules
    name: str = ""
    notes: str = ""
    least_reviews: str = "1"
    """As it was typed."""

    @classmethod
    def of(cls, row: PlanRow) -> Self:
        """A plan in the form, to be changed."""
        rules = Rules.of_json(row.rules)
        return cls(rules, row.name, row.notes, str(rules.least_reviews))

    def checked_rules(self) -> Rules:
        """The rules.

        Raises
        ------
        ReleaseError
            If the number of reviews is none.
        """
        if not (self.least_reviews.isascii() and self.least_reviews.isdecimal() and len(self.least_reviews) <= 3):
            raise ReleaseError(f"{self.least_reviews[:40]!a} is not a number of reviews.")
        return self.rules


def asked_of_form(
    name: Field = "",
    notes: Field = "",
    datasets: Texts = None,
    kinds: Texts = None,
    question_types: Texts = None,
    splits: Texts = None,
    least_reviews: Field = "1",
    findings: Field = "answered",
    with_unusable: Ticked = False,
    pairs: Field = "not_held",
    support: Field = "any",
    licence: Field = "any",
    licences: Texts = None,
    with_sampled: Ticked = False,
    blocks_disputed: Ticked = False,
    strict: Ticked = False,
) -> Asked:
    """The form's fields. Question types and splits may be missing as a whole: then all are meant."""
    typed = least_reviews.strip()
    rules = Rules(
        datasets=tuple(datasets or ()),
        kinds=tuple(kinds or ()),
        question_types=tuple(question_types or QUESTION_TYPES),
        splits=tuple(splits or SPLITS),
        least_reviews=int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 3 else 1,
        open_errors=findings == "any",
        with_unusable=with_unusable,
        pairs=pairs,
        supports=("sar",) if support == "sar" else SUPPORTS,
        licences=tuple(licences or ()) if licence == "listed" else None,
        with_sampled=with_sampled,
        open_disagreements="block" if blocks_disputed else "leave_out",
        strict=strict,
    )
    return Asked(rules, name.strip(), notes, typed)


def blank(datasets: tuple[str, ...]) -> Asked:
    """Nothing typed yet."""
    return Asked(Rules(datasets, KINDS))
