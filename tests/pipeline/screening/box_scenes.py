"""Scenes with boxes, made up, for the tests of the families that hold texts to boxes."""

from __future__ import annotations

from pipeline.records import Draft, Finding, ObjectBox
from pipeline.screening import SceneContext, screen
from pipeline.vocabulary import SARDET_CATEGORIES

FAMILIES = ("count", "category", "position")


def scene(*boxes: tuple[str, float, float], labelled=SARDET_CATEGORIES, north_up: bool | None = None) -> SceneContext:
    """A scene of 800 × 800 pixels with boxes of 40 × 40 around ``(category, x, y)``, in parts of the image."""
    placed = tuple(
        ObjectBox(str(index), category, 800 * x - 20, 800 * y - 20, 40, 40)
        for index, (category, x, y) in enumerate(boxes)
    )
    return SceneContext((800, 800), None, placed, tuple(sorted(labelled)), north_up)


ONE_SHIP = scene(("ship", 0.9, 0.5))
TWO_SHIPS = scene(("ship", 0.15, 0.2), ("ship", 0.2, 0.3), ("bridge", 0.8, 0.8))
APRON = scene(("aircraft", 0.12, 0.44), ("aircraft", 0.25, 0.45), ("aircraft", 0.4, 0.4), ("aircraft", 0.65, 0.35))
HARBOR = scene(*(("ship", 0.2 + 0.05 * index, 0.7) for index in range(3)), ("harbor", 0.25, 0.8))
BRIDGE = scene(("bridge", 0.5, 0.5), ("car", 0.3, 0.5), ("car", 0.6, 0.5))
DEPOT = scene(*(("tank", 0.6 + 0.07 * index, 0.2) for index in range(5)))
DIAGONAL = scene(*(("ship", 0.1 + 0.2 * index, 0.1 + 0.2 * index) for index in range(4)))


def found(draft: Draft, context: SceneContext) -> list[Finding]:
    """The findings of the families that hold texts to boxes."""
    return [finding for finding in screen(draft, context) if finding.family in FAMILIES]


def families(draft: Draft, context: SceneContext) -> set[str]:
    return {finding.family for finding in found(draft, context)}


def caption(text: str) -> Draft:
    return Draft("concise_caption", text)


def question(text: str, answer: str) -> Draft:
    return Draft("question", text, "counting", answer)
