"""append-only tables refuse UPDATE, DELETE and TRUNCATE; closed lists take no further row"""

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
    for table, owner, key in (("packet_draft", "packet", "packet_id"), ("release_text", "release", "release_id")):
        op.execute(f"""
create function refuse_late_{table}() returns trigger language plpgsql as $$
begin
    if exists (
        select from (select distinct {key} from added) as a
        join {owner} o using ({key}) join {table} m using ({key})
        where m.xmin <> o.xmin
    ) then
        raise exception 'a {owner} takes no {table} after it was made'
            using errcode = 'restrict_violation', constraint = 'sealed', table = '{table}';
    end if;
    return null;
end
$$
""")  # noqa: S608  (names of our own tables)
        op.execute(
            f"create trigger {table}_sealed after insert on {table} referencing new table as added"
            f" for each statement execute function refuse_late_{table}()"
        )
