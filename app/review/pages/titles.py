"""What the closed lists are called on the pages of leads and reviewers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.vocabulary import FLAGS, KIND_TITLES, QUESTION_TYPE_TITLES

STATES: Final[Mapping[str, str]] = {
    "loose": "in no packet",
    "waiting": "waiting",
    "in_review": "in review",
    "disagreement": "disagreement",
    "verified": "verified as drafted",
    "revised": "revised",
    "rejected": "rejected",
}
"""What becomes of a draft, in its order."""

TONES: Final[Mapping[str, str]] = {
    "loose": "",
    "waiting": "",
    "in_review": "info",
    "disagreement": "warning",
    "verified": "ok",
    "revised": "ok",
    "rejected": "error",
}
"""Badges of the states."""

VERDICTS: Final[Mapping[str, str]] = {
    "accept": "accepted",
    "revise": "revised",
    "reject": "rejected",
    "unsure": "unsure",
}

FLAG_TITLES: Final[Mapping[str, str]] = {
    **{flag: flag for flag in FLAGS},
    "wrong_statement": "wrong",
    "not_visible_in_sar": "not in SAR",
}
"""As reviewers read them."""

TEXT_TITLES: Final[Mapping[str, str]] = {**KIND_TITLES, **QUESTION_TYPE_TITLES}
"""Of a kind, or of a question's type."""

UNUSABLE: Final[Mapping[str, str]] = {
    "no_data": "no data",
    "artefact": "artefact",
    "wrong_pair": "wrong pair",
    "duplicate": "duplicate",
    "changed_between_dates": "changed between dates",
}

SUPPORTS: Final[Mapping[str, str]] = {"sar": "SAR", "sar_with_optical": "SAR with optical"}
