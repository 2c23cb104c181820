"""Which releases may be made: names, notes, what is asked for and the gates; and the words for how a draft stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session

from app.db.errors import DomainError
from app.intake.workflow.policies import MOST_REVIEWS
from app.release.queries import freezing, releases
from app.release.queries.rules import PAIRS, Rules
from pipeline.vocabulary import KINDS, QUESTION_TYPES, SPLITS, SUPPORTS

NAME_FORM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
LONGEST_NOTES: Final = 10_000
STANDINGS: Final = {
    "verified": "verified",
    "sample_verified": "sample-verified",
    "not_settled": "import not finished",
    "scene_unusable": "scene unusable",
    "disagreement": "reviews differ",
    "not_reviewed": "not yet reviewed",
    "rejected": "rejected",
    "few_reviews": "too few reviews",
    "open_finding": "finding unanswered",
    "pair_not_trusted": "pair not trusted",
    "needs_optical": "needs the optical image",
    "licence": "licence not allowed",
    "held_by_quiz": "held by a quiz",
}
"""How a draft can stand, and the words for it: in, or out by the first gate that it fails."""
GATES: Final = ("few_reviews", "open_finding", "pair_not_trusted", "needs_optical", "licence")
"""Those of verified texts that a less strict release would take."""
REASONS: Final = {**STANDINGS, "not_chosen": "not asked for any more"}
"""Why a text of the number before is not in a release."""
DISAGREEMENTS: Final = ("leave_out", "block")


class ReleaseError(DomainError):
    meaning = "invalid"
    code = "release_invalid"


class NameTakenError(DomainError):
    """A release that differs only in case has this name."""

    meaning = "conflict"
    code = "release_name_taken"


def checked(session: Session, name: str, notes: str, rules: Rules) -> Rules:
    """The rules with their lists in order.

    Raises
    ------
    ReleaseError
        If the name, the notes, a dataset, kind, type, split or gate is not acceptable.
    NameTakenError
        If there is a release of this name in another case.
    """
    check_name(session, name)
    if len(notes) > LONGEST_NOTES or not _is_storable(notes):
        raise ReleaseError(
            f"The notes must be at most {LONGEST_NOTES:,} characters of text, without NUL and halves of characters."
        )
    _check_datasets(session, rules.datasets)
    _check_gates(rules)
    return replace(
        rules,
        datasets=tuple(sorted(set(rules.datasets))),
        kinds=_listed("kind of text", rules.kinds, KINDS),
        question_types=_types(rules),
        splits=_listed("split", rules.splits, SPLITS),
        supports=_listed("support", rules.supports, SUPPORTS),
        licences=None if rules.licences is None else tuple(sorted(set(rules.licences))),
    )


def check_name(session: Session, name: str) -> None:
    """Raise unless a release may have this name."""
    if NAME_FORM.fullmatch(name) is None:
        raise ReleaseError(
            f"A release cannot be named {name[:80]!a}: use 1 to 63 letters, digits, dots, dashes and underscores,"
            " a letter or digit first."
        )
    taken = releases.name_in_other_case(session, name)
    if taken is not None:
        raise NameTakenError(
            f"There is a release {taken}: names that differ only in case are confused in files and addresses."
            f" Use {taken} for its next number, or another name.",
            release=taken,
        )


def _is_storable(given: str) -> bool:
    return "\0" not in given and not any("\ud800" <= character <= "\udfff" for character in given)


def _check_datasets(session: Session, datasets: Sequence[str]) -> None:
    if not datasets:
        raise ReleaseError("Choose at least one dataset.")
    unknown = sorted(set(datasets) - set(freezing.list_dataset_names(session)))
    if unknown:
        raise ReleaseError(f"There is no dataset {unknown[0][:80]!a}.", dataset=ascii(unknown[0][:80]))


def _check_gates(rules: Rules) -> None:
    if not 1 <= rules.least_reviews <= MOST_REVIEWS:
        raise ReleaseError(f"A text may be asked for 1 to {MOST_REVIEWS} reviews, not {rules.least_reviews}.")
    if rules.pairs not in PAIRS:
        raise ReleaseError(f"There is no gate for pairs {rules.pairs[:40]!a}; there are {', '.join(PAIRS)}.")
    if rules.open_disagreements not in DISAGREEMENTS:
        raise ReleaseError("Open disagreements either block, or their texts are left out (leave_out).")
    if rules.licences is not None and not rules.licences:
        raise ReleaseError("No licence is allowed, so that nothing could be released: choose at least one.")
    if any(not _is_storable(licence) for licence in rules.licences or ()):
        raise ReleaseError("A licence is text without NUL and halves of characters.")


def _types(rules: Rules) -> tuple[str, ...]:
    """Question types matter only where questions are asked for."""
    return (
        QUESTION_TYPES
        if "question" not in rules.kinds
        else _listed("question type", rules.question_types, QUESTION_TYPES)
    )


def _listed(what: str, given: Sequence[str], known: Iterable[str]) -> tuple[str, ...]:
    """What is given, in the order of the list that it is from."""
    listed = tuple(known)
    strange = sorted(set(given) - set(listed))
    if strange or not given:
        words = f"There is no {what} {strange[0][:80]!a}" if strange else f"Choose at least one {what}"
        raise ReleaseError(f"{words}; there are {', '.join(listed)}.")
    return tuple(word for word in listed if word in given)
