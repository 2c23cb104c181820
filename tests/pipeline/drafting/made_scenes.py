"""Scenes like those of SARDet-100k: mostly one category an image, mostly one box, sometimes many."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable

from pipeline.drafting.box_arrays import BoxedScene
from pipeline.drafting.policy import Availability, Fit, fit
from pipeline.records import ObjectBox
from pipeline.vocabulary import SARDET_CATEGORIES

SHARES = (0.45, 0.2, 0.08, 0.1, 0.12, 0.05)


def make_scene(number: int, labelled: tuple[str, ...] = SARDET_CATEGORIES) -> BoxedScene:
    """The scene of this number, always the same."""
    draw = random.Random(number)
    main = draw.choices(SARDET_CATEGORIES, SHARES)[0]
    boxes = []
    for nth in range(1 if draw.random() < 0.62 else min(98, 2 + int(draw.expovariate(1 / 2.4)))):
        category = main if draw.random() < 0.93 else draw.choice(SARDET_CATEGORIES)
        width, height = draw.randint(6, 120), draw.randint(6, 120)
        x, y = draw.randint(0, 512 - width), draw.randint(0, 480 - height)
        boxes.append(ObjectBox(f"{number}-{nth}", category, x, y, width, height))
    return BoxedScene(f"{number:07d}.jpg", (480, 512), boxes, labelled)


def fitted(scenes: list[BoxedScene], known: Iterable[str] = ()) -> Fit:
    """The paper's policy for these scenes."""
    weights = Counter(category for scene in scenes for category in {box.category for box in scene.boxes})
    availability = Availability({**dict.fromkeys(known, 0), **weights})
    availability.add(scenes)
    return fit(availability)
