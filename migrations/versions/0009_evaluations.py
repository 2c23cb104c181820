"""evaluations of models: their predictions, scores and metrics"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APPEND_ONLY = ("prediction", "judgement", "judge_reply")


def upgrade() -> None:
    _make_evaluations()
    _make_predictions()
    _make_scores()
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger {table}_append_only before update or delete on {table}"
            " for each row execute function refuse_change()"
        )
        op.execute(
            f"create trigger {table}_no_truncate before truncate on {table}"
            " for each statement execute function refuse_change()"
        )


def _make_evaluations() -> None:
    op.create_table(
        "evaluation",
        sa.Column("evaluation_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("split", sa.Text(), nullable=True),
        sa.Column("quiz_id", sa.BigInteger(), nullable=True),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("recipe", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("predictions", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("prompt_tokens", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("completion_tokens", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("cost_micro", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('predicting', 'stored', 'scored', 'failed')", name=op.f("ck_evaluation_state_known")
        ),
        sa.CheckConstraint("source in ('predict', 'upload')", name=op.f("ck_evaluation_source_known")),
        sa.CheckConstraint("task in ('captions', 'questions')", name=op.f("ck_evaluation_task_known")),
        sa.CheckConstraint("(quiz_id is null) <> (split is null)", name=op.f("ck_evaluation_split_or_quiz")),
        sa.CheckConstraint("length(model) between 1 and 200", name=op.f("ck_evaluation_model_length")),
        sa.CheckConstraint("cardinality(kinds) >= 1", name=op.f("ck_evaluation_has_a_kind")),
        sa.CheckConstraint("predictions between 0 and items", name=op.f("ck_evaluation_predictions_range")),
        sa.CheckConstraint("(state = 'failed') = (error is not null)", name=op.f("ck_evaluation_failed_has_error")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.quiz_id"], name=op.f("fk_evaluation_quiz_id_quiz")),
        sa.ForeignKeyConstraint(["release_id"], ["release.release_id"], name=op.f("fk_evaluation_release_id_release")),
        sa.PrimaryKeyConstraint("evaluation_id", name=op.f("pk_evaluation")),
    )
    op.create_index("ix_evaluation_quiz_id", "evaluation", ["quiz_id"], unique=False)
    op.create_index("ix_evaluation_release_split", "evaluation", ["release_id", "split"], unique=False)


def _make_predictions() -> None:
    op.create_table(
        "prediction",
        sa.Column("evaluation_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.Text(collation="C"), nullable=False),
        sa.Column("scene", sa.Text(), nullable=False),
        sa.Column("question_type", sa.Text(), nullable=True),
        sa.Column("prediction", sa.Text(), nullable=False),
        sa.Column("finish_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.evaluation_id"], name=op.f("fk_prediction_evaluation_id_evaluation")
        ),
        sa.PrimaryKeyConstraint("evaluation_id", "item_id", name=op.f("pk_prediction")),
    )
    op.create_table(
        "judgement",
        sa.Column("evaluation_id", sa.BigInteger(), nullable=False),
        sa.Column("judge", sa.Text(collation="C"), nullable=False),
        sa.Column("judge_version", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Text(collation="C"), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=True),
        sa.Column("truth_as", sa.Text(), nullable=False),
        sa.Column("prediction_as", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_id", "item_id"],
            ["prediction.evaluation_id", "prediction.item_id"],
            name=op.f("fk_judgement_evaluation_id_item_id_prediction"),
        ),
        sa.PrimaryKeyConstraint("evaluation_id", "judge", "judge_version", "item_id", name=op.f("pk_judgement")),
    )
    op.create_table(
        "judge_reply",
        sa.Column("reply_key", sa.Text(collation="C"), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("reply_key ~ '^[0-9a-f]{64}$'", name=op.f("ck_judge_reply_reply_key_form")),
        sa.PrimaryKeyConstraint("reply_key", name=op.f("pk_judge_reply")),
    )


def _make_scores() -> None:
    op.create_table(
        "evaluation_score",
        sa.Column("evaluation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.evaluation_id"], name=op.f("fk_evaluation_score_evaluation_id_evaluation")
        ),
        sa.PrimaryKeyConstraint("evaluation_id", "kind", "measure", name=op.f("pk_evaluation_score")),
    )
