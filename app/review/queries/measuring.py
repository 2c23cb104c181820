"""What rules are measured by: sums over all first verdicts of a dataset, two statements whatever there is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from pipeline.scoring.intervals import ClusteredCount

Level = Literal["rule", "family", "recall"]

_GIVEN: Final = """
select v.draft_id, v.screening_version, v.reviewer, v.flags, p.scene_id, v.verdict <> 'accept' as is_acted_upon
from packet p join first_verdict v on v.packet_id = p.packet_id
where p.dataset_id = :dataset_id and p.hides_findings
    and (cast(:version as text) is null or v.screening_version = :version)
"""

_SUMS: Final = text(f"""
with given as materialized ({_GIVEN}
), fitting as materialized (
    select family, array(select jsonb_array_elements_text(flags)) as flags
    from jsonb_to_recordset(cast(:fitting as jsonb)) as m (family text, flags jsonb)
), fired as materialized (
    -- A rule that finds two things in a text is right or wrong of the text once.
    select distinct f.draft_id, f.screening_version, f.rule, f.severity, split_part(f.rule, '.', 1) as family
    from (select distinct draft_id, screening_version from given) as g
    join finding f on f.draft_id = g.draft_id and f.screening_version = g.screening_version
), fired_family as materialized (
    select distinct draft_id, screening_version, family from fired
), by_scene as (
    select 'rule' as level, r.rule as name, r.severity, g.scene_id, count(*) as trials,
        count(*) filter (where g.is_acted_upon) as acted,
        count(*) filter (where g.is_acted_upon and g.flags && m.flags) as named
    from fired r join given g using (draft_id, screening_version) left join fitting m using (family)
    group by g.scene_id, r.rule, r.severity
    union all
    select 'family', r.family, '', g.scene_id, count(*), count(*) filter (where g.is_acted_upon),
        count(*) filter (where g.is_acted_upon and g.flags && m.flags)
    from fired_family r join given g using (draft_id, screening_version) left join fitting m using (family)
    group by g.scene_id, r.family
    union all
    select 'recall', m.family, '', g.scene_id, count(*), count(r.draft_id), count(r.draft_id)
    from fitting m join given g on g.is_acted_upon and g.flags && m.flags
    left join fired_family r on r.draft_id = g.draft_id and r.screening_version = g.screening_version
        and r.family = m.family
    group by g.scene_id, m.family
)
select level, name, severity, count(*) as scenes, sum(trials)::bigint as trials, sum(acted)::bigint as acted,
    sum(named)::bigint as named, sum(trials * trials)::bigint as trials_trials,
    sum(trials * acted)::bigint as trials_acted, sum(acted * acted)::bigint as acted_acted,
    sum(trials * named)::bigint as trials_named, sum(named * named)::bigint as named_named
from by_scene group by level, name, severity
""")  # noqa: S608  (parts of our own)

_GATHERED: Final = text(f"""
select screening_version as version, count(*) as verdicts, count(distinct reviewer) as reviewers,
    count(distinct scene_id) as scenes
from ({_GIVEN}) as given group by grouping sets ((screening_version), ()) having count(*) > 0
order by grouping(screening_version) desc, verdicts desc, version
""")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Gathered:
    """First verdicts that were given, of one screening's findings or (``version`` None) of all."""

    version: str | None
    verdicts: int
    reviewers: int
    scenes: int


@dataclass(frozen=True, slots=True)
class Sums:
    """Of a rule or family: the first verdicts on texts in which it found something. Of ``recall``: those with a flag
    that fits the family, and how many of these texts it had found something in."""

    level: Level
    name: str
    severity: str
    acted: ClusteredCount
    """Another verdict than accept."""
    named: ClusteredCount
    """And a flag that fits the family."""


def gathered(session: Session, dataset_id: int) -> list[Gathered]:
    """How much there is: all together first, then by screening, the one with most verdicts first; empty where none."""
    rows = session.execute(_GATHERED, {"dataset_id": dataset_id, "version": None})
    return [Gathered(**row._mapping) for row in rows]


def sums_of(
    session: Session, dataset_id: int, fitting: Mapping[str, Sequence[str]], version: str | None = None
) -> list[Sums]:
    """The sums of every rule and family that found something or should have, under one screening or (None) all.

    ``fitting`` are the flags that fit each family; of a family without any there is no recall.
    """
    listed = [{"family": family, "flags": list(flags)} for family, flags in fitting.items()]
    asked = {"dataset_id": dataset_id, "version": version, "fitting": json.dumps(listed)}
    return [_sums(row) for row in session.execute(_SUMS, asked).mappings()]


def _sums(row: RowMapping) -> Sums:
    def count(hits: str) -> ClusteredCount:
        return ClusteredCount(
            clusters=row["scenes"],
            trials=row["trials"],
            hits=row[hits],
            trials_squared=row["trials_trials"],
            trials_hits=row[f"trials_{hits}"],
            hits_squared=row[f"{hits}_{hits}"],
        )

    return Sums(row["level"], row["name"], row["severity"], count("acted"), count("named"))
