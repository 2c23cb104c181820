"""What must never change is held by the database itself: a trigger refuses UPDATE, DELETE and TRUNCATE."""

from __future__ import annotations

from sqlalchemy import DDL, event

from app.db.tables.base import Base

APPEND_ONLY = (
    "draft",
    "packet",
    "packet_draft",
    "review",
    "draft_verdict",
    "resolution",
    "release",
    "release_text",
    "release_scene",
)

FUNCTION = """
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, tg_op
        using errcode = 'restrict_violation', constraint = 'append_only', table = tg_table_name;
end
$$
"""


def trigger_statements(table: str) -> list[str]:
    """The two triggers of one append-only table."""
    return [
        f"create trigger {table}_append_only before update or delete on {table}"
        " for each row execute function refuse_change()",
        f"create trigger {table}_no_truncate before truncate on {table}"
        " for each statement execute function refuse_change()",
    ]


event.listen(Base.metadata, "after_create", DDL(FUNCTION.replace("%", "%%")))  # type: ignore[no-untyped-call]
for _table in APPEND_ONLY:
    for _statement in trigger_statements(_table):
        event.listen(Base.metadata, "after_create", DDL(_statement))  # type: ignore[no-untyped-call]
