"""Counting what a dataset's drafts name: object categories, question types, land covers."""

from __future__ import annotations

from typing import Any

from app.db import SessionMaker, transaction
from app.intake.queries.drafted import drafted_of, store_named
from app.intake.workflow.running import require_dataset
from pipeline.extraction.counting import Tally


def count_named(sessions: SessionMaker, name: str) -> dict[str, Any]:
    """Count over all drafts of a dataset, in memory that does not grow with them, and keep the result for its page.

    Returns
    -------
    The counts as :meth:`Tally.as_json` gives them.

    Raises
    ------
    DatasetMissingError
        If there is no such dataset.
    """
    with sessions() as session:
        dataset_id = require_dataset(session, name).dataset_id
        counts = Tally().add(drafted_of(session, dataset_id)).as_json()
    with transaction(sessions) as session:
        store_named(session, dataset_id, counts)
    return counts
