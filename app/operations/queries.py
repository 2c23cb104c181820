"""Figures of the running service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.orm import Session

FIGURES = """
select dataset.name,
       count(*) filter (where slot.is_free) as free,
       count(*) filter (where not slot.is_free) as taken
from dataset join slot using (dataset_id)
group by dataset.name
"""

JOBS = "select status::text as status, count(*) as number from procrastinate_jobs group by status"


@dataclass(frozen=True, slots=True)
class WorkFigures:
    slots: Mapping[tuple[str, str], int]
    """(dataset, free | taken) -> slots"""
    jobs: Mapping[str, int]


def work_figures(session: Session) -> WorkFigures:
    slots: dict[tuple[str, str], int] = {}
    for name, free, taken in session.execute(text(FIGURES)):
        slots[name, "free"], slots[name, "taken"] = free, taken
    jobs: dict[str, int] = {row.status: row.number for row in session.execute(text(JOBS))}
    return WorkFigures(slots=slots, jobs=jobs)


def database_revision(session: Session) -> str | None:
    found: str | None = session.execute(text("select version_num from alembic_version")).scalar()
    return found


@dataclass(frozen=True, eq=False)
class WorkSeries(Collector):
    figures: WorkFigures

    def collect(self) -> Iterable[Metric]:
        slots = GaugeMetricFamily("trihedral_slots", "Reviews that packets are to get", labels=["dataset", "state"])
        for (dataset, state), number in self.figures.slots.items():
            slots.add_metric([dataset, state], number)
        jobs = GaugeMetricFamily("trihedral_jobs", "Background jobs", labels=["status"])
        for status, number in self.figures.jobs.items():
            jobs.add_metric([status], number)
        return [slots, jobs]


def live_workers(session: Session, silent_s: float) -> int:
    """Workers whose heart beat within so many seconds."""
    query = "select count(*) from procrastinate_workers where last_heartbeat > now() - make_interval(secs => :silent)"
    found: int = session.execute(text(query), {"silent": silent_s}).scalar_one()
    return found
