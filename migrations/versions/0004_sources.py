"""imports in chunks; chips, registration, land cover and same ground of scenes; decisions on pairs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pair_decision",
        sa.Column("pair_decision_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("scene_id", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint(
            "decision in ('use', 'use_shifted', 'without_optical', 'hold')",
            name=op.f("ck_pair_decision_decision_known"),
        ),
        sa.ForeignKeyConstraint(["scene_id"], ["scene.scene_id"], name=op.f("fk_pair_decision_scene_id_scene")),
        sa.PrimaryKeyConstraint("pair_decision_id", name=op.f("pk_pair_decision")),
    )
    op.create_index(op.f("ix_pair_decision_scene_id"), "pair_decision", ["scene_id"], unique=False)
    op.create_table(
        "run_chunk",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("chunk", sa.Integer(), nullable=False),
        sa.Column("scenes", sa.Integer(), nullable=False),
        sa.Column("planned_sha256", sa.Text(), nullable=False),
        sa.Column(
            "counts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("chunk >= 0 and scenes >= 0", name=op.f("ck_run_chunk_numbers_positive")),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_run_chunk_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "chunk", name=op.f("pk_run_chunk")),
    )
    op.create_index(
        "ix_run_chunk_open", "run_chunk", ["run_id"], unique=False, postgresql_where=sa.text("done_at is null")
    )
    op.create_table(
        "planned_scene",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("chunk", sa.Integer(), nullable=False),
        sa.Column("scene", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "chunk"],
            ["run_chunk.run_id", "run_chunk.chunk"],
            name=op.f("fk_planned_scene_run_id_chunk_run_chunk"),
        ),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_planned_scene")),
    )
    op.create_index("ix_planned_scene_run_id_chunk", "planned_scene", ["run_id", "chunk"], unique=False)
    op.add_column("dataset", sa.Column("licence", sa.Text(), nullable=True))
    op.add_column("dataset", sa.Column("citation", sa.Text(), nullable=True))
    op.add_column(
        "dataset",
        sa.Column("held_pairs", sa.ARRAY(sa.Text()), server_default=sa.text("'{misregistered}'"), nullable=False),
    )
    op.add_column("object_box", sa.Column("is_cut", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("refusal", sa.Column("chunk", sa.Integer(), nullable=True))
    op.add_column("run", sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("run", sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("run", sa.Column("cancel_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("run", sa.Column("held_up", sa.Text(), nullable=True))
    op.add_column("run", sa.Column("held_up_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("scene", sa.Column("is_grouped", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("scene", sa.Column("duplicate_hash", sa.Text(), nullable=True))
    op.add_column("scene", sa.Column("thumbnail", sa.LargeBinary(), nullable=True))
    op.add_column("scene", sa.Column("structure", sa.Double(), nullable=True))
    op.add_column("scene", sa.Column("parent", sa.Text(), nullable=True))
    op.add_column("scene", sa.Column("chip_window", sa.ARRAY(sa.Integer()), nullable=True))
    op.add_column("scene", sa.Column("pair_state", sa.Text(), server_default=sa.text("'none'"), nullable=False))
    op.add_column("scene", sa.Column("registration", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("scene", sa.Column("land_cover", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_index(
        "ix_scene_dataset_id_pair_state_scene_id", "scene", ["dataset_id", "pair_state", "scene_id"], unique=False
    )
    op.create_index(
        "ix_scene_parent",
        "scene",
        ["dataset_id", "parent"],
        unique=False,
        postgresql_where=sa.text("parent is not null"),
    )
    op.create_index(
        "ix_scene_ground_cells",
        "scene",
        ["ground_cells"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index(
        "ix_scene_ungrouped", "scene", ["dataset_id"], unique=False, postgresql_where=sa.text("not is_grouped")
    )
    op.create_check_constraint(
        op.f("ck_dataset_held_pairs_known"),
        "dataset",
        "held_pairs <@ array['none', 'registered', 'shifted', 'misregistered', 'unknown']::text[]",
    )
    op.create_check_constraint(
        op.f("ck_scene_pair_state_known"),
        "scene",
        "pair_state in ('none', 'registered', 'shifted', 'misregistered', 'unknown')",
    )
    op.create_check_constraint(op.f("ck_scene_chip_has_parent"), "scene", "(parent is null) = (chip_window is null)")
    # An import that was under way knew no chunks: it is to be started again, which passes over what it has done.
    op.execute(
        "update run set state = 'failed', finished_at = clock_timestamp(),"
        " error = 'Broken off by an update of Trihedral: start the import again, it goes on.'"
        " where kind = 'import' and state in ('waiting', 'running')"
    )
    # The group of before was the hash of every scene without coordinates; it is one where two scenes have it.
    op.execute("update scene set duplicate_hash = duplicate_group where duplicate_group is not null")
    op.execute(
        "update scene set duplicate_group = null where duplicate_group in"
        " (select duplicate_group from scene group by duplicate_group having count(*) = 1)"
    )
    # Scenes of before were never compared: their splits stay, and of their pairs nothing is known.
    op.execute("update scene set is_grouped = true")
    op.execute("update scene set pair_state = 'unknown' where optical_sha256 is not null")
    op.execute(
        "create trigger pair_decision_append_only before update or delete on pair_decision"
        " for each row execute function refuse_change()"
    )
    op.execute(
        "create trigger pair_decision_no_truncate before truncate on pair_decision"
        " for each statement execute function refuse_change()"
    )
