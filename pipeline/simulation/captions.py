"""What the offline model says of the demo's scenes: right captions beside the mistakes that reviewers must find."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.simulation.scenes import SimulatedScene
from pipeline.vocabulary import article, plural

_NUMBERS: Final = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_CONCISE_MISTAKES: Final = (None, "colour", None, "count", None, "vague", None, "wrong_statement")
_COMPLEX_MISTAKES: Final = ("count", None, "vague", None, "wrong_statement", None, "colour", None)


@dataclass(frozen=True, slots=True)
class _Wording:
    subject: str
    counted: tuple[tuple[str, str], ...]
    """(category, noun) of what a caption counts, the most telling first"""
    setting: str
    colour: tuple[str, str]
    """Words of the setting, and what a model that saw the optical image makes of them"""
    falsehood: str


_WORDINGS: Final[Mapping[str, _Wording]] = {
    "harbour": _Wording(
        "a harbour", (("harbor", "pier"), ("ship", "ship")),
        "Sheds and a road line the quay.", ("Sheds and a road", "Red and grey sheds and a road"),
        "A suspension bridge crosses the basin.",
    ),
    "anchorage": _Wording(
        "an anchorage off a wooded shore", (("ship", "ship"),),
        "The ships lie in open water.", ("open water", "deep blue water"),
        "A long pier runs out from the shore.",
    ),
    "tank_farm": _Wording(
        "a tank farm", (("tank", "storage tank"), ("building", "shed")),
        "The tanks stand in square bunds beside a road.", ("The tanks", "The white tanks"),
        "A ship is moored beside the tanks.",
    ),
    "city": _Wording(
        "a city district with rows of buildings", (),
        "The buildings line a grid of streets with parks between them.", ("The buildings", "The red-roofed buildings"),
        "A stadium stands in the middle of the district.",
    ),
    "river_bridge": _Wording(
        "a river between fields", (("bridge", "bridge"), ("ship", "barge")),
        "Fields line both banks, and a road crosses the river.", ("Fields", "Green and brown fields"),
        "A railway station stands beside the river.",
    ),
    "airfield": _Wording(
        "an airfield", (("aircraft", "aircraft"),),
        "A runway and a taxiway run beside the apron, and a terminal stands at its edge.",
        ("A runway", "A dark grey runway"),
        "A helicopter is about to land on the runway.",
    ),
    "farmland": _Wording(
        "farmland with parcels of crops", (("car", "car"), ("building", "farm building")),
        "A road crosses the fields, and a small wood stands among them.", ("the fields", "the golden fields"),
        "A wide river winds through the fields.",
    ),
    "woodland": _Wording(
        "closed woodland", (("lake", "lake"),),
        "A track runs through the trees.", ("the trees", "the dark green trees"),
        "A village lies beside the lake.",
    ),
    "delta": _Wording(
        "a river delta", (("ship", "boat"),),
        "Channels wind between meadows with scattered trees.", ("meadows", "lush green meadows"),
        "A bridge crosses the widest channel.",
    ),
}  # fmt: skip


def demo_replies(scenes: Sequence[tuple[str, SimulatedScene]]) -> list[dict[str, Any]]:
    """The lines of ``replies.jsonl`` for named scenes, two a scene.

    ``mistakes`` says what is wrong with a caption (flags as in the vocabulary; empty if it is right). One reply is
    empty, one malformed, one refused: they are to be recorded and never become drafts.
    """
    replies: list[dict[str, Any]] = []
    for number, (name, scene) in enumerate(scenes):
        for kind, plan in (("concise_caption", _CONCISE_MISTAKES), ("complex_caption", _COMPLEX_MISTAKES)):
            mistake = plan[number % len(plan)]
            text, mistakes = _caption(scene, kind, mistake)
            line = {"scene": name, "kind": kind, "status": 200, "delay_s": 0, "mistakes": mistakes}
            replies.append(line | {"content": json.dumps({"caption": text})})
    return [reply | _MISHAPS.get(place, {}) for place, reply in enumerate(replies)]


_MISHAPS: Final[Mapping[int, dict[str, Any]]] = {
    9: {"content": "", "mistakes": []},
    22: {"content": '{"caption": "An aerial view of', "mistakes": []},
    37: {"content": "", "refusal": "I'm sorry, but I can't describe this image.", "mistakes": []},
}
"""By place in the file: an empty reply, a malformed one, a refusal."""


def _caption(scene: SimulatedScene, kind: str, mistake: str | None) -> tuple[str, list[str]]:
    wording, is_concise = _WORDINGS[scene.kind], kind == "concise_caption"
    if mistake in ("count", "vague") and not wording.counted:
        mistake = "wrong_statement"
    first = wording.subject + _counted(wording, scene, mistake)
    setting = wording.setting.replace(*wording.colour) if mistake == "colour" else wording.setting
    mistakes = [mistake] if mistake else []
    sentences = [first[0].upper() + first[1:] + "."] if is_concise else [f"The image shows {first}.", setting]
    if is_concise and mistake == "colour":
        sentences = [f"{setting[:-1]} in {wording.subject}."]
    if mistake == "wrong_statement":
        sentences.append(wording.falsehood)
    if mistake == "vague" and not is_concise:
        sentences.append("There seem to be various other structures nearby.")
    if not is_concise and any(found.change == "optical_only" and found.length_m < 15 for found in scene.truth.objects):
        sentences.append("A small boat leaves a wake on the water.")
        mistakes.append("not_visible_in_sar")
    return " ".join(sentences), mistakes


def _counted(wording: _Wording, scene: SimulatedScene, mistake: str | None) -> str:
    phrases = []
    for place, (category, noun) in enumerate(wording.counted):
        count = 1 if category == "lake" else scene.truth.counts.get(category, 0)
        if mistake == "count" and place == 0:
            count = count + 2 if count < 4 else count - 1
        if mistake == "vague":
            phrases.append(f"several {plural(noun)}" if count > 1 else f"some kind of {noun}")
        elif count:
            phrases.append(_number_of(noun, count))
    if not phrases:
        return ""
    return (" and " if " with " in wording.subject else " with ") + " and ".join(phrases)


def _number_of(noun: str, count: int) -> str:
    if count == 1:
        return f"{article(noun)} {noun}"
    return f"{_NUMBERS[count] if count < len(_NUMBERS) else count} {plural(noun)}"
