"""what a drafter was shown; how a dataset is screened; packets that hide their findings until a first verdict"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "screening_policy",
        sa.Column("screening_policy_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.dataset_id"], name=op.f("fk_screening_policy_dataset_id_dataset")
        ),
        sa.PrimaryKeyConstraint("screening_policy_id", name=op.f("pk_screening_policy")),
    )
    op.create_index(op.f("ix_screening_policy_dataset_id"), "screening_policy", ["dataset_id"], unique=False)
    op.create_index(
        "ix_finding_rule_screening_version_draft_id",
        "finding",
        ["rule", "screening_version", "draft_id"],
        unique=False,
    )
    # Findings are counted as they are stored from now on; those that are there already are counted once.
    op.execute(
        "insert into counter_delta (dataset_id, name, delta)"
        " select s.dataset_id, 'findings ' || f.screening_version || ' ' || f.rule, count(*)"
        " from finding f join draft d using (draft_id) join scene s using (scene_id) group by 1, 2"
    )
    op.create_table(
        "first_verdict",
        sa.Column("packet_id", sa.BigInteger(), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("reviewer", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("flags", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("screening_version", sa.Text(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint(
            "verdict in ('accept', 'revise', 'reject', 'unsure')", name=op.f("ck_first_verdict_verdict_known")
        ),
        sa.CheckConstraint(
            "flags <@ array['colour', 'wrong_statement', 'count', 'vague', 'not_visible_in_sar', 'position',"
            " 'language', 'other']::text[]",
            name=op.f("ck_first_verdict_flags_known"),
        ),
        sa.ForeignKeyConstraint(
            ["packet_id", "draft_id"],
            ["packet_draft.packet_id", "packet_draft.draft_id"],
            name=op.f("fk_first_verdict_packet_id_draft_id_packet_draft"),
        ),
        sa.ForeignKeyConstraint(
            ["reviewer"], ["pseudonym.pseudonym"], name=op.f("fk_first_verdict_reviewer_pseudonym")
        ),
        sa.PrimaryKeyConstraint("packet_id", "draft_id", "reviewer", name=op.f("pk_first_verdict")),
    )
    for table in ("screening_policy", "first_verdict"):
        op.execute(
            f"create trigger {table}_append_only before update or delete on {table}"
            " for each row execute function refuse_change()"
        )
        op.execute(
            f"create trigger {table}_no_truncate before truncate on {table}"
            " for each statement execute function refuse_change()"
        )
    op.add_column("dataset", sa.Column("hidden_share", sa.Double(), server_default=sa.text("0"), nullable=False))
    op.create_check_constraint(op.f("ck_dataset_hidden_share_range"), "dataset", "hidden_share between 0 and 1")
    op.add_column("dataset", sa.Column("named", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("dataset", sa.Column("named_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("packet", sa.Column("hides_findings", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index(
        "ix_packet_hiding", "packet", ["dataset_id"], unique=False, postgresql_where=sa.text("hides_findings")
    )
    # No query asks for them, and each is paid for with every draft that is loaded.
    op.drop_index(op.f("ix_draft_drafter_id"), table_name="draft")
    op.drop_index(op.f("ix_draft_run_id"), table_name="draft")
    _know_writers_by_statement()
    op.add_column("draft", sa.Column("general_type", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_draft_general_type_known"),
        "draft",
        "general_type in ('shape', 'direction', 'land_cover', 'pattern', 'reasoning')",
    )
    op.create_check_constraint(
        op.f("ck_draft_general_type_of_general"), "draft", "general_type is null or question_type = 'general'"
    )
    op.add_column(
        "drafting_outcome", sa.Column("input_sha256", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.drop_constraint(op.f("pk_drafting_outcome"), "drafting_outcome", type_="primary")
    op.create_primary_key(
        op.f("pk_drafting_outcome"), "drafting_outcome", ["scene_id", "drafter_id", "kind", "input_sha256"]
    )


def _know_writers_by_statement() -> None:
    """Foreign keys look a parent up once a row, which is most of the time that loading a million drafts takes."""
    op.drop_constraint(op.f("fk_draft_drafter_id_drafter"), "draft", type_="foreignkey")
    op.drop_constraint(op.f("fk_draft_run_id_run"), "draft", type_="foreignkey")
    op.execute("""
create function refuse_unknown_writer() returns trigger language plpgsql as $$
begin
    if exists (
        select from (select distinct drafter_id, run_id from added) as a
        where not exists (select from drafter d where d.drafter_id = a.drafter_id)
        or not exists (select from run r where r.run_id = a.run_id)
    ) then
        raise exception 'a draft names a drafter or a run that is not there'
            using errcode = 'foreign_key_violation', constraint = 'draft_written', table = 'draft';
    end if;
    return null;
end
$$
""")
    op.execute(
        "create trigger draft_written after insert on draft referencing new table as added"
        " for each statement execute function refuse_unknown_writer()"
    )
    for table in ("drafter", "run"):
        op.execute(
            f"create trigger {table}_stays before delete on {table} for each row execute function refuse_change()"
        )
