"""quizzes: their questions, groups, invitations, participants and answers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


HELD = (
    ("quiz", "refuse_quiz_change", "update or delete"),
    ("quiz_question", "refuse_quiz_question_change", "insert or update or delete"),
    ("quiz_image", "refuse_quiz_image_change", "insert or update or delete"),
    ("quiz_swap", "refuse_quiz_swap_change", "update or delete"),
    ("participant_question", "refuse_answer_change", "update or delete"),
    ("participant_ground", "refuse_arm_change", "update"),
)

FUNCTIONS = (
    """
create function refuse_quiz_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.state <> 'composing' then
            raise exception 'only a quiz that is being composed can be discarded'
                using errcode = 'restrict_violation', constraint = 'quiz_stays', table = 'quiz';
        end if;
        return old;
    end if;
    if (old.state, new.state) not in (
        ('composing', 'composing'), ('composing', 'freezing'), ('freezing', 'freezing'), ('freezing', 'composing'),
        ('freezing', 'frozen'), ('frozen', 'frozen'), ('frozen', 'composing'), ('frozen', 'open'), ('open', 'open'),
        ('open', 'closed'), ('closed', 'closed')
    ) then
        raise exception 'a quiz does not go from % to %', old.state, new.state
            using errcode = 'restrict_violation', constraint = 'quiz_goes_on', table = 'quiz';
    end if;
    if old.state not in ('composing', 'freezing')
        and to_jsonb(old) - array['state', 'public_answers', 'frozen_at', 'opened_at', 'closed_at'] is distinct from to_jsonb(new) - array['state', 'public_answers', 'frozen_at', 'opened_at', 'closed_at'] then
        raise exception 'a frozen quiz does not change'
            using errcode = 'restrict_violation', constraint = 'quiz_frozen', table = 'quiz';
    end if;
    return new;
end
$$
""",
    """
create function refuse_quiz_question_change() returns trigger language plpgsql as $$
declare
    standing text;
begin
    -- Waits for whoever is moving the quiz on. None where the quiz is being discarded, and its questions with it.
    select state into standing from quiz
        where quiz_id = case when tg_op = 'INSERT' then new.quiz_id else old.quiz_id end for share;
    if standing <> 'composing' then
        raise exception 'the questions of a quiz that is % do not change', standing
            using errcode = 'restrict_violation', constraint = 'quiz_frozen', table = 'quiz_question';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end
$$
""",
    """
create function refuse_quiz_image_change() returns trigger language plpgsql as $$
declare
    standing text;
begin
    select state into standing from quiz join quiz_question using (quiz_id)
        where quiz_question_id = case when tg_op = 'INSERT' then new.quiz_question_id else old.quiz_question_id end;
    if tg_op = 'UPDATE' or standing not in ('composing', 'freezing') then
        raise exception 'the images of a quiz that is % do not change', standing
            using errcode = 'restrict_violation', constraint = 'quiz_frozen', table = 'quiz_image';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end
$$
""",
    """
create function refuse_quiz_swap_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' or exists (select from quiz where quiz_id = old.quiz_id) then
        raise exception 'quiz_swap is append-only: % refused', tg_op
            using errcode = 'restrict_violation', constraint = 'append_only', table = 'quiz_swap';
    end if;
    return old;
end
$$
""",
    """
create function refuse_answer_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if exists (select from participant where participant_id = old.participant_id and erased_at is null) then
            raise exception 'what a participant was asked goes only with who is erased'
                using errcode = 'restrict_violation', constraint = 'asked_stays', table = 'participant_question';
        end if;
        return old;
    end if;
    if old.answered_at is not null then
        raise exception 'a question is answered once'
            using errcode = 'restrict_violation', constraint = 'answered_once', table = 'participant_question';
    end if;
    if (old.participant_question_id, old.participant_id, old.position, old.quiz_question_id, old.ground_key, old.arm)
        is distinct from
        (new.participant_question_id, new.participant_id, new.position, new.quiz_question_id, new.ground_key, new.arm)
        or old.choice_order is distinct from new.choice_order
        or old.shown_at is not null and old.shown_at is distinct from new.shown_at then
        raise exception 'what a participant is asked, and when it was shown, does not change'
            using errcode = 'restrict_violation', constraint = 'asked_stays', table = 'participant_question';
    end if;
    return new;
end
$$
""",
    """
create function refuse_arm_change() returns trigger language plpgsql as $$
begin
    raise exception 'a participant sees a ground in one arm'
        using errcode = 'restrict_violation', constraint = 'one_arm', table = 'participant_ground';
end
$$
""",
)


def upgrade() -> None:
    _make_quizzes()
    _make_invitations()
    _make_participants()
    _hold()


def _make_quizzes() -> None:
    op.create_table(
        "quiz",
        sa.Column("quiz_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'composing'"), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("public_answers", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("consent", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("asks", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("answer_form", sa.Text(), server_default=sa.text("'free'"), nullable=False),
        sa.Column("may_zoom", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("may_set_contrast", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("shows_classes", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("classes", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("seconds_per_question", sa.Integer(), nullable=True),
        sa.Column("arms", sa.ARRAY(sa.Text()), server_default=sa.text("'{sar}'"), nullable=False),
        sa.Column("image_size_px", sa.Integer(), nullable=True),
        sa.Column("images", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("images_done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("freezing_error", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state in ('frozen', 'open', 'closed')) = (frozen_at is not null) and (state in ('open', 'closed')) = (opened_at is not null) and (state = 'closed') = (closed_at is not null)",
            name=op.f("ck_quiz_times_of_state"),
        ),
        sa.CheckConstraint("answer_form in ('free', 'choices')", name=op.f("ck_quiz_answer_form_known")),
        sa.CheckConstraint(
            "arms <@ array['sar', 'sar_metadata', 'optical', 'both']::text[]", name=op.f("ck_quiz_arms_known")
        ),
        sa.CheckConstraint("name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'", name=op.f("ck_quiz_name_form")),
        sa.CheckConstraint(
            "state in ('composing', 'freezing', 'frozen', 'open', 'closed')", name=op.f("ck_quiz_state_known")
        ),
        sa.CheckConstraint("cardinality(arms) >= 1", name=op.f("ck_quiz_has_an_arm")),
        sa.CheckConstraint("images_done between 0 and images", name=op.f("ck_quiz_images_done_range")),
        sa.CheckConstraint("seconds_per_question between 5 and 3600", name=op.f("ck_quiz_seconds_per_question_range")),
        sa.ForeignKeyConstraint(["release_id"], ["release.release_id"], name=op.f("fk_quiz_release_id_release")),
        sa.PrimaryKeyConstraint("quiz_id", name=op.f("pk_quiz")),
        sa.UniqueConstraint("name", name=op.f("uq_quiz_name")),
    )
    op.create_index(
        "ix_quiz_holding",
        "quiz",
        ["quiz_id"],
        unique=False,
        postgresql_where=sa.text("state <> 'closed' and not public_answers"),
    )
    op.create_index(op.f("ix_quiz_release_id"), "quiz", ["release_id"], unique=False)
    op.create_table(
        "quiz_question",
        sa.Column("quiz_question_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("quiz_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_practice", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("text_sha256", sa.Text(collation="C"), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("scene_id", sa.BigInteger(), nullable=False),
        sa.Column("ground_key", sa.Text(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("truth", sa.Text(), nullable=False),
        sa.Column("question_type", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("majority_answer", sa.Text(), nullable=False),
        sa.Column("chance", sa.Double(), nullable=False),
        sa.Column("choices", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("region_box", sa.ARRAY(sa.Double()), nullable=True),
        sa.Column(
            "shown_metadata",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("feedback", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "question_type in ('identification', 'classification', 'counting', 'positioning', 'referring', 'general')",
            name=op.f("ck_quiz_question_question_type_known"),
        ),
        sa.CheckConstraint("cardinality(region_box) = 4", name=op.f("ck_quiz_question_region_box_form")),
        sa.CheckConstraint("chance > 0 and chance <= 1", name=op.f("ck_quiz_question_chance_range")),
        sa.CheckConstraint(
            "choices is null or truth = any(choices)", name=op.f("ck_quiz_question_truth_among_choices")
        ),
        sa.CheckConstraint("is_practice = (feedback is not null)", name=op.f("ck_quiz_question_practice_has_feedback")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_quiz_question_position_from_one")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.draft_id"], name=op.f("fk_quiz_question_draft_id_draft")),
        sa.ForeignKeyConstraint(
            ["quiz_id"], ["quiz.quiz_id"], name=op.f("fk_quiz_question_quiz_id_quiz"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["release_id", "text_sha256"],
            ["release_text.release_id", "release_text.text_sha256"],
            name=op.f("fk_quiz_question_release_id_text_sha256_release_text"),
        ),
        sa.ForeignKeyConstraint(["scene_id"], ["scene.scene_id"], name=op.f("fk_quiz_question_scene_id_scene")),
        sa.PrimaryKeyConstraint("quiz_question_id", name=op.f("pk_quiz_question")),
        sa.UniqueConstraint(
            "quiz_id", "is_practice", "position", name=op.f("uq_quiz_question_quiz_id_is_practice_position")
        ),
        sa.UniqueConstraint("quiz_id", "text_sha256", name=op.f("uq_quiz_question_quiz_id_text_sha256")),
        sa.UniqueConstraint(
            "quiz_question_id", "ground_key", name=op.f("uq_quiz_question_quiz_question_id_ground_key")
        ),
    )
    op.create_index("ix_quiz_question_draft_id", "quiz_question", ["draft_id"], unique=False)
    op.create_index(op.f("ix_quiz_question_scene_id"), "quiz_question", ["scene_id"], unique=False)
    op.create_table(
        "quiz_swap",
        sa.Column("quiz_swap_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("quiz_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_practice", sa.Boolean(), nullable=False),
        sa.Column("out_sha256", sa.Text(), nullable=False),
        sa.Column("in_sha256", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("out_sha256 <> in_sha256", name=op.f("ck_quiz_swap_is_another")),
        sa.ForeignKeyConstraint(
            ["quiz_id"], ["quiz.quiz_id"], name=op.f("fk_quiz_swap_quiz_id_quiz"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("quiz_swap_id", name=op.f("pk_quiz_swap")),
    )
    op.create_index(op.f("ix_quiz_swap_quiz_id"), "quiz_swap", ["quiz_id"], unique=False)
    op.create_table(
        "quiz_image",
        sa.Column("quiz_question_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("random_key", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.Column("scale", sa.Double(), nullable=False),
        sa.Column("left_px", sa.Double(), nullable=False),
        sa.Column("top_px", sa.Double(), nullable=False),
        sa.CheckConstraint("role in ('sar', 'optical')", name=op.f("ck_quiz_image_role_known")),
        sa.CheckConstraint("scale > 0", name=op.f("ck_quiz_image_scale_positive")),
        sa.ForeignKeyConstraint(
            ["quiz_question_id"],
            ["quiz_question.quiz_question_id"],
            name=op.f("fk_quiz_image_quiz_question_id_quiz_question"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["sha256"], ["asset.sha256"], name=op.f("fk_quiz_image_sha256_asset")),
        sa.PrimaryKeyConstraint("quiz_question_id", "role", name=op.f("pk_quiz_image")),
        sa.UniqueConstraint("random_key", name=op.f("uq_quiz_image_random_key")),
    )
    op.create_table(
        "quiz_blind_answer",
        sa.Column("quiz_id", sa.BigInteger(), nullable=False),
        sa.Column("text_sha256", sa.Text(collation="C"), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["quiz_id"], ["quiz.quiz_id"], name=op.f("fk_quiz_blind_answer_quiz_id_quiz"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("quiz_id", "text_sha256", name=op.f("pk_quiz_blind_answer")),
    )


def _make_invitations() -> None:
    op.create_table(
        "quiz_group",
        sa.Column("quiz_group_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("quiz_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("kind in ('expert', 'layperson', 'own')", name=op.f("ck_quiz_group_kind_known")),
        sa.CheckConstraint("length(name) between 1 and 60", name=op.f("ck_quiz_group_name_length")),
        sa.ForeignKeyConstraint(
            ["quiz_id"], ["quiz.quiz_id"], name=op.f("fk_quiz_group_quiz_id_quiz"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("quiz_group_id", name=op.f("pk_quiz_group")),
        sa.UniqueConstraint("quiz_group_id", "quiz_id", name=op.f("uq_quiz_group_quiz_group_id_quiz_id")),
        sa.UniqueConstraint("quiz_id", "name", name=op.f("uq_quiz_group_quiz_id_name")),
    )
    op.create_table(
        "invitation",
        sa.Column("invitation_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("quiz_id", sa.BigInteger(), nullable=False),
        sa.Column("quiz_group_id", sa.BigInteger(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("reviewer", sa.Uuid(), nullable=True),
        sa.Column("uses_allowed", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("uses", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("reviewer is null or uses_allowed = 1", name=op.f("ck_invitation_bound_is_for_one")),
        sa.CheckConstraint("uses between 0 and uses_allowed", name=op.f("ck_invitation_uses_range")),
        sa.CheckConstraint("uses_allowed between 1 and 10000", name=op.f("ck_invitation_uses_allowed_range")),
        sa.ForeignKeyConstraint(
            ["quiz_group_id", "quiz_id"],
            ["quiz_group.quiz_group_id", "quiz_group.quiz_id"],
            name=op.f("fk_invitation_quiz_group_id_quiz_id_quiz_group"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["reviewer"], ["pseudonym.pseudonym"], name=op.f("fk_invitation_reviewer_pseudonym")),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_invitation")),
        sa.UniqueConstraint(
            "invitation_id", "quiz_group_id", "quiz_id", name=op.f("uq_invitation_invitation_id_quiz_group_id_quiz_id")
        ),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_invitation_token_sha256")),
    )
    op.create_index(op.f("ix_invitation_quiz_id"), "invitation", ["quiz_id"], unique=False)


def _make_participants() -> None:
    op.create_table(
        "participant",
        sa.Column("participant_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("pseudonym", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("quiz_id", sa.BigInteger(), nullable=False),
        sa.Column("quiz_group_id", sa.BigInteger(), nullable=False),
        sa.Column("invitation_id", sa.BigInteger(), nullable=True),
        sa.Column("resume_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "declared", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint(
            "erased_at is null or invitation_id is null and resume_sha256 is null",
            name=op.f("ck_participant_erased_leads_nowhere"),
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id", "quiz_group_id", "quiz_id"],
            ["invitation.invitation_id", "invitation.quiz_group_id", "invitation.quiz_id"],
            name=op.f("fk_participant_invitation_id_quiz_group_id_quiz_id_invitation"),
        ),
        sa.ForeignKeyConstraint(
            ["quiz_group_id", "quiz_id"],
            ["quiz_group.quiz_group_id", "quiz_group.quiz_id"],
            name=op.f("fk_participant_quiz_group_id_quiz_id_quiz_group"),
        ),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.quiz_id"], name=op.f("fk_participant_quiz_id_quiz")),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_participant")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_participant_pseudonym")),
        sa.UniqueConstraint("resume_sha256", name=op.f("uq_participant_resume_sha256")),
    )
    op.create_index("ix_participant_invitation_id", "participant", ["invitation_id"], unique=False)
    op.create_index("ix_participant_quiz_id_participant_id", "participant", ["quiz_id", "participant_id"], unique=False)
    op.create_table(
        "participant_person",
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("told", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.participant_id"],
            name=op.f("fk_participant_person_participant_id_participant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_participant_person")),
    )
    op.create_table(
        "participant_ground",
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("ground_key", sa.Text(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "arm in ('sar', 'sar_metadata', 'optical', 'both')", name=op.f("ck_participant_ground_arm_known")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.participant_id"],
            name=op.f("fk_participant_ground_participant_id_participant"),
        ),
        sa.PrimaryKeyConstraint("participant_id", "ground_key", name=op.f("pk_participant_ground")),
        sa.UniqueConstraint(
            "participant_id", "ground_key", "arm", name=op.f("uq_participant_ground_participant_id_ground_key_arm")
        ),
    )
    op.create_table(
        "participant_question",
        sa.Column("participant_question_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quiz_question_id", sa.BigInteger(), nullable=False),
        sa.Column("ground_key", sa.Text(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("choice_order", sa.ARRAY(sa.Integer()), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column(
            "view", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.CheckConstraint(
            "(answer is not null) = coalesce(ending = 'answered', false)",
            name=op.f("ck_participant_question_answered_has_answer"),
        ),
        sa.CheckConstraint(
            "ending in ('answered', 'passed', 'timed_out')", name=op.f("ck_participant_question_ending_known")
        ),
        sa.CheckConstraint(
            "(answered_at is null) = (ending is null)", name=op.f("ck_participant_question_ended_has_ending")
        ),
        sa.CheckConstraint(
            "answered_at is null or answered_at >= shown_at", name=op.f("ck_participant_question_shown_first")
        ),
        sa.CheckConstraint(
            "answered_at is null or shown_at is not null", name=op.f("ck_participant_question_answered_was_shown")
        ),
        sa.CheckConstraint("length(answer) between 1 and 500", name=op.f("ck_participant_question_answer_length")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_participant_question_position_from_one")),
        sa.ForeignKeyConstraint(
            ["participant_id", "ground_key", "arm"],
            ["participant_ground.participant_id", "participant_ground.ground_key", "participant_ground.arm"],
            name=op.f("fk_participant_question_participant_id_ground_key_arm_participant_ground"),
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.participant_id"],
            name=op.f("fk_participant_question_participant_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["quiz_question_id", "ground_key"],
            ["quiz_question.quiz_question_id", "quiz_question.ground_key"],
            name=op.f("fk_participant_question_quiz_question_id_ground_key_quiz_question"),
        ),
        sa.PrimaryKeyConstraint("participant_question_id", name=op.f("pk_participant_question")),
        sa.UniqueConstraint("participant_id", "position", name=op.f("uq_participant_question_participant_id_position")),
        sa.UniqueConstraint(
            "participant_id", "quiz_question_id", name=op.f("uq_participant_question_participant_id_quiz_question_id")
        ),
    )
    op.create_index(
        "ix_participant_question_quiz_question_id", "participant_question", ["quiz_question_id"], unique=False
    )
    op.create_table(
        "quiz_judgement",
        sa.Column("quiz_judgement_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("quiz_question_id", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("judge", sa.Text(), nullable=False),
        sa.Column("judge_version", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=True),
        sa.Column("compared_as", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint(
            "(judge = 'person') = (decided_by is not null)", name=op.f("ck_quiz_judgement_person_decided")
        ),
        sa.CheckConstraint("judge <> 'person' or is_right is not null", name=op.f("ck_quiz_judgement_person_decides")),
        sa.CheckConstraint("length(answer) between 1 and 500", name=op.f("ck_quiz_judgement_answer_length")),
        sa.ForeignKeyConstraint(
            ["quiz_question_id"],
            ["quiz_question.quiz_question_id"],
            name=op.f("fk_quiz_judgement_quiz_question_id_quiz_question"),
        ),
        sa.PrimaryKeyConstraint("quiz_judgement_id", name=op.f("pk_quiz_judgement")),
    )
    op.create_index("ix_quiz_judgement_answer", "quiz_judgement", ["quiz_question_id", "answer"], unique=False)
    op.create_index(
        "uq_quiz_judgement_judge",
        "quiz_judgement",
        ["quiz_question_id", "answer", "judge", "judge_version"],
        unique=True,
        postgresql_where=sa.text("judge <> 'person'"),
    )


def _hold() -> None:
    """What the database itself refuses."""
    for statement in FUNCTIONS:
        op.execute(statement)
    for table, function, events in HELD:
        op.execute(f"create trigger {table}_held before {events} on {table} for each row execute function {function}()")
    op.execute(
        "create trigger quiz_judgement_append_only before update or delete on quiz_judgement"
        " for each row execute function refuse_change()"
    )
    op.execute(
        "create trigger quiz_judgement_no_truncate before truncate on quiz_judgement"
        " for each statement execute function refuse_change()"
    )
