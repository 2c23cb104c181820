"""What must never change is held by the database itself: triggers refuse UPDATE, DELETE and TRUNCATE.

Lists that are closed once they are made (the drafts of a packet, the texts of a release) take rows only in the
transaction that made their owner.
"""

from __future__ import annotations

from sqlalchemy import DDL, event

from app.db.quiz_triggers import quiz_statements
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
    "release_change",
    "pair_decision",
    "screening_policy",
    "first_verdict",
    "sar_verdict",
    "pair_nudge",
    "box_review",
    "box_verdict",
    "box_outcome",
    "review_policy",
    "sample_result",
    "adjudication",
    "comment",
    "quiz_judgement",
    "prediction",
    "judgement",
    "judge_reply",
)

FUNCTION = """
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, tg_op
        using errcode = 'restrict_violation', constraint = 'append_only', table = tg_table_name;
end
$$
"""

SEALED = {
    "packet_draft": ("packet", "packet_id"),
    "release_text": ("release", "release_id"),
    "release_change": ("release", "release_id"),
    "box_verdict": ("box_review", "box_review_id"),
    "box_outcome": ("box_review", "box_review_id"),
}
"""Lists whose rows come with their owner or never: (owner, its key)."""


def seal_statements(table: str, owner: str, key: str) -> list[str]:
    """The function and the trigger that refuse a row whose owner was made by another transaction.

    ``xmin`` is the transaction that wrote a row; what stands in the table is asked, because the rows of a transition
    table have none.
    """
    return [
        f"""
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
""",  # noqa: S608  (names of our own tables)
        f"create trigger {table}_sealed after insert on {table} referencing new table as added"
        f" for each statement execute function refuse_late_{table}()",
    ]


WRITERS = ("drafter", "run")
"""What each draft names, beside a box review where it was derived anew. Not foreign keys, which look a parent up once a
row: of a million drafts that a run loads, they would take as long as all else."""

WRITTEN = """
create function refuse_unknown_writer() returns trigger language plpgsql as $$
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
"""


def writer_statements() -> list[str]:
    """The triggers by which each draft has a drafter and a run: looked for once a statement, and never deleted."""
    return [
        WRITTEN,
        "create trigger draft_written after insert on draft referencing new table as added"
        " for each statement execute function refuse_unknown_writer()",
        *(
            f"create trigger {table}_stays before delete on {table} for each row execute function refuse_change()"
            for table in WRITERS
        ),
    ]


ADJUDICATED = """
create function refuse_own_review() returns trigger language plpgsql as $$
begin
    if exists (select from review r where r.packet_id = new.packet_id and r.reviewer = new.adjudicator) then
        raise exception 'nobody adjudicates what they reviewed'
            using errcode = 'restrict_violation', constraint = 'not_own_review', table = 'adjudication';
    end if;
    return new;
end
$$
"""


def adjudication_statements() -> list[str]:
    """The trigger by which nobody decides between reviews of which one is their own."""
    return [
        ADJUDICATED,
        "create trigger adjudication_not_own before insert on adjudication"
        " for each row execute function refuse_own_review()",
    ]


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
for _table, (_owner, _key) in SEALED.items():
    for _statement in seal_statements(_table, _owner, _key):
        event.listen(Base.metadata, "after_create", DDL(_statement))  # type: ignore[no-untyped-call]
for _statement in (*writer_statements(), *adjudication_statements(), *quiz_statements()):
    event.listen(Base.metadata, "after_create", DDL(_statement.replace("%", "%%")))  # type: ignore[no-untyped-call]
