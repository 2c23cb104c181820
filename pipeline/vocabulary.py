"""The closed lists: kinds, question types, positions, verdicts, flags, rule families, categories and their synonyms.

Everything that code, tables, pages and files choose from is here once. Adding to a list that the database checks
needs a migration; the catalogue test says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

KINDS: Final = ("concise_caption", "complex_caption", "question")

QUESTION_TYPES: Final = (
    "identification",
    "classification",
    "counting",
    "positioning",
    "referring",
    "general",
)

GENERAL_TYPES: Final = ("shape", "direction", "land_cover", "pattern", "reasoning")
"""What a general question is about."""

QUESTION_TYPE_TITLES: Final[Mapping[str, str]] = {
    "identification": "Object identification",
    "classification": "Object classification",
    "counting": "Instance counting",
    "positioning": "Object positioning",
    "referring": "Region referring",
    "general": "General",
}

KIND_TITLES: Final[Mapping[str, str]] = {
    "concise_caption": "Concise caption",
    "complex_caption": "Complex caption",
    "question": "Question",
}

POSITIONS: Final = ("left", "right", "top", "bottom", "center")

ORIGINS: Final = ("drafted", "gold", "probe")

VERDICTS: Final = ("accept", "revise", "reject", "unsure")

SCENE_VERDICTS: Final = ("usable", "unusable")

UNUSABLE_REASONS: Final = ("no_data", "artefact", "wrong_pair", "duplicate", "changed_between_dates")

BOX_VERDICTS: Final = ("right", "wrong_class", "spurious", "missing")

FLAGS: Final = ("colour", "wrong_statement", "count", "vague", "not_visible_in_sar", "position", "language", "other")
"""In the order of their digits 1 to 8; the first four are the paper's."""

SUPPORTS: Final = ("sar", "sar_with_optical")
VERIFICATION_TITLES: Final[Mapping[str, str]] = {
    "reviewed": "Reviewed",
    "boxes_reviewed": "Boxes reviewed",
    "sample_verified": "Sample-verified",
}
"""How a released text was verified: it was read, the boxes that it follows from were judged, or a sample of texts like
it was read."""

SEVERITIES: Final = ("error", "warning", "info")

ROLES: Final = ("reviewer", "adjudicator", "admin")

SPLITS: Final = ("train", "val", "test", "held_out")

PAIR_STATES: Final = ("none", "registered", "shifted", "misregistered", "unknown")
"""Of a scene and its optical partner: none without one; shifted is off by a little and the same everywhere; unknown
where too few blocks of the two images could be compared."""

ARMS: Final = ("sar", "sar_metadata", "optical", "both")
"""What a quiz shows with a question: the SAR image, the same with its metadata, the optical image, or both images."""

ANSWER_FORMS: Final = ("free", "choices")
"""How a quiz's questions are answered: typed, or chosen."""

GROUP_KINDS: Final = ("expert", "layperson", "own")
"""As what a group of a quiz counts."""

LONGEST_ANSWER: Final = 500
"""Of a participant, in code points."""

UNITS: Final = ("sigma0_db", "gamma0_db", "relative_db", "dn")
"""Of the SAR values that the page shows; "dB" without "rel." only where calibration is documented."""

SARDET_CATEGORIES: Final = ("ship", "aircraft", "car", "tank", "bridge", "harbor")

PLURALS: Final[Mapping[str, str]] = {"aircraft": "aircraft", "watercraft": "watercraft", "hovercraft": "hovercraft"}
"""Categories whose plural is not made by adding s."""

SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "ship": ("ship", "vessel", "boat", "watercraft"),
    "aircraft": ("aircraft", "airplane", "aeroplane", "plane"),
    "car": ("car", "vehicle", "automobile"),
    "tank": ("tank", "storage tank", "oil tank", "oil storage tank", "fuel tank"),
    "bridge": ("bridge",),
    "harbor": ("harbor", "harbour", "port", "seaport"),
    "building": ("building",),
}

NARROWER: Final[Mapping[str, tuple[str, ...]]] = {
    "ship": (
        *("yacht", "ferry", "freighter", "tanker", "barge", "tugboat", "sailboat", "speedboat", "motorboat", "trawler"),
        *("warship", "steamship", "frigate", "destroyer", "submarine", "hovercraft", "catamaran", "lifeboat"),
    ),
    "aircraft": ("jet", "airliner", "jetliner", "helicopter", "biplane", "seaplane"),
    "bridge": ("footbridge", "drawbridge", "viaduct"),
    "building": ("house", "warehouse", "skyscraper", "hangar", "church", "school", "apartment"),
}
"""Words for some objects of a category: each is one, but not each object is one of these."""

WIDER: Final[Mapping[str, frozenset[str]]] = {
    "vehicle": frozenset({"truck", "bus", "van", "lorry", "motorcycle", "train"})
}
"""Synonyms that are none in a scene where one of these is a category of its own."""


_CONSONANT_SOUND: Final = ("one", "once", "eu", "use", "usu", "uti", "ubiq", "unif", "unit", "uniq", "univ")


def plural(category: str) -> str:
    """The category for more than one object: ``bridge`` gives ``bridges``, ``aircraft`` stays."""
    if category in PLURALS:
        return PLURALS[category]
    if category.endswith(("s", "x", "ch", "sh")):
        return category + "es"
    if category.endswith("y") and category[-2:-1] not in "aeiou":
        return category[:-1] + "ies"
    return category + "s"


def article(noun: str) -> str:
    """``a`` or ``an`` before ``noun``, by how it begins to sound: ``a unit``, ``an hour``, ``an aircraft``."""
    word = noun.lower()
    if word.startswith(_CONSONANT_SOUND):
        return "a"
    return "an" if word.startswith(("a", "e", "i", "o", "u", "hour", "honest", "heir")) else "a"
