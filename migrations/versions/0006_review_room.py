"""judged boxes; verdicts from the SAR image alone; policies, pools and orders of the queue; adjudication; preferences"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


APPEND_ONLY = (
    "sar_verdict",
    "pair_nudge",
    "box_review",
    "box_verdict",
    "box_outcome",
    "review_policy",
    "sample_result",
    "adjudication",
    "comment",
)


def upgrade() -> None:
    _make_queueing()
    _extend_queue()
    _make_viewing()
    _make_boxes()
    _make_adjudication()
    _extend()
    _hold()


def _make_queueing() -> None:
    op.create_table(
        "pool",
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("is_open", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("skills", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("pool ~ '^[a-z0-9][a-z0-9._-]{0,62}$'", name=op.f("ck_pool_name_form")),
        sa.PrimaryKeyConstraint("pool", name=op.f("pk_pool")),
    )
    op.create_table(
        "dataset_figures",
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "counted_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.dataset_id"], name=op.f("fk_dataset_figures_dataset_id_dataset")
        ),
        sa.PrimaryKeyConstraint("dataset_id", "name", name=op.f("pk_dataset_figures")),
    )
    op.create_table(
        "pool_member",
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["pool"], ["pool.pool"], name=op.f("fk_pool_member_pool_pool")),
        sa.ForeignKeyConstraint(["reviewer"], ["pseudonym.pseudonym"], name=op.f("fk_pool_member_reviewer_pseudonym")),
        sa.PrimaryKeyConstraint("pool", "reviewer", name=op.f("pk_pool_member")),
    )
    op.create_index(op.f("ix_pool_member_reviewer"), "pool_member", ["reviewer"], unique=False)
    op.create_table(
        "queue_ordering",
        sa.Column("queue_ordering_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("order_by", sa.Text(), nullable=False),
        sa.Column("seed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("done", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("after_packet_id", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "order_by in ('import', 'risk', 'random', 'place', 'type')", name=op.f("ck_queue_ordering_order_by_known")
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.dataset_id"], name=op.f("fk_queue_ordering_dataset_id_dataset")
        ),
        sa.PrimaryKeyConstraint("queue_ordering_id", name=op.f("pk_queue_ordering")),
    )
    op.create_index("ix_queue_ordering_dataset_id", "queue_ordering", ["dataset_id"], unique=False)
    op.create_table(
        "review_policy",
        sa.Column("review_policy_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("split", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("drafter_id", sa.BigInteger(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("reviews_wanted", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("sample_share", sa.Double(), nullable=True),
        sa.Column("pool", sa.Text(), server_default=sa.text("'main'"), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint(
            "(mode = 'sample') = (sample_share is not null)", name=op.f("ck_review_policy_sample_has_share")
        ),
        sa.CheckConstraint(
            "kind in ('concise_caption', 'complex_caption', 'question')", name=op.f("ck_review_policy_kind_known")
        ),
        sa.CheckConstraint("mode in ('reviews', 'sample', 'none')", name=op.f("ck_review_policy_mode_known")),
        sa.CheckConstraint("split in ('train', 'val', 'test', 'held_out')", name=op.f("ck_review_policy_split_known")),
        sa.CheckConstraint("reviews_wanted between 1 and 9", name=op.f("ck_review_policy_reviews_wanted_range")),
        sa.CheckConstraint("sample_share > 0 and sample_share < 1", name=op.f("ck_review_policy_sample_share_range")),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.dataset_id"], name=op.f("fk_review_policy_dataset_id_dataset")
        ),
        sa.ForeignKeyConstraint(
            ["drafter_id"], ["drafter.drafter_id"], name=op.f("fk_review_policy_drafter_id_drafter")
        ),
        sa.ForeignKeyConstraint(["pool"], ["pool.pool"], name=op.f("fk_review_policy_pool_pool")),
        sa.PrimaryKeyConstraint("review_policy_id", name=op.f("pk_review_policy")),
    )
    op.create_index(op.f("ix_review_policy_dataset_id"), "review_policy", ["dataset_id"], unique=False)
    op.create_table(
        "reviewer_skill",
        sa.Column("reviewer", sa.Uuid(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.CheckConstraint("length(skill) between 1 and 40", name=op.f("ck_reviewer_skill_skill_length")),
        sa.ForeignKeyConstraint(
            ["reviewer"], ["pseudonym.pseudonym"], name=op.f("fk_reviewer_skill_reviewer_pseudonym")
        ),
        sa.PrimaryKeyConstraint("reviewer", "skill", name=op.f("pk_reviewer_skill")),
    )
    op.create_table(
        "sample_result",
        sa.Column("sample_result_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("review_policy_id", sa.BigInteger(), nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.Column("wrong", sa.BigInteger(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("0 <= low and low <= high and high <= 1", name=op.f("ck_sample_result_interval_possible")),
        sa.CheckConstraint("wrong between 0 and read and read > 0", name=op.f("ck_sample_result_counts_possible")),
        sa.ForeignKeyConstraint(
            ["review_policy_id"],
            ["review_policy.review_policy_id"],
            name=op.f("fk_sample_result_review_policy_id_review_policy"),
        ),
        sa.PrimaryKeyConstraint("sample_result_id", name=op.f("pk_sample_result")),
    )
    op.create_index(op.f("ix_sample_result_review_policy_id"), "sample_result", ["review_policy_id"], unique=False)


def _extend_queue() -> None:
    op.add_column("slot", sa.Column("came_back", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index(
        "ix_slot_came_back",
        "slot",
        ["dataset_id", "pool", "sort_key", "packet_id", "slot"],
        unique=False,
        postgresql_where=sa.text("is_free and came_back"),
    )
    # Slots whose holder has let go of them so far: their reviewers' cursors are behind them.
    op.execute(
        "update slot s set came_back = true where is_free and exists (select from assignment a"
        " where a.packet_id = s.packet_id and a.slot = s.slot)"
    )
    op.add_column(
        "queue_cursor", sa.Column("queue_ordering_id", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("queue_cursor", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_packet_dataset_id_packet_id", "packet", ["dataset_id", "packet_id"], unique=False)
    op.drop_index("ix_packet_dataset_id", table_name="packet")
    for table in ("slot", "assignment"):
        op.execute(
            f"alter table {table} set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,"
            " vacuum_index_cleanup = on)"
        )


def _make_viewing() -> None:
    op.create_table(
        "reviewer_setting",
        sa.Column("reviewer", sa.Uuid(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["reviewer"], ["pseudonym.pseudonym"], name=op.f("fk_reviewer_setting_reviewer_pseudonym")
        ),
        sa.PrimaryKeyConstraint("reviewer", name=op.f("pk_reviewer_setting")),
    )
    op.create_table(
        "viewer_setting",
        sa.Column("reviewer", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.dataset_id"], name=op.f("fk_viewer_setting_dataset_id_dataset")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer"], ["pseudonym.pseudonym"], name=op.f("fk_viewer_setting_reviewer_pseudonym")
        ),
        sa.PrimaryKeyConstraint("reviewer", "dataset_id", name=op.f("pk_viewer_setting")),
    )
    op.create_table(
        "pair_nudge",
        sa.Column("pair_nudge_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("scene_id", sa.BigInteger(), nullable=False),
        sa.Column("down_px", sa.Double(), nullable=False),
        sa.Column("right_px", sa.Double(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint(
            "abs(down_px) <= 200 and abs(right_px) <= 200", name=op.f("ck_pair_nudge_distance_possible")
        ),
        sa.ForeignKeyConstraint(["scene_id"], ["scene.scene_id"], name=op.f("fk_pair_nudge_scene_id_scene")),
        sa.PrimaryKeyConstraint("pair_nudge_id", name=op.f("pk_pair_nudge")),
    )
    op.create_index(op.f("ix_pair_nudge_scene_id"), "pair_nudge", ["scene_id"], unique=False)
    op.create_table(
        "polarisation",
        sa.Column("scene_id", sa.BigInteger(), nullable=False),
        sa.Column("polarisation", sa.Text(), nullable=False),
        sa.Column("sar_sha256", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("scale", sa.Double(), nullable=False),
        sa.Column("nodata", sa.Double(), nullable=True),
        sa.Column("limits_low", sa.Double(), nullable=False),
        sa.Column("limits_high", sa.Double(), nullable=False),
        sa.Column("histogram", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "unit in ('sigma0_db', 'gamma0_db', 'relative_db', 'dn')", name=op.f("ck_polarisation_unit_known")
        ),
        sa.ForeignKeyConstraint(["sar_sha256"], ["asset.sha256"], name=op.f("fk_polarisation_sar_sha256_asset")),
        sa.ForeignKeyConstraint(["scene_id"], ["scene.scene_id"], name=op.f("fk_polarisation_scene_id_scene")),
        sa.PrimaryKeyConstraint("scene_id", "polarisation", name=op.f("pk_polarisation")),
    )


def _make_boxes() -> None:
    op.create_table(
        "box_review",
        sa.Column("box_review_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("scene_id", sa.BigInteger(), nullable=False),
        sa.Column("reviewer", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("packet_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("view", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_box_review_revision_from_one")),
        sa.ForeignKeyConstraint(["packet_id"], ["packet.packet_id"], name=op.f("fk_box_review_packet_id_packet")),
        sa.ForeignKeyConstraint(["reviewer"], ["pseudonym.pseudonym"], name=op.f("fk_box_review_reviewer_pseudonym")),
        sa.ForeignKeyConstraint(["scene_id"], ["scene.scene_id"], name=op.f("fk_box_review_scene_id_scene")),
        sa.PrimaryKeyConstraint("box_review_id", name=op.f("pk_box_review")),
        sa.UniqueConstraint("reviewer", "submission_id", name=op.f("uq_box_review_reviewer_submission_id")),
        sa.UniqueConstraint("scene_id", "reviewer", "revision", name=op.f("uq_box_review_scene_id_reviewer_revision")),
    )
    op.create_table(
        "box_verdict",
        sa.Column("box_review_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("x_min", sa.Double(), nullable=True),
        sa.Column("y_min", sa.Double(), nullable=True),
        sa.Column("width", sa.Double(), nullable=True),
        sa.Column("height", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "(verdict in ('wrong_class', 'missing')) = (category is not null)",
            name=op.f("ck_box_verdict_category_where_new"),
        ),
        sa.CheckConstraint(
            "case verdict when 'missing' then num_nonnulls(x_min, y_min, width, height) = 4 else num_nulls(x_min, y_min, width, height) = 4 end",
            name=op.f("ck_box_verdict_place_of_missing"),
        ),
        sa.CheckConstraint(
            "verdict in ('right', 'wrong_class', 'spurious', 'missing')", name=op.f("ck_box_verdict_verdict_known")
        ),
        sa.CheckConstraint(
            "width > 0 and height > 0 and x_min >= 0 and y_min >= 0", name=op.f("ck_box_verdict_area_positive")
        ),
        sa.ForeignKeyConstraint(
            ["box_review_id"], ["box_review.box_review_id"], name=op.f("fk_box_verdict_box_review_id_box_review")
        ),
        sa.PrimaryKeyConstraint("box_review_id", "number", name=op.f("pk_box_verdict")),
    )
    op.create_table(
        "box_outcome",
        sa.Column("box_review_id", sa.BigInteger(), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("is_sampled", sa.Boolean(), nullable=False),
        sa.CheckConstraint("outcome in ('same', 'changed', 'gone')", name=op.f("ck_box_outcome_outcome_known")),
        sa.CheckConstraint(
            "(outcome = 'changed') = (answer is not null)", name=op.f("ck_box_outcome_answer_where_changed")
        ),
        sa.ForeignKeyConstraint(
            ["box_review_id"], ["box_review.box_review_id"], name=op.f("fk_box_outcome_box_review_id_box_review")
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.draft_id"], name=op.f("fk_box_outcome_draft_id_draft")),
        sa.PrimaryKeyConstraint("box_review_id", "draft_id", name=op.f("pk_box_outcome")),
    )
    op.create_index(op.f("ix_box_outcome_draft_id"), "box_outcome", ["draft_id"], unique=False)
    op.create_table(
        "sar_verdict",
        sa.Column("packet_id", sa.BigInteger(), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("reviewer", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("revised_text", sa.Text(), nullable=True),
        sa.Column("revised_answer", sa.Text(), nullable=True),
        sa.Column("flags", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("has_seen_optical", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint(
            "(verdict = 'revise') = (revised_text is not null)", name=op.f("ck_sar_verdict_revise_has_text")
        ),
        sa.CheckConstraint(
            "flags <@ array['colour', 'wrong_statement', 'count', 'vague', 'not_visible_in_sar', 'position', 'language', 'other']::text[]",
            name=op.f("ck_sar_verdict_flags_known"),
        ),
        sa.CheckConstraint(
            "verdict in ('accept', 'revise', 'reject', 'unsure')", name=op.f("ck_sar_verdict_verdict_known")
        ),
        sa.ForeignKeyConstraint(
            ["packet_id", "draft_id"],
            ["packet_draft.packet_id", "packet_draft.draft_id"],
            name=op.f("fk_sar_verdict_packet_id_draft_id_packet_draft"),
        ),
        sa.ForeignKeyConstraint(["reviewer"], ["pseudonym.pseudonym"], name=op.f("fk_sar_verdict_reviewer_pseudonym")),
        sa.PrimaryKeyConstraint("packet_id", "draft_id", "reviewer", name=op.f("pk_sar_verdict")),
    )


def _make_adjudication() -> None:
    op.create_table(
        "adjudication_hold",
        sa.Column("packet_id", sa.BigInteger(), nullable=False),
        sa.Column("adjudicator", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["adjudicator"], ["pseudonym.pseudonym"], name=op.f("fk_adjudication_hold_adjudicator_pseudonym")
        ),
        sa.ForeignKeyConstraint(
            ["packet_id"], ["packet.packet_id"], name=op.f("fk_adjudication_hold_packet_id_packet")
        ),
        sa.PrimaryKeyConstraint("packet_id", name=op.f("pk_adjudication_hold")),
    )
    op.create_table(
        "adjudication",
        sa.Column("adjudication_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("packet_id", sa.BigInteger(), nullable=False),
        sa.Column("adjudicator", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("side_review_id", sa.BigInteger(), nullable=True),
        sa.Column("flags", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("unusable_reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint(
            "(choice = 'side') = (side_review_id is not null)", name=op.f("ck_adjudication_side_has_review")
        ),
        sa.CheckConstraint(
            "unusable_reason in ('no_data', 'artefact', 'wrong_pair', 'duplicate', 'changed_between_dates')",
            name=op.f("ck_adjudication_unusable_reason_known"),
        ),
        sa.CheckConstraint(
            "unusable_reason is null or choice = 'reject'", name=op.f("ck_adjudication_unusable_rejects")
        ),
        sa.CheckConstraint(
            "choice in ('side', 'written', 'as_drafted', 'reject')", name=op.f("ck_adjudication_choice_known")
        ),
        sa.CheckConstraint(
            "flags <@ array['colour', 'wrong_statement', 'count', 'vague', 'not_visible_in_sar', 'position', 'language', 'other']::text[]",
            name=op.f("ck_adjudication_flags_known"),
        ),
        sa.ForeignKeyConstraint(
            ["adjudicator"], ["pseudonym.pseudonym"], name=op.f("fk_adjudication_adjudicator_pseudonym")
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.draft_id"], name=op.f("fk_adjudication_draft_id_draft")),
        sa.ForeignKeyConstraint(["packet_id"], ["packet.packet_id"], name=op.f("fk_adjudication_packet_id_packet")),
        sa.ForeignKeyConstraint(
            ["side_review_id"], ["review.review_id"], name=op.f("fk_adjudication_side_review_id_review")
        ),
        sa.PrimaryKeyConstraint("adjudication_id", name=op.f("pk_adjudication")),
        sa.UniqueConstraint(
            "adjudicator", "submission_id", "draft_id", name=op.f("uq_adjudication_adjudicator_submission_id_draft_id")
        ),
    )
    op.create_index(op.f("ix_adjudication_draft_id"), "adjudication", ["draft_id"], unique=False)
    op.create_index(op.f("ix_adjudication_packet_id"), "adjudication", ["packet_id"], unique=False)
    op.create_table(
        "comment",
        sa.Column("comment_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=True),
        sa.Column("packet_id", sa.BigInteger(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("to_reviewer", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("length(text) between 1 and 4000", name=op.f("ck_comment_text_length")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.draft_id"], name=op.f("fk_comment_draft_id_draft")),
        sa.ForeignKeyConstraint(["packet_id"], ["packet.packet_id"], name=op.f("fk_comment_packet_id_packet")),
        sa.ForeignKeyConstraint(
            ["to_reviewer"], ["pseudonym.pseudonym"], name=op.f("fk_comment_to_reviewer_pseudonym")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["pseudonym.pseudonym"], name=op.f("fk_comment_written_by_pseudonym")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_comment")),
        sa.UniqueConstraint("written_by", "note_id", name=op.f("uq_comment_written_by_note_id")),
    )
    op.create_index(op.f("ix_comment_draft_id"), "comment", ["draft_id"], unique=False)
    op.create_index(op.f("ix_comment_packet_id"), "comment", ["packet_id"], unique=False)
    op.create_index(op.f("ix_comment_to_reviewer"), "comment", ["to_reviewer"], unique=False)
    op.create_index(
        "ix_comment_to_leads", "comment", ["comment_id"], unique=False, postgresql_where=sa.text("to_reviewer is null")
    )
    op.create_table(
        "comment_seen",
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_by", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.comment_id"], name=op.f("fk_comment_seen_comment_id_comment")
        ),
        sa.ForeignKeyConstraint(["seen_by"], ["pseudonym.pseudonym"], name=op.f("fk_comment_seen_seen_by_pseudonym")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_comment_seen")),
    )


def _extend() -> None:
    op.add_column("assignment", sa.Column("released_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_assignment_released_by_pseudonym"), "assignment", "pseudonym", ["released_by"], ["pseudonym"]
    )
    op.create_index("ix_assignment_packet_id_slot", "assignment", ["packet_id", "slot"])
    op.drop_constraint(op.f("ck_run_kind_known"), "run", type_="check")
    op.create_check_constraint(
        op.f("ck_run_kind_known"), "run", "kind in ('import', 'draft', 'screen', 'policy', 'sample')"
    )
    op.add_column("dataset", sa.Column("sar_first_share", sa.Double(), server_default=sa.text("0"), nullable=False))
    op.add_column("dataset", sa.Column("boxes_first", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("dataset", sa.Column("box_sample_share", sa.Double(), server_default=sa.text("0.1"), nullable=False))
    op.add_column("dataset", sa.Column("guidelines", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("draft", sa.Column("box_review_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_draft_words",
        "draft",
        [sa.text("to_tsvector('simple', \"left\"((text || ' ') || coalesce(answer, ''), 20000))")],
        postgresql_using="gin",
    )
    op.add_column("draft_verdict", sa.Column("origin", sa.Text(), server_default=sa.text("'single'"), nullable=False))
    op.add_column(
        "draft_verdict",
        sa.Column(
            "marks", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
    )
    op.add_column("packet", sa.Column("sar_first", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("packet", sa.Column("boxes_first", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("packet", sa.Column("review_policy_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_packet_boxes_first", "packet", ["dataset_id"], unique=False, postgresql_where=sa.text("boxes_first")
    )
    op.create_index(
        "ix_packet_sar_first", "packet", ["dataset_id"], unique=False, postgresql_where=sa.text("sar_first")
    )
    op.create_foreign_key(
        op.f("fk_packet_review_policy_id_review_policy"),
        "packet",
        "review_policy",
        ["review_policy_id"],
        ["review_policy_id"],
    )
    op.add_column("resolution", sa.Column("basis", sa.Text(), server_default=sa.text("'reviews'"), nullable=False))
    op.add_column("resolution", sa.Column("sample_result_id", sa.BigInteger(), nullable=True))
    op.add_column("resolution", sa.Column("adjudication_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_resolution_sample_result_id_sample_result"),
        "resolution",
        "sample_result",
        ["sample_result_id"],
        ["sample_result_id"],
    )
    op.create_foreign_key(
        op.f("fk_resolution_adjudication_id_adjudication"),
        "resolution",
        "adjudication",
        ["adjudication_id"],
        ["adjudication_id"],
    )
    op.create_index(op.f("ix_review_submitted_at"), "review", ["submitted_at"], unique=False)
    op.create_index(
        "ix_disagreement_open",
        "disagreement",
        ["opened_at", "draft_id"],
        unique=False,
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_check_constraint(op.f("ck_dataset_sar_first_share_range"), "dataset", "sar_first_share between 0 and 1")
    op.create_check_constraint(op.f("ck_dataset_box_sample_share_range"), "dataset", "box_sample_share between 0 and 1")
    op.create_check_constraint(op.f("ck_packet_hides_one_thing"), "packet", "not (hides_findings and sar_first)")
    op.create_check_constraint(
        op.f("ck_draft_verdict_origin_known"),
        "draft_verdict",
        "origin in ('single', 'accept_all', 'fix', 'tally', 'box_set')",
    )
    op.create_check_constraint(
        op.f("ck_resolution_basis_known"), "resolution", "basis in ('reviews', 'box_set', 'sample')"
    )
    op.create_check_constraint(
        op.f("ck_resolution_sample_has_result"),
        "resolution",
        "(basis = 'sample') = (sample_result_id is not null)",
    )
    op.drop_constraint(op.f("ck_resolution_rests_on_reviews"), "resolution", type_="check")
    op.create_check_constraint(
        op.f("ck_resolution_rests_on_reviews"), "resolution", "cardinality(review_ids) >= 1 or basis = 'sample'"
    )


def _hold() -> None:
    """What the database itself refuses."""
    op.execute("insert into pool (pool, description, is_open) values ('main', 'Everybody who reviews', true)")
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger {table}_append_only before update or delete on {table}"
            " for each row execute function refuse_change()"
        )
        op.execute(
            f"create trigger {table}_no_truncate before truncate on {table}"
            " for each statement execute function refuse_change()"
        )
    for table in ("box_verdict", "box_outcome"):
        op.execute(f"""
create function refuse_late_{table}() returns trigger language plpgsql as $$
begin
    if exists (
        select from (select distinct box_review_id from added) as a
        join box_review o using (box_review_id) join {table} m using (box_review_id)
        where m.xmin <> o.xmin
    ) then
        raise exception 'a box_review takes no {table} after it was made'
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
    op.execute("""
create function refuse_own_review() returns trigger language plpgsql as $$
begin
    if exists (select from review r where r.packet_id = new.packet_id and r.reviewer = new.adjudicator) then
        raise exception 'nobody adjudicates what they reviewed'
            using errcode = 'restrict_violation', constraint = 'not_own_review', table = 'adjudication';
    end if;
    return new;
end
$$
""")
    op.execute(
        "create trigger adjudication_not_own before insert on adjudication"
        " for each row execute function refuse_own_review()"
    )
    # Looked for once a statement, as drafter and run are: a foreign key would be asked at each of a million drafts.
    op.execute("""
create or replace function refuse_unknown_writer() returns trigger language plpgsql as $$
begin
    if exists (
        select from (select distinct drafter_id, run_id, box_review_id from added) as a
        where not exists (select from drafter d where d.drafter_id = a.drafter_id)
        or not exists (select from run r where r.run_id = a.run_id)
        or a.box_review_id is not null
            and not exists (select from box_review b where b.box_review_id = a.box_review_id)
    ) then
        raise exception 'a draft names a drafter, a run or a box review that is not there'
            using errcode = 'foreign_key_violation', constraint = 'draft_written', table = 'draft';
    end if;
    return null;
end
$$
""")
