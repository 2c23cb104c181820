"""Words and addresses that the pages of evaluations share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

STATE_TITLES: Final[Mapping[str, str]] = {
    "predicting": "predictions are coming",
    "stored": "waits for its score",
    "scored": "scored",
    "failed": "failed",
}
TASK_TITLES: Final[Mapping[str, str]] = {"questions": "answers", "captions": "captions"}
JUDGE_TITLES: Final[Mapping[str, str]] = {
    "exact": "the same words",
    "synonyms": "the same meaning, by a list",
    "sarlang-substring": "the published script’s rule, at fault: “1” is right for “11”",
}
"""Of judges that decide by rules; a model's judge is named by its model."""
RECIPE_TITLES: Final[Mapping[str, str]] = {
    "prompt": "Prompt",
    "image": "Image",
    "temperature": "Temperature",
    "max_tokens": "Longest reply, tokens",
    "endpoint": "Endpoint",
    "note": "Note",
}


def address_of(release: str, split: str | None, quiz: str | None, **more: str | int) -> str:
    """Of a leaderboard."""
    named: dict[str, str | int] = {"quiz": quiz} if quiz else {"release": release, "split": split or "test"}
    return f"/leaderboard?{urlencode({**named, **more})}"


def recipe_lines(recipe: Mapping[str, object]) -> list[tuple[str, str]]:
    """How the model was asked, in the order of the titles."""
    keys = [*(key for key in RECIPE_TITLES if key in recipe), *(key for key in recipe if key not in RECIPE_TITLES)]
    return [
        (RECIPE_TITLES.get(key, key), "as the endpoint has it" if recipe[key] is None else str(recipe[key]))
        for key in keys
    ]
