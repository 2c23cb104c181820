"""The template corpus: every question whose answer follows from a scene's boxes, and from nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from pipeline.drafting.sampling import Candidate, sample
from pipeline.drafting.templates import QUESTION_TYPE_OF, question
from pipeline.programs.derivation import answer, evidence, is_unstable
from pipeline.programs.layout import Layout
from pipeline.programs.program import SIDES, Program, parse_program
from pipeline.records import Draft, Drafter, ObjectBox

CORPUS_DRAFTER: Final = Drafter(name="corpus", version="1")
"""The version changes with the wording, with the rules for an answer and with the sampling."""


def draft_questions(
    boxes: Sequence[ObjectBox],
    size: tuple[int, int],
    labelled: Collection[str],
    *,
    seed: int,
    per_scene: int | None = None,
) -> list[Draft]:
    """Write the questions about one scene, no two of them the same.

    Parameters
    ----------
    boxes
        The scene's object boxes; their ids are unique in the scene.
    size
        ``(rows, cols)`` of the scene.
    labelled
        Categories annotated exhaustively; only of these is anything said to be absent.
    seed
        With the boxes it fixes the sample; the complete corpus does not depend on it.
    per_scene
        At most so many, balanced over types and over Yes and No, sturdy answers before fragile ones.
        None gives the complete corpus.

    Raises
    ------
    ValueError
        If the size is not positive, a box id is not unique, or ``per_scene`` is negative.
    """
    _check(boxes, size, per_scene)
    layout = Layout.of(boxes, size)
    candidates = list(_candidates(layout, labelled))
    chosen = candidates if per_scene is None else sample(candidates, per_scene, seed=seed, salt=_salt(boxes, size))
    return [candidate.draft for candidate in chosen]


def derive(program: str, boxes: Sequence[ObjectBox], size: tuple[int, int], labelled: Collection[str]) -> str | None:
    """Run a stored program over boxes, perhaps corrected ones.

    Returns
    -------
    The answer, or None where it is arguable or its ground is gone.

    Raises
    ------
    ProgramError
        If ``program`` is none.
    """
    return answer(parse_program(program), Layout.of(boxes, size), labelled)


def is_fragile(program: str, boxes: Sequence[ObjectBox], size: tuple[int, int]) -> bool:
    """Whether the answer rests on boxes that the image's edge cuts, or flips when one box moves by 3 px."""
    return is_unstable(parse_program(program), Layout.of(boxes, size))


def _check(boxes: Sequence[ObjectBox], size: tuple[int, int], per_scene: int | None) -> None:
    if min(size) <= 0:
        raise ValueError(f"a scene of {size[0]} rows and {size[1]} columns has no place for boxes")
    if len({box.box_id for box in boxes}) != len(boxes):
        raise ValueError("two boxes of the scene have the same id, so that a program could mean either")
    if per_scene is not None and per_scene < 0:
        raise ValueError(f"per_scene is {per_scene}; it must not be negative")


def _candidates(layout: Layout, labelled: Collection[str]) -> Iterator[Candidate]:
    """All drafts in the order of the programs; a repeated question (two boxes, same corners) is asked once."""
    asked: set[str] = set()
    for program in _programs(layout, labelled):
        answered = answer(program, layout, labelled)
        if answered is None:
            continue
        text = question(program, layout)
        if text in asked:
            continue
        asked.add(text)
        yield Candidate(program, _draft(program, text, answered, layout), layout)


def _draft(program: Program, text: str, answered: str, layout: Layout) -> Draft:
    return Draft(
        kind="question",
        text=text,
        question_type=QUESTION_TYPE_OF[program.form],
        answer=answered,
        box_ids=evidence(program, layout),
        program=program.text,
    )


def _programs(layout: Layout, labelled: Collection[str]) -> Iterator[Program]:
    categories = sorted({*labelled, *layout.by_category})
    for category in categories:
        yield Program("exists", category)
        for side in SIDES:
            yield Program("exists", category, side)
        yield Program("others", category)
    yield Program("main")
    yield Program("categories")
    for category in categories:
        yield Program("count", category)
        yield Program("where_most", category)
    for placement in layout.placements:
        yield Program("object_at", box=placement.box.box_id)


def _salt(boxes: Sequence[ObjectBox], size: tuple[int, int]) -> str:
    """What tells scenes apart, so that one seed does not draw the same forms in each."""
    return repr((size, [(box.category, box.x_min, box.y_min, box.width, box.height) for box in boxes]))
