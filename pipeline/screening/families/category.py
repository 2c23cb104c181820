"""What is said to be there, or what something is said to be, against the boxes, for exhaustively labelled categories.

Denials in a sentence (``There are no bridges``) are numbers and belong to the family ``count``; ``No`` as the answer to
``Is there a bridge?`` belongs here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace as with_changes
from typing import Final

from pipeline.programs.derivation import answer
from pipeline.programs.layout import Layout
from pipeline.screening.asking import Asked, asked_of
from pipeline.screening.context import SceneContext
from pipeline.screening.counting import mentions_in
from pipeline.screening.named_categories import Named, named_in, with_categories, with_category
from pipeline.screening.place_questions import asked_place, sided_question
from pipeline.screening.polarity import flipped, is_yes_no_question, polarity
from pipeline.screening.references import Reference, is_asserted, references_of
from pipeline.screening.regions import asks_of_region, box_in_region
from pipeline.screening.rules import Example, Fault, Passage, Rule
from pipeline.vocabulary import article, plural

_ASKS_OF: Final = re.compile(r"\W*(?:where|what|which|how|why|in (?:what|which)|describe)\b", re.IGNORECASE)
_OPEN: Final = re.compile(
    r"\b(?:could|might|may|would|should|likely|purpose|used? for|suitable|possible|why|type of)\b", re.IGNORECASE
)


def _absent(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    for reference in _unseen(passage, context):
        if not reference.noun.is_narrower:
            yield _say_unseen(reference)


def _kind(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    for reference in _unseen(passage, context):
        if reference.noun.is_narrower:
            yield _say_unseen(reference)


def _say_unseen(reference: Reference) -> Fault:
    noun = reference.noun
    name = noun.category.replace("_", " ")
    return Fault(reference.start, reference.end, f"no box shows {article(name)} {name}")


def _unseen(passage: Passage, context: SceneContext) -> Iterator[Reference]:
    """The first object of each category that the text says is there and that has no box."""
    if context.boxes is None or not context.labelled or context.nouns.keys().isdisjoint(passage.words):
        return
    if passage.field == "answer" and not _is_read_as_sentence(passage, context):
        return
    counted = {mention.noun.category for mention in mentions_in(passage, context)}
    told: set[str] = set()
    for reference in references_of(passage, context.labelled):
        category = reference.noun.category
        if category in told or category in counted or context.count(category):
            continue
        if is_asserted(passage, reference):
            told.add(category)
            yield reference


def _is_read_as_sentence(passage: Passage, context: SceneContext) -> bool:
    """Whether no other rule reads the answer, and its question asks for what is there, not for what could be."""
    if asks_of_region(passage.draft.text):
        return False
    asked = asked_of(passage, _sized(context))
    if asked is not None and asked.program.form not in ("count", "where_most"):
        return False
    return _OPEN.search(passage.draft.text) is None and not _is_negative(passage)


def _is_negative(passage: Passage) -> bool:
    given = polarity(passage.text)
    return given is not None and not given[0]


def _assumed(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    """``Where is the ship?`` where there is none."""
    if context.boxes is None or not context.labelled or context.nouns.keys().isdisjoint(passage.words):
        return
    if _ASKS_OF.match(passage.text) is None or mentions_in(passage, context):
        return
    for reference in references_of(passage, context.labelled):
        if context.count(reference.noun.category) or not _is_assumed(passage, context, reference):
            continue
        yield _say_unseen(reference)
        return


def _is_assumed(passage: Passage, context: SceneContext, reference: Reference) -> bool:
    asked = asked_place(passage.text, context.labelled)
    is_of_the = reference.is_definite and "many" not in passage.words and is_asserted(passage, reference)
    return is_of_the or (asked is not None and asked.reference == reference)


def _sized(context: SceneContext) -> SceneContext:
    """What asks for no places needs no size."""
    return context if context.size is not None else with_changes(context, size=(1, 1))


def _answer(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    if context.boxes is None or not context.labelled:
        return
    asked = asked_of(passage, _sized(context))
    if asked is None:
        yield from _region(passage, context)
    elif asked.program.form in ("exists", "others") and asked.program.side is None:
        yield from _yes_or_no(passage, context, asked)
    elif asked.program.form == "main":
        yield from _main(passage, context, asked)
    elif asked.program.form == "categories":
        yield from _categories(passage, context, asked)
    elif asked.program.form == "object_at":
        yield from _object_at(passage, context, asked.program.box, asked.placed.layout)


def _yes_or_no(passage: Passage, context: SceneContext, asked: Asked) -> Iterator[Fault]:
    given, category = polarity(passage.text), asked.program.category or ""
    if given is None or category not in context.labelled or sided_question(passage.draft, context.labelled):
        return
    derived = answer(asked.program, asked.placed.layout, context.labelled)
    if derived is None or (derived == "Yes") == given[0]:
        return
    name = category.replace("_", " ")
    if asked.program.form == "others":
        others = [other.replace("_", " ") for other in asked.placed.layout.categories if other != category]
        message = f"the boxes show {_listed(others)} too" if others else f"no box shows anything but {plural(name)}"
    else:
        number = context.count(category)
        message = f"no box shows {article(name)} {name}"
        if number:
            message = f"the boxes show {number} {name if number == 1 else plural(name)}"
    yield Fault(given[1], given[2], message, flipped(passage.text))


def _listed(names: list[str]) -> str:
    many = [plural(name) for name in names]
    return ", ".join(many[:-1]) + f" and {many[-1]}" if len(many) > 1 else many[0]


def _main(passage: Passage, context: SceneContext, asked: Asked) -> Iterator[Fault]:
    layout = asked.placed.layout
    if not layout.by_category.keys() <= set(context.labelled):
        return
    derived, named = asked.derived, named_in(passage, context)
    if derived is not None:
        number = len(layout[next(each for each in layout.categories if each.replace("_", " ") == derived)])
        message = (
            f"the boxes show {number} {derived if number == 1 else plural(derived)} of {len(layout.placements)} objects"
        )
        yield from _not_named(passage, named, derived, message)
    elif len(named) == 1 and not layout[named[0].category] and named[0].category in context.labelled:
        yield Fault(named[0].start, named[0].end, _say_none(named[0]))


def _say_none(named: Named) -> str:
    name = named.category.replace("_", " ")
    return f"no box shows {article(name)} {name}"


def _not_named(passage: Passage, named: tuple[Named, ...], right: str, message: str) -> Iterator[Fault]:
    """A fault where the answer names other categories and not the right one."""
    if named and right not in {each.category.replace("_", " ") for each in named}:
        yield Fault(named[0].start, named[0].end, message, with_category(passage.text, named, right))


def _categories(passage: Passage, context: SceneContext, asked: Asked) -> Iterator[Fault]:
    layout, labelled = asked.placed.layout, set(context.labelled)
    named = named_in(passage, context)
    if not named or not layout.by_category.keys() <= labelled:
        return
    wrong = [each for each in named if each.category in labelled and not layout[each.category]]
    missing = [category for category in layout.categories if category not in {each.category for each in named}]
    suggestion = with_categories(passage.text, named, layout.categories)
    for each in wrong:
        yield Fault(each.start, each.end, _say_none(each), suggestion)
    if missing and not wrong:
        message = f"the boxes show {_listed([category.replace('_', ' ') for category in missing])} too"
        yield Fault(named[0].start, named[-1].end, message, suggestion)


def _object_at(passage: Passage, context: SceneContext, box_id: str | None, layout: Layout) -> Iterator[Fault]:
    box = next((placement.box for placement in layout.placements if placement.box.box_id == box_id), None)
    if box is None or box.category not in context.labelled:
        return
    # Of two objects with nearly the same corners either may be meant.
    right = box_in_region(passage.draft.text, [placement.box for placement in layout.placements])
    if right is not None and right.category == box.category:
        name = box.category.replace("_", " ")
        yield from _not_named(passage, named_in(passage, context), name, f"the box there shows {article(name)} {name}")


def _region(passage: Passage, context: SceneContext) -> Iterator[Fault]:
    """The object in an area that is written a little beside its box."""
    box = box_in_region(passage.draft.text, context.boxes or ())
    if box is not None and box.category in context.labelled and not is_yes_no_question(passage.draft.text):
        name = box.category.replace("_", " ")
        yield from _not_named(passage, named_in(passage, context), name, f"the box there shows {article(name)} {name}")


_SHIP: Final = ("ship", 100.0, 200.0, 20.0, 20.0)
_CAR: Final = ("car", 300.0, 100.0, 9.0, 9.0)
_EXISTS: Final = "Does the ship exist in the image?"

RULES: Final[tuple[Rule, ...]] = (
    Rule(
        name="category.absent",
        severity="error",
        find=_absent,
        fields=("text", "answer"),
        faulty=(
            Example("A [ship] is moored at the pier.", labelled=("ship",)),
            Example("A river with a large [bridge] and houses.", labelled=("bridge", "ship")),
            Example("Several [vessels] are anchored near the coast.", labelled=("ship",)),
            Example("The image shows an airport with parked [planes].", labelled=("aircraft",)),
            Example("Yes, a [boat] lies there.", labelled=("ship",), question="Is the pier in use?"),
            Example("Cars stand next to a [port].", boxes={"car": 3}, labelled=("car", "harbor")),
        ),
        clean=(
            Example("A ship is moored at the pier.", boxes={"ship": 1}),
            Example("A ship is moored at the pier.", labelled=("car",)),
            Example("A boat ramp beside the car park of a shipyard.", labelled=("ship", "car")),
            Example(
                "The airport lies on the port side of the bridge of the vessel.",
                boxes={"ship": 1},
                labelled=("ship", "harbor", "bridge"),
            ),
            Example("It may be a ship or a platform.", labelled=("ship",)),
            Example("A pier for ships, without any vessels.", labelled=("ship",)),
            Example("A structure like a bridge.", labelled=("bridge",)),
            Example("There are no bridges; ships are not visible.", labelled=("bridge", "ship")),
            Example("A basin where ships can dock.", labelled=("ship",)),
            Example("A smooth plane in the image plane.", labelled=("aircraft",)),
        ),
    ),
    Rule(
        name="category.kind",
        severity="warning",
        find=_kind,
        fields=("text", "answer"),
        faulty=(
            Example("A [ferry] leaves the terminal.", labelled=("ship",)),
            Example("A [helicopter] stands on the apron.", labelled=("aircraft",)),
        ),
        clean=(
            Example("A ferry leaves the terminal.", boxes={"ship": 1}),
            Example("A ferry terminal and a yacht club.", labelled=("ship",)),
        ),
    ),
    Rule(
        name="category.assumed",
        severity="warning",
        find=_assumed,
        fields=("question",),
        faulty=(
            Example("Where is the [ship] located?", answer="left", labelled=("ship",)),
            Example("What shape is the [bridge]?", answer="Straight", labelled=("bridge",)),
        ),
        clean=(
            Example("Where is the ship located?", answer="left", boxes={"ship": 1}),
            Example("Is the ship moored?", answer="No", labelled=("ship",)),
            Example("How many of the ships are moored?", answer="0", labelled=("ship",)),
        ),
        cues=frozenset({"where", "what", "which", "how", "why", "describe"}),
    ),
    Rule(
        name="category.answer",
        severity="error",
        find=_answer,
        fields=("answer",),
        faulty=(
            Example("[No]", "Yes", placed=(_SHIP,), question=_EXISTS),
            Example("[Yes].", "No.", labelled=("ship",), question="Are there any vessels in the image?"),
            Example("[No], there are none.", None, placed=(_SHIP,), question="Can you see any boats?"),
            Example(
                "[No]",
                "Yes",
                placed=(_SHIP, _CAR),
                question="Are there any other categories apart from ship in the image?",
            ),
            Example(
                "[car]", "ship", placed=(_SHIP, _SHIP, _CAR), question="What is the main object visible in the image?"
            ),
            Example(
                "car, [bridge]",
                "car, ship",
                placed=(_SHIP, _CAR),
                labelled=("bridge", "car", "ship"),
                question="Which object categories are visible in the image?",
            ),
            Example(
                "[Car].",
                "Car, ship.",
                placed=(_SHIP, _CAR),
                question="Which object categories are visible in the image?",
            ),
            Example(
                "[aircraft].",
                "ship.",
                placed=(_SHIP,),
                question="What is the object present in the area [100.0, 200.0, 20.0, 20.0]?",
            ),
        ),
        clean=(
            Example("Yes", placed=(_SHIP,), question=_EXISTS),
            Example("No", labelled=("car",), question=_EXISTS),
            Example("ship", placed=(_SHIP, _SHIP, _CAR), question="What is the main object visible in the image?"),
            Example("A large vessel", placed=(_SHIP,), question="What is the object in the area [100, 200, 20, 20]?"),
            Example("car", placed=(_SHIP,), question="What is the object in the area [400, 200, 20, 20]?"),
            Example("ship and car", placed=(_SHIP, _CAR), question="Which object categories are visible in the image?"),
        ),
    ),
)
