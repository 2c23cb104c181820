"""Who may review what is put into a pool: everybody, its members, or those with all of its skills."""

from __future__ import annotations

from typing import Final

BELONGS: Final = """
e.is_open
    or exists (select from pool_member m where m.pool = e.pool and m.reviewer = {reviewer})
    or e.skills <> '{{}}' and e.skills <@ array(select k.skill from reviewer_skill k where k.reviewer = {reviewer})
"""
"""Whether ``{reviewer}`` belongs to the pool ``e``."""

POOLS_OF_REVIEWER: Final = f"select e.pool, e.is_open from pool e where {BELONGS.format(reviewer=':reviewer')}"  # noqa: S608
"""The pools of the reviewer who asks."""
