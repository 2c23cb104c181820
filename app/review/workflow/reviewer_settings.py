"""What a reviewer prefers everywhere: which key does what, whether the zoom stays."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.review.errors import SettingsError
from app.review.queries import reviewer_settings
from app.review.workflow.verdicts import check_texts


def change_settings(session: Session, reviewer: uuid.UUID, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what is given in place of what was chosen before, and leave the rest; gives all that holds now.

    Raises
    ------
    SettingsError
        If one key stands for two actions.
    UnstorableTextError
        If a key's name is no text that can be stored.
    """
    check_texts(changes)
    _check_keys(changes.get("keys") or {})
    reviewer_settings.write_settings(session, reviewer, dict(changes))
    return reviewer_settings.read_settings(session, reviewer)


def _check_keys(keys: Mapping[str, Sequence[str]]) -> None:
    taken: dict[str, str] = {}
    for action, names in keys.items():
        for name in names:
            other = taken.setdefault(name, action)
            if other != action:
                raise SettingsError(
                    f"The key {name!a} stands for {other} and {action}. Choose another for one of them."
                )
