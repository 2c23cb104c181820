"""Plans of releases: what is to be frozen, what it would hold, and how far that is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Double, cast, func, insert, select, text, update
from sqlalchemy.orm import Session

from app.db.tables.release import Release, ReleasePlan


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan, and the release that it became."""

    release_plan_id: int
    name: str
    notes: str
    rules: dict[str, Any]
    state: str
    preview: dict[str, Any] | None
    error: str | None
    number: int | None
    created_at: dt.datetime
    counted_at: dt.datetime | None
    started_at: dt.datetime | None
    since_s: float
    """Since the work was last taken up, by the server's clock."""

    @property
    def is_open(self) -> bool:
        """Whether a worker is at it."""
        return self.state in {"counting", "freezing"}

    @property
    def label(self) -> str | None:
        """``NAME@3``, once it is frozen."""
        return None if self.number is None else f"{self.name}@{self.number}"


_PLAN: Final = (
    ReleasePlan.release_plan_id,
    ReleasePlan.name,
    ReleasePlan.notes,
    ReleasePlan.rules,
    ReleasePlan.state,
    ReleasePlan.preview,
    ReleasePlan.error,
    Release.number,
    ReleasePlan.created_at,
    ReleasePlan.counted_at,
    ReleasePlan.started_at,
    cast(
        func.extract("epoch", func.clock_timestamp() - func.coalesce(ReleasePlan.started_at, ReleasePlan.created_at)),
        Double,
    ).label("since_s"),
)

# Of those that took a worker long enough to say something about the pace.
_PACE: Final = text("""
select r.text_count / extract(epoch from p.finished_at - p.started_at) as texts_a_second
from release_plan p join release r using (release_id)
where p.state = 'frozen' and p.finished_at > p.started_at + interval '1 second'
order by p.release_plan_id desc limit 1
""")


def insert_plan(session: Session, name: str, notes: str, rules: Mapping[str, Any], decided_by: str, state: str) -> int:
    values = {"name": name, "notes": notes, "rules": dict(rules), "decided_by": decided_by, "state": state}
    statement = insert(ReleasePlan).values(**values).returning(ReleasePlan.release_plan_id)
    return session.execute(statement).scalar_one()


def find_plan(session: Session, release_plan_id: int) -> PlanRow | None:
    statement = select(*_PLAN).join(Release, Release.release_id == ReleasePlan.release_id, isouter=True)
    row = session.execute(statement.where(ReleasePlan.release_plan_id == release_plan_id)).one_or_none()
    return PlanRow(*row) if row else None


def list_open_plans(session: Session, limit: int = 20) -> list[PlanRow]:
    """Those that a worker is to count or freeze, the oldest first."""
    statement = select(*_PLAN).join(Release, Release.release_id == ReleasePlan.release_id, isouter=True)
    statement = statement.where(ReleasePlan.state.in_(("counting", "freezing")))
    return [PlanRow(*row) for row in session.execute(statement.order_by(ReleasePlan.release_plan_id).limit(limit))]


def lock_plan(session: Session, release_plan_id: int) -> str | None:
    """The state of a plan; who else would change it waits until the transaction ends. None where there is none."""
    statement = select(ReleasePlan.state).where(ReleasePlan.release_plan_id == release_plan_id).with_for_update()
    return session.execute(statement).scalar_one_or_none()


def ask_for(session: Session, release_plan_id: int, state: str) -> None:
    """A worker is to bring it to what this state is on the way to."""
    values = {"state": state, "error": None, "started_at": None, "finished_at": None}
    session.execute(update(ReleasePlan).where(ReleasePlan.release_plan_id == release_plan_id).values(**values))


def take_up(session: Session, release_plan_id: int, state: str) -> bool:
    """That the work begins now; False where the plan is not in this state any more."""
    statement = update(ReleasePlan).where(ReleasePlan.release_plan_id == release_plan_id, ReleasePlan.state == state)
    taken = session.execute(statement.values(started_at=func.clock_timestamp()).returning(ReleasePlan.release_plan_id))
    return taken.scalar() is not None


def store_preview(session: Session, release_plan_id: int, preview: Mapping[str, Any]) -> None:
    """What was counted; the plan is ready to be frozen."""
    statement = update(ReleasePlan).where(ReleasePlan.release_plan_id == release_plan_id)
    values = {"state": "counted", "preview": dict(preview), "error": None, "counted_at": func.clock_timestamp()}
    session.execute(statement.values(**values))


def store_frozen(session: Session, release_plan_id: int, release_id: int) -> None:
    """The release that the plan became."""
    statement = update(ReleasePlan).where(ReleasePlan.release_plan_id == release_plan_id)
    values = {"state": "frozen", "release_id": release_id, "error": None, "finished_at": func.clock_timestamp()}
    session.execute(statement.values(**values))


def store_failure(session: Session, release_plan_id: int, error: str) -> None:
    """Why it came to nothing, unless it did not."""
    statement = update(ReleasePlan).where(
        ReleasePlan.release_plan_id == release_plan_id, ReleasePlan.state.in_(("counting", "freezing"))
    )
    session.execute(statement.values(state="failed", error=error, finished_at=func.clock_timestamp()))


def last_pace(session: Session) -> float | None:
    """Texts a second of the last release that a worker froze; None where none was."""
    found = session.execute(_PACE).scalar_one_or_none()
    return None if found is None else float(found)
