"""Stored figures, and the predicted captions that some are made of."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_STORE: Final = text("""
insert into evaluation_score (evaluation_id, kind, measure, version, figures)
values (:evaluation_id, :kind, :measure, :version, cast(:figures as jsonb))
on conflict (evaluation_id, kind, measure) do update set version = excluded.version, figures = excluded.figures,
    scored_at = clock_timestamp()
""")
_SCORES: Final = text("""
select evaluation_id, kind, measure, version, figures - 'confusion' as figures, scored_at from evaluation_score
where evaluation_id = any(:evaluation_ids) order by evaluation_id, kind, measure
""")
_WHOLE: Final = text("""
select evaluation_id, kind, measure, version, figures, scored_at from evaluation_score
where evaluation_id = :evaluation_id order by kind, measure
""")
_CAPTIONS: Final = text("select item_id, prediction from prediction where evaluation_id = :evaluation_id")


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of an evaluation by one measure, of one kind of text."""

    evaluation_id: int
    kind: str
    measure: str
    version: int
    figures: Mapping[str, Any]
    scored_at: dt.datetime


def store_score(
    session: Session, evaluation_id: int, kind: str, measure: str, version: int, figures: Mapping[str, Any]
) -> None:
    values = {"evaluation_id": evaluation_id, "kind": kind, "measure": measure, "version": version}
    session.execute(_STORE, {**values, "figures": json.dumps(figures)})


def scores_of(session: Session, evaluation_ids: Sequence[int]) -> list[Score]:
    """Without their confusions, for lists."""
    rows = session.execute(_SCORES, {"evaluation_ids": list(evaluation_ids)})
    return [Score(**row._mapping) for row in rows]


def whole_scores(session: Session, evaluation_id: int) -> list[Score]:
    """All that is stored of one evaluation."""
    return [Score(**row._mapping) for row in session.execute(_WHOLE, {"evaluation_id": evaluation_id})]


def predicted_captions(session: Session, evaluation_id: int) -> dict[str, str]:
    """The predicted caption of each scene."""
    return {row[0]: row[1] for row in session.execute(_CAPTIONS, {"evaluation_id": evaluation_id})}
