"""A judged set of boxes as it was sent, and the rules that it must meet before it is stored. No database in here."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from app.intake.workflow.storable import unstorable
from app.review.errors import InvalidBoxError, WrongBoxesError
from app.review.workflow.verdicts import check_texts
from pipeline.programs.rederiving import BoxVerdict
from pipeline.records import ObjectBox, digest

LONGEST_CATEGORY: Final = 60
"""Code points; the longest of the published data sets has 25."""
SMALLEST_PX: Final = 1.0
"""Of a drawn box's sides: less is a slip of the mouse, not an object."""
MOST_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class BoxSubmission:
    """One pass over a scene's boxes, as it was sent."""

    submission_id: uuid.UUID
    assignment_id: uuid.UUID
    verdicts: tuple[BoxVerdict, ...]
    view: Mapping[str, Any] = field(default_factory=dict)

    @property
    def body_sha256(self) -> str:
        """Of what was said."""
        said = [asdict(verdict) for verdict in sorted(self.verdicts, key=lambda verdict: verdict.number)]
        return digest([str(self.assignment_id), said, dict(self.view)])


def check_boxes(
    submission: BoxSubmission, boxes: Mapping[int, ObjectBox], size: tuple[int, int]
) -> tuple[BoxVerdict, ...]:
    """The verdicts by number, as they are to be stored: categories without blanks around them.

    Parameters
    ----------
    boxes
        The scene's, by number.
    size
        ``(rows, cols)`` of the scene.

    Raises
    ------
    WrongBoxesError
        If not each of the scene's boxes is judged exactly once, or another one is.
    InvalidBoxError
        If a verdict cannot be stored as it is: a category that is none, a drawn box outside the scene or without area.
    UnstorableTextError
        If the view has a text that cannot be stored.
    """
    check_texts(dict(submission.view))
    _check_numbers(submission.verdicts, boxes)
    ordered = sorted(submission.verdicts, key=lambda verdict: verdict.number)
    return tuple(_checked(said, boxes.get(said.number), size) for said in ordered)


def _check_numbers(verdicts: Sequence[BoxVerdict], boxes: Mapping[int, ObjectBox]) -> None:
    given = [said.number for said in verdicts]
    drawn = {said.number for said in verdicts if said.verdict == "missing"}
    faults = {
        "missing": sorted(boxes.keys() - set(given)),
        "foreign": sorted({number for number in given if (number in boxes) == (number in drawn)}),
        "twice": sorted({number for number in given if given.count(number) > 1}) if _has_twins(given) else [],
    }
    if any(faults.values()):
        said = "; ".join(f"{name}: {_listed(numbers)}" for name, numbers in faults.items() if numbers)
        raise WrongBoxesError(
            "A judged set has one verdict for each box of the scene, and drawn ones have numbers of their own"
            f" ({said}). Reload the page and judge the boxes again.",
            **faults,
        )


def _has_twins(given: Sequence[int]) -> bool:
    return len(set(given)) != len(given)


def _listed(numbers: Sequence[int]) -> str:
    more = f" and {len(numbers) - MOST_LISTED} more" if len(numbers) > MOST_LISTED else ""
    return ", ".join(map(str, numbers[:MOST_LISTED])) + more


def _checked(said: BoxVerdict, box: ObjectBox | None, size: tuple[int, int]) -> BoxVerdict:
    is_named = said.verdict in ("wrong_class", "missing")
    if is_named != (said.category is not None):
        raise _invalid(said, "a wrong class or a missing box comes with its category, any other verdict without")
    if (said.verdict == "missing") != (said.box is not None):
        raise _invalid(said, "a missing box comes with its place, any other verdict without")
    if said.box is not None:
        _check_place(said, said.box, size)
    return said if said.category is None else replace(said, category=_category(said, said.category, box))


def _category(said: BoxVerdict, given: str, box: ObjectBox | None) -> str:
    category = given.strip()
    reason = unstorable(category, LONGEST_CATEGORY)
    if reason is not None:
        raise _invalid(said, f"its category is not taken: {reason}")
    if not category or any(unicodedata.category(letter) == "Cc" for letter in category):
        raise _invalid(said, "its category is empty or has control characters; write a name such as ship")
    if box is not None and box.category == category:
        raise _invalid(said, f"its class is {category!r} already; say right, or choose another class")
    return category


def _check_place(said: BoxVerdict, box: tuple[float, float, float, float], size: tuple[int, int]) -> None:
    (x_min, y_min, width, height), (rows, cols) = box, size
    if width < SMALLEST_PX or height < SMALLEST_PX:
        raise _invalid(said, f"it is {width:g} × {height:g} pixels; draw it at least 1 pixel wide and high")
    if x_min < 0 or y_min < 0 or x_min + width > cols or y_min + height > rows:
        place = f"from ({x_min:g}, {y_min:g}) to ({x_min + width:g}, {y_min + height:g})"
        raise _invalid(said, f"it reaches {place}, outside the scene of {cols} × {rows} pixels; draw it inside")


def _invalid(said: BoxVerdict, what: str) -> InvalidBoxError:
    return InvalidBoxError(f"Box {said.number} was not stored: {what}.", number=said.number)
