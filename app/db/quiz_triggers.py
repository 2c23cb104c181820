"""What of a quiz never changes, held by triggers: its questions from freezing on, what a participant was shown, what
they answered; and its state, which goes one way."""

from __future__ import annotations

MOVING = "array['state', 'public_answers', 'frozen_at', 'opened_at', 'closed_at']"

QUIZ = f"""
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
        and to_jsonb(old) - {MOVING} is distinct from to_jsonb(new) - {MOVING} then
        raise exception 'a frozen quiz does not change'
            using errcode = 'restrict_violation', constraint = 'quiz_frozen', table = 'quiz';
    end if;
    return new;
end
$$
"""

QUIZ_QUESTION = """
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
"""

QUIZ_IMAGE = """
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
"""

QUIZ_SWAP = """
create function refuse_quiz_swap_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' or exists (select from quiz where quiz_id = old.quiz_id) then
        raise exception 'quiz_swap is append-only: % refused', tg_op
            using errcode = 'restrict_violation', constraint = 'append_only', table = 'quiz_swap';
    end if;
    return old;
end
$$
"""

PARTICIPANT_QUESTION = """
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
"""

PARTICIPANT_GROUND = """
create function refuse_arm_change() returns trigger language plpgsql as $$
begin
    raise exception 'a participant sees a ground in one arm'
        using errcode = 'restrict_violation', constraint = 'one_arm', table = 'participant_ground';
end
$$
"""


def quiz_statements() -> list[str]:
    """The functions, then the triggers."""
    held = {
        "quiz": ("refuse_quiz_change", "update or delete"),
        "quiz_question": ("refuse_quiz_question_change", "insert or update or delete"),
        "quiz_image": ("refuse_quiz_image_change", "insert or update or delete"),
        "quiz_swap": ("refuse_quiz_swap_change", "update or delete"),
        "participant_question": ("refuse_answer_change", "update or delete"),
        "participant_ground": ("refuse_arm_change", "update"),
    }
    triggers = [
        f"create trigger {table}_held before {events} on {table} for each row execute function {function}()"
        for table, (function, events) in held.items()
    ]
    return [QUIZ, QUIZ_QUESTION, QUIZ_IMAGE, QUIZ_SWAP, PARTICIPANT_QUESTION, PARTICIPANT_GROUND, *triggers]
