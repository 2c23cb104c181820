"""The template corpus: questions whose answer follows from a scene's boxes or land cover, and from nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pipeline.drafting.box_arrays import BoxArrays, BoxedScene, parts_of
from pipeline.drafting.candidates import candidates_of
from pipeline.drafting.draws import scene_keys
from pipeline.drafting.policy import Policy, PolicyName
from pipeline.drafting.sampling import by_quota, by_turns
from pipeline.drafting.writing import write_drafts
from pipeline.programs.derivation import answer, is_unstable
from pipeline.programs.layout import Layout
from pipeline.programs.program import parse_program
from pipeline.records import Draft, Drafter, ObjectBox

CORPUS_DRAFTER: Final = Drafter(name="corpus", version="2")
"""The version changes with the wording, with the rules for an answer and with the sampling."""


def corpus_drafter(policy: PolicyName, per_scene: int | None, seed: int) -> Drafter:
    """The corpus under a policy, or with at most ``per_scene`` questions a scene, and a seed."""
    chosen: dict[str, str | int] = {"policy": policy} if per_scene is None else {"per_scene": per_scene}
    return replace(CORPUS_DRAFTER, parameters={**CORPUS_DRAFTER.parameters, **chosen, "seed": seed})


def draft_scenes(scenes: Sequence[BoxedScene], policy: Policy, *, seed: int) -> list[list[Draft]]:
    """Write the questions about each scene, no two of a scene the same.

    What is written of a scene depends on the scene, the policy and the seed: not on the other scenes, nor on how many
    are given at once. Some hundreds at once are fastest.

    Raises
    ------
    ValueError
        If a size is not positive, or a box id is not unique in its scene.
    """
    for scene in scenes:
        _check(scene)
    return [drafts for part in parts_of(scenes, policy.weights) for drafts in _draft(part, policy, seed)]


def _draft(scenes: Sequence[BoxedScene], policy: Policy, seed: int) -> list[list[Draft]]:
    arrays = BoxArrays(scenes, policy.weights)
    keys = scene_keys(arrays, seed)
    chosen = candidates_of(arrays, further=policy.quotas is not None)
    if policy.quotas is not None:
        chosen = by_quota(chosen, keys, policy.quotas, policy.weights, arrays)
    elif policy.per_scene is not None:
        chosen = by_turns(chosen, keys, policy.per_scene, arrays)
    return write_drafts(chosen, arrays, keys)


def draft_questions(
    boxes: Sequence[ObjectBox],
    size: tuple[int, int],
    labelled: Collection[str],
    *,
    seed: int,
    per_scene: int | None = None,
    land_cover: Mapping[str, float] | None = None,
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
        With the boxes it fixes the sample and the synonyms.
    per_scene
        At most so many, balanced over types and over Yes and No, sturdy answers before fragile ones.
        None gives the complete corpus.
    land_cover
        ``{class: share of the area}``, where it is known.

    Raises
    ------
    ValueError
        If the size is not positive, a box id is not unique, or ``per_scene`` is negative.
    """
    scene = BoxedScene("", size, boxes, tuple(labelled), land_cover or {})
    return draft_scenes([scene], Policy(per_scene=per_scene), seed=seed)[0]


def count_types(drafted: Sequence[Sequence[Draft]]) -> Counter[str]:
    """How many questions of each type there are."""
    return Counter(draft.question_type for drafts in drafted for draft in drafts if draft.question_type)


def derive(
    program: str,
    boxes: Sequence[ObjectBox],
    size: tuple[int, int],
    labelled: Collection[str],
    land_cover: Mapping[str, float] | None = None,
) -> str | None:
    """Run a stored program over boxes, perhaps corrected ones, and over the shares of land cover.

    Returns
    -------
    The answer, or None where it is arguable or its ground is gone.

    Raises
    ------
    ProgramError
        If ``program`` is none.
    """
    return answer(parse_program(program), Layout.of(boxes, size, land_cover), labelled)


def is_fragile(program: str, boxes: Sequence[ObjectBox], size: tuple[int, int]) -> bool:
    """Whether the answer rests on boxes that the image's edge cuts, or flips when one box moves by 3 px."""
    return is_unstable(parse_program(program), Layout.of(boxes, size))


def _check(scene: BoxedScene) -> None:
    name = f"{scene.name!r}: " if scene.name else ""
    if min(scene.size) <= 0:
        rows, cols = scene.size
        raise ValueError(f"{name}a scene of {rows} rows and {cols} columns has no place for boxes")
    if len({box.box_id for box in scene.boxes}) != len(scene.boxes):
        raise ValueError(f"{name}two boxes of the scene have the same id, so that a program could mean either")
