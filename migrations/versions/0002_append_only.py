"""append-only tables refuse UPDATE, DELETE and TRUNCATE"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
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


def upgrade() -> None:
    op.execute("""
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, tg_op
        using errcode = 'restrict_violation', constraint = 'append_only', table = tg_table_name;
end
$$
""")
    for table in TABLES:
        op.execute(
            f"create trigger {table}_append_only before update or delete on {table}"
            " for each row execute function refuse_change()"
        )
        op.execute(
            f"create trigger {table}_no_truncate before truncate on {table}"
            " for each statement execute function refuse_change()"
        )
