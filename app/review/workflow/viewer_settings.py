"""How a person likes to look at the scenes of a dataset: kept for them, shown to nobody else."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from app.review.errors import UnknownDatasetError
from app.review.queries.viewer_settings import write_viewer_settings


def save_viewer_settings(session: Session, reviewer: uuid.UUID, dataset: str, settings: dict[str, Any]) -> None:
    """Keep the settings in place of those before, whichever tab they come from.

    Raises
    ------
    UnknownDatasetError
    """
    if not write_viewer_settings(session, reviewer, dataset, settings):
        raise UnknownDatasetError(f"There is no dataset {dataset!r}. Reload the page.")
