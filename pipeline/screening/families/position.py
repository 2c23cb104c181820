"""Where objects are said to be against where their boxes lie, for exhaustively labelled categories only.

A place in a sentence contradicts the boxes only where all of them lie in the opposite half, on each axis by itself.
Answers to the questions of the template corpus are held to the thirds by which it writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.programs.derivation import answer
from pipeline.programs.layout import THIRD, Placement
from pipeline.programs.program import Program
from pipeline.screening.asking import placed_boxes
from pipeline.screening.compass import compass_words
from pipeline.screening.context import SceneContext
from pipeline.screening.place_answers import answered_place, is_side, mirrored, replaced
from pipeline.screening.place_questions import AskedPlace, asked_place, asked_what_is_at, sided_question
from pipeline.screening.places import COMPASS_WORDS, FRAME_WORDS, Place
from pipeline.screening.placing import placed_in
from pipeline.screening.polarity import flipped, is_yes_no_question, polarity
from pipeline.screening.references import Reference, is_asserted, references_of
from pipeline.screening.rules import Example, Fault, Passage, Rule

_CUES: Final = FRAME_WORDS | COMPASS_WORDS
_POINTS: Final = ("north", "south", "east", "west")


def _wrong(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    if context.boxes is None or context.size is None or not context.labelled:
        return
    if passage.field == "question" and is_yes_no_question(passage.text):
        return
    if passage.field == "answer" and asked_place(passage.draft.text, context.labelled) is not None:
        return
    for placed in placed_in(passage, context.labelled):
        boxes = _boxes_of(context, placed.reference.noun.category)
        if boxes and _is_said(passage, context, placed.reference, placed.place) and _is_opposed(placed.place, boxes):
            suggestion = _mirrored(passage, placed.place, boxes)
            yield Fault(placed.place.start, placed.place.end, _say(placed.reference, boxes), suggestion)


def _is_said(passage: Passage, context: SceneContext, reference: Reference, place: Place) -> bool:
    """Of a frame that is not north-up, compass words say nothing about the boxes."""
    return (not place.is_compass or context.is_north_up is True) and is_asserted(passage, reference)


def _boxes_of(context: SceneContext, category: str) -> Sequence[Placement]:
    if context.boxes is None or context.size is None:
        return ()
    return placed_boxes(context.boxes, context.size).layout[category]


def _is_opposed(place: Place, boxes: Sequence[Placement]) -> bool:
    return any(all(place.opposes(box, axis, value) for box in boxes) for axis, value in place.axes)


def _mirrored(passage: Passage, place: Place, boxes: Sequence[Placement]) -> str | None:
    """The text with the opposite side named, if all boxes lie there for everybody."""
    other = mirrored(passage.text, place, lambda axis, value: all(place.opposes(box, axis, value) for box in boxes))
    if other is None or not passage.is_mendable:
        return None
    named, text = other
    return text if all(named.holds(box) for box in boxes) else None


def _say(reference: Reference, boxes: Sequence[Placement]) -> str:
    noun = reference.noun
    there = sorted({_described(box) for box in boxes})
    if len(boxes) == 1:
        return f"the box shows the {noun.singular} {there[0]}"
    if len(there) == 1:
        return f"the boxes show all {noun.plural} {there[0]}"
    return f"the boxes show no {noun.singular} there"


def _described(box: Placement) -> str:
    """Where a box lies by thirds, on both axes: ``in the upper right``."""
    dx, dy = box.offset
    height = "upper" if dy < -THIRD else "lower" if dy > THIRD else ""
    side = "left" if dx < -THIRD else "right" if dx > THIRD else ""
    if height and side:
        return f"in the {height} {side}"
    names = {"upper": "at the top", "lower": "at the bottom", "left": "on the left", "right": "on the right"}
    return names.get(height or side, "in the center")


def _where(box: Placement) -> str:
    return {"left": "on the left", "right": "on the right", "top": "at the top", "bottom": "at the bottom",
            "center": "in the center", None: "on a diagonal"}[box.position]  # fmt: skip


def _answer(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    if context.boxes is None or context.size is None or not context.labelled:
        return
    asked = asked_place(passage.draft.text, context.labelled)
    if asked is not None:
        yield from _answered_where(passage, context, asked)
    elif is_yes_no_question(passage.draft.text):
        yield from _answered_yes_or_no(passage, context)
    else:
        yield from _answered_what(passage, context)


def _answered_where(passage: Passage, context: SceneContext, asked: AskedPlace) -> Iterator[Fault]:
    """Where most are, or a single one is, by the definition of the template corpus; else by the opposite half."""
    place, boxes = answered_place(passage.text), _boxes_of(context, asked.reference.noun.category)
    if place is None or not boxes or (place.is_compass and context.is_north_up is not True):
        return
    derived = None
    if context.size is not None and (asked.is_most or len(boxes) == 1):
        layout = placed_boxes(context.boxes or (), context.size).layout
        derived = answer(Program("where_most", asked.reference.noun.category), layout, context.labelled)
    if derived is not None and is_side(place):
        if not is_side(place, derived):
            suggestion = replaced(passage.text, place, derived)
            yield Fault(place.start, place.end, _say_most(asked.reference, boxes, derived), suggestion)
    elif _is_opposed(place, boxes) or (asked.is_most and _is_opposed_by_most(place, boxes)):
        yield Fault(place.start, place.end, _say(asked.reference, boxes))


def _is_opposed_by_most(place: Place, boxes: Sequence[Placement]) -> bool:
    return any(
        2 * sum(place.opposes(box, axis, value) for box in boxes) > len(boxes) for axis, value in place.axes if value
    )


def _say_most(reference: Reference, boxes: Sequence[Placement], derived: str) -> str:
    noun, told = reference.noun, next(_where(box) for box in boxes if box.position == derived)
    return (
        f"the box shows the {noun.singular} {told}" if len(boxes) == 1 else f"the boxes show most {noun.plural} {told}"
    )


def _answered_what(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    """What is said to be at the place that is asked about."""
    place = asked_what_is_at(passage.draft.text)
    if place is None:
        return
    for reference in references_of(passage, context.labelled):
        boxes = _boxes_of(context, reference.noun.category)
        if boxes and _is_said(passage, context, reference, place) and _is_opposed(place, boxes):
            yield Fault(reference.start, reference.end, _say(reference, boxes))


def _answered_yes_or_no(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    given = polarity(passage.text)
    asked = sided_question(passage.draft, context.labelled) if given is not None else None
    if given is None or asked is None or (asked.place.is_compass and context.is_north_up is not True):
        return
    boxes = _boxes_of(context, asked.reference.noun.category)
    is_there = _is_there(asked.place, boxes, is_most=asked.is_most, is_all=asked.reference.is_definite)
    if is_there is None or is_there == given[0]:
        return
    noun = asked.reference.noun
    named = f"most {noun.plural}" if asked.is_most else f"the {noun.singular}" if is_there else f"no {noun.singular}"
    message = f"the boxes show {named} there" if is_there or not asked.is_most else f"the boxes show {named} elsewhere"
    yield Fault(given[1], given[2], message, flipped(passage.text))


def _is_there(place: Place, boxes: Sequence[Placement], *, is_most: bool, is_all: bool) -> bool | None:
    """Whether there is a box, most or all of them, by what nobody would doubt; None between."""
    inside, outside = sum(place.holds(box) for box in boxes), sum(place.excludes(box) for box in boxes)
    if is_most:
        return True if 2 * inside > len(boxes) else False if 2 * outside > len(boxes) else None
    if is_all and len(boxes) > 1:
        return True if inside == len(boxes) else False if outside == len(boxes) else None
    return True if inside else False if outside == len(boxes) else None


def _compass(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    if context.is_north_up is False:
        for start, end in compass_words(passage.text):
            yield Fault(start, end, "the frame is not north-up: name the side of the image instead")


_LEFT: Final = ("ship", 30.0, 190.0, 20.0, 20.0)
_RIGHT: Final = ("ship", 550.0, 190.0, 20.0, 20.0)
_TOP_RIGHT: Final = ("bridge", 500.0, 20.0, 40.0, 30.0)

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        name="position.wrong",
        severity="error",
        find=_wrong,
        faulty=(
            Example("A ship lies [on the left].", "A ship lies on the right.", placed=(_RIGHT,)),
            Example(
                "[On the left side of the image], a boat is moored.",
                "On the right side of the image, a boat is moored.",
                placed=(_RIGHT,),
            ),
            Example(
                "The bridge [in the lower right corner] is long.",
                "The bridge in the upper right corner is long.",
                placed=(_TOP_RIGHT,),
            ),
            Example(
                "[The bottom of the image] shows a bridge.",
                "The top of the image shows a bridge.",
                placed=(_TOP_RIGHT,),
            ),
            Example("A ship [in the centre of the scene].", None, placed=(_RIGHT,)),
            Example(
                "A bridge [in the southern part of the image].",
                "A bridge in the northern part of the image.",
                placed=(_TOP_RIGHT,),
                is_north_up=True,
            ),
        ),
        clean=(
            Example("A ship lies on the left.", placed=(_LEFT, _RIGHT)),
            Example("A ship to the left of the bridge.", placed=(_RIGHT,)),
            Example("Ships along the left bank of the river.", placed=(_RIGHT,)),
            Example("A ship turns right.", placed=(_LEFT,)),
            Example("On the left, a road passes by a ship.", placed=(_RIGHT,)),
            Example("A road runs from left to right under the bridge.", placed=(_TOP_RIGHT,)),
            Example("A ship at the top of the building.", placed=(("ship", 290.0, 360.0, 9.0, 9.0),)),
            Example("A ship lies on the left.", placed=(("ship", 300.0, 190.0, 20.0, 20.0),)),
            Example("A bridge in the southern part of the image.", placed=(_TOP_RIGHT,)),
        ),
        cues=_CUES,
    ),
    Rule(
        name="position.answer",
        severity="error",
        find=_answer,
        fields=("answer",),
        faulty=(
            Example("[left]", "right", placed=(_RIGHT,), question="Where is the ship positioned within the image?"),
            Example("[Top left].", None, placed=(_TOP_RIGHT,), question="Where is the bridge located?"),
            Example("[On the left side].", None, placed=(_RIGHT, _RIGHT), question="Where are the ships?"),
            Example(
                "[Yes].", "No.", placed=(_RIGHT,), question="Is there a ship located on the left side of the image?"
            ),
            Example(
                "[No]", "Yes", placed=(_RIGHT, _LEFT), question="Are there any ships in the left half of the image?"
            ),
        ),
        clean=(
            Example("right", placed=(_RIGHT,), question="Where is the ship positioned within the image?"),
            Example("top right", placed=(_TOP_RIGHT,), question="Where is the bridge located?"),
            Example("left", placed=(_RIGHT,), question="Where is the pier located?"),
            Example("Yes", placed=(_LEFT, _RIGHT), question="Is there a ship on the left side of the image?"),
            Example("No", placed=(("ship", 240.0, 190.0, 20.0, 20.0),), question="Is there a ship on the left side?"),
        ),
    ),
    Rule(
        name="position.compass",
        severity="warning",
        find=_compass,
        faulty=(
            Example("A road in the [northern] part of the image.", is_north_up=False),
            Example("A pier at the [south-east] corner.", is_north_up=False),
            Example("A runway from [north to south].", is_north_up=False),
        ),
        clean=(
            Example("A road in the northern part of the image."),
            Example("A road in the northern part of the image.", is_north_up=True),
            Example("Ships in the North Sea and off South Korea.", is_north_up=False),
        ),
        cues=frozenset(
            f"{point}{second}{ending}"
            for point in _POINTS
            for second in ("", "east", "west")
            for ending in ("", "ern", "ernmost", "erly", "ward", "wards", "bound")
        ),
    ),
)
