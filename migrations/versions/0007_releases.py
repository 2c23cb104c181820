"""gates, differences between numbers and links to download of a release"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _credit()
    _make_changes()
    _make_plans()
    _make_links()


def _credit() -> None:
    op.add_column("person", sa.Column("credited_as", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_person_credited_as_length"), "person", "length(credited_as) between 1 and 100")
    op.add_column(
        "release", sa.Column("contributors", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False)
    )


def _make_changes() -> None:
    op.drop_index("uq_release_text_draft", "release_text")
    op.create_index(
        "uq_release_text_draft",
        "release_text",
        ["release_id", "draft_id"],
        unique=True,
        postgresql_include=["text_sha256"],
    )
    op.create_table(
        "release_change",
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.Text(collation="C"), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("change in ('added', 'changed', 'removed')", name=op.f("ck_release_change_change_known")),
        sa.CheckConstraint(
            "(change = 'removed') = (reason is not null)", name=op.f("ck_release_change_removed_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.release_id"], name=op.f("fk_release_change_release_id_release")
        ),
        sa.PrimaryKeyConstraint("release_id", "change", "draft_id", name=op.f("pk_release_change")),
    )
    op.execute(
        "create trigger release_change_append_only before update or delete on release_change"
        " for each row execute function refuse_change()"
    )
    op.execute(
        "create trigger release_change_no_truncate before truncate on release_change"
        " for each statement execute function refuse_change()"
    )
    op.execute("""
create function refuse_late_release_change() returns trigger language plpgsql as $$
begin
    if exists (
        select from (select distinct release_id from added) as a
        join release o using (release_id) join release_change m using (release_id)
        where m.xmin <> o.xmin
    ) then
        raise exception 'a release takes no release_change after it was made'
            using errcode = 'restrict_violation', constraint = 'sealed', table = 'release_change';
    end if;
    return null;
end
$$
""")
    op.execute(
        "create trigger release_change_sealed after insert on release_change referencing new table as added"
        " for each statement execute function refuse_late_release_change()"
    )


def _make_plans() -> None:
    op.create_table(
        "release_plan",
        sa.Column("release_plan_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("preview", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("release_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('counting', 'counted', 'freezing', 'frozen', 'failed')",
            name=op.f("ck_release_plan_state_known"),
        ),
        sa.CheckConstraint(
            "(state = 'frozen') = (release_id is not null)", name=op.f("ck_release_plan_frozen_has_release")
        ),
        sa.CheckConstraint("(state = 'failed') = (error is not null)", name=op.f("ck_release_plan_failed_has_error")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.release_id"], name=op.f("fk_release_plan_release_id_release")
        ),
        sa.PrimaryKeyConstraint("release_plan_id", name=op.f("pk_release_plan")),
    )
    op.create_index(
        "ix_release_plan_open",
        "release_plan",
        ["release_plan_id"],
        postgresql_where=sa.text("state in ('counting', 'freezing')"),
    )
    op.create_table(
        "release_plan_draft",
        sa.Column("release_plan_id", sa.BigInteger(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("dataset", sa.Text(collation="C"), nullable=False),
        sa.Column("split", sa.Text(collation="C"), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "release_plan_id", "standing", "dataset", "split", "draft_id", name=op.f("pk_release_plan_draft")
        ),
    )


def _make_links() -> None:
    op.create_table(
        "download_link",
        sa.Column("download_link_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("export_id", sa.BigInteger(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("downloads", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("downloaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(note) <= 200", name=op.f("ck_download_link_note_length")),
        sa.CheckConstraint("downloads >= 0", name=op.f("ck_download_link_downloads_counted")),
        sa.ForeignKeyConstraint(["export_id"], ["export.export_id"], name=op.f("fk_download_link_export_id_export")),
        sa.PrimaryKeyConstraint("download_link_id", name=op.f("pk_download_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_download_link_token_sha256")),
    )
    op.create_index(op.f("ix_download_link_export_id"), "download_link", ["export_id"], unique=False)
