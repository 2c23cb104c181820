"""How a person likes to look at the scenes of a dataset."""

from __future__ import annotations

import json
import uuid
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_WRITE: Final = text("""
insert into viewer_setting (reviewer, dataset_id, settings)
select :reviewer, dataset_id, cast(:settings as jsonb) from dataset where name = :dataset
on conflict (reviewer, dataset_id) do update set settings = excluded.settings, saved_at = clock_timestamp()
returning dataset_id
""")


def write_viewer_settings(session: Session, reviewer: uuid.UUID, dataset: str, settings: dict[str, Any]) -> bool:
    """Store the settings in place of those before; False where there is no dataset of this name."""
    values = {"reviewer": reviewer, "dataset": dataset, "settings": json.dumps(settings)}
    return session.execute(_WRITE, values).one_or_none() is not None
