"""The copies of a quiz's images while they are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_ROLES: Final = """
(select 'sar' as role from quiz where quiz_id = :quiz_id and arms && array['sar', 'sar_metadata', 'both']
union all select 'optical' from quiz where quiz_id = :quiz_id and arms && array['optical', 'both'])
"""
_LARGEST: Final = text("""
select max(greatest(rows, cols)) from quiz_question join scene using (scene_id) where quiz_id = :quiz_id
""")
_FORGET: Final = text("""
delete from quiz_image using quiz_question, quiz
where quiz_question.quiz_question_id = quiz_image.quiz_question_id and quiz.quiz_id = quiz_question.quiz_id
    and quiz.quiz_id = :quiz_id and quiz.image_size_px is distinct from :size_px
""")
_START: Final = text(f"""
update quiz set state = 'freezing', image_size_px = :size_px, freezing_error = null,
    images = (select count(*) from quiz_question, {_ROLES} as roles where quiz_question.quiz_id = :quiz_id),
    images_done = (select count(*) from quiz_image join quiz_question using (quiz_question_id)
        where quiz_question.quiz_id = :quiz_id)
where quiz_id = :quiz_id
""")  # noqa: S608  (parts of our own)
_MISSING: Final = text(f"""
select q.quiz_question_id, q.position, q.is_practice, q.dataset, scene.name as scene, roles.role,
    frozen.entry #>> array['assets', case roles.role when 'sar' then 'processed' else 'optical' end] as source_sha256
from quiz_question q cross join {_ROLES} as roles join scene using (scene_id)
join release_scene frozen
    on frozen.release_id = q.release_id and frozen.dataset = q.dataset and frozen.name = scene.name
where q.quiz_id = :quiz_id and not exists (
    select from quiz_image i where i.quiz_question_id = q.quiz_question_id and i.role = roles.role)
order by q.is_practice desc, q.position, roles.role desc
""")  # noqa: S608  (parts of our own)
_ASSET: Final = text("""
insert into asset (sha256, media_type, bytes) values (:sha256, 'image/png', :bytes) on conflict do nothing
""")
_ADD: Final = text("""
with still as (
    -- Not where the quiz was thawed meanwhile, or is frozen anew in another size.
    select quiz_id from quiz where quiz_id = :quiz_id and state = 'freezing' and image_size_px = :size_px for update
),
added as (
    insert into quiz_image (quiz_question_id, role, sha256, source_sha256, scale, left_px, top_px)
    select :quiz_question_id, :role, :sha256, :source_sha256, :scale, :left_px, :top_px from still
    where exists (select from quiz_question where quiz_question_id = :quiz_question_id)
    on conflict do nothing returning 1
)
update quiz set images_done = images_done + (select count(*) from added)
from still where quiz.quiz_id = still.quiz_id returning images_done
""")
_FINISH: Final = text("""
update quiz set state = 'frozen', frozen_at = clock_timestamp()
where quiz_id = :quiz_id and state = 'freezing' and images_done = images returning quiz_id
""")
_FAIL: Final = text("""
update quiz set state = 'composing', freezing_error = :error where quiz_id = :quiz_id and state = 'freezing'
""")
_THAW: Final = text("update quiz set state = 'composing', frozen_at = null where quiz_id = :quiz_id")


@dataclass(frozen=True, slots=True)
class MissingCopy:
    """An image that is still to be copied."""

    quiz_question_id: int
    position: int
    is_practice: bool
    dataset: str
    scene: str
    role: str
    source_sha256: str | None
    """None where the release has no such image."""


@dataclass(frozen=True, slots=True)
class MadeCopy:
    """A copy that is in the asset store."""

    sha256: str
    bytes: int
    scale: float
    left_px: float
    top_px: float


def largest_side(session: Session, quiz_id: int) -> int:
    """Of the scenes that are asked about, in pixels."""
    return int(session.execute(_LARGEST, {"quiz_id": quiz_id}).scalar_one() or 1)


def start_freezing(session: Session, quiz_id: int, size_px: int) -> None:
    """Move the quiz on to freezing; copies of the same size that were made before are kept."""
    values = {"quiz_id": quiz_id, "size_px": size_px}
    session.execute(_FORGET, values)
    session.execute(_START, values)


def list_missing(session: Session, quiz_id: int) -> list[MissingCopy]:
    """What is still to be copied, practice first."""
    return [MissingCopy(*row) for row in session.execute(_MISSING, {"quiz_id": quiz_id})]


def add_copy(session: Session, quiz_id: int, size_px: int, wanted: MissingCopy, made: MadeCopy) -> bool:
    """Keep a copy; False, and nothing kept, where the quiz is not being frozen in this size any more."""
    session.execute(_ASSET, {"sha256": made.sha256, "bytes": made.bytes})
    values = {
        "quiz_id": quiz_id,
        "size_px": size_px,
        "quiz_question_id": wanted.quiz_question_id,
        "role": wanted.role,
        "sha256": made.sha256,
        "source_sha256": wanted.source_sha256,
        "scale": made.scale,
        "left_px": made.left_px,
        "top_px": made.top_px,
    }
    return session.execute(_ADD, values).one_or_none() is not None


def finish_freezing(session: Session, quiz_id: int) -> bool:
    """Whether all copies are there, so that the quiz is frozen."""
    return session.execute(_FINISH, {"quiz_id": quiz_id}).one_or_none() is not None


def fail_freezing(session: Session, quiz_id: int, error: str) -> None:
    """Back to composing, saying why; the copies that were made are kept."""
    session.execute(_FAIL, {"quiz_id": quiz_id, "error": error})


def thaw_quiz(session: Session, quiz_id: int) -> None:
    """Back to composing, before anybody was let in."""
    session.execute(_THAW, {"quiz_id": quiz_id})
