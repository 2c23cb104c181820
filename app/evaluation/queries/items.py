"""What there is to predict: the questions or captioned images of a release's split or of a quiz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

CHUNK: Final = 2_000
"""Of items that are read at once."""

_SCENE: Final = "t.entry ->> 'dataset' || '/' || (t.entry ->> 'scene')"
_ASKED: Final = """
exists (select from quiz_question q where q.quiz_id = :quiz_id and q.text_sha256 = t.text_sha256 and not q.is_practice)
"""
_COUNT_ASKED: Final = text("select count(*) from quiz_question where quiz_id = :quiz_id and not is_practice")
_FIND: Final = f"""
select t.text_sha256 as item_id, {_SCENE} as scene, t.entry ->> 'question_type' as question_type,
    t.entry ->> 'kind' as kind, t.entry ->> 'split' as split, {{in_target}} as is_asked
from release_text t where t.release_id = :release_id and t.text_sha256 = any(:ids)
"""  # noqa: S608  (parts of our own)
_QUESTIONS: Final = f"""
select t.text_sha256 as item_id, {_SCENE} as scene, t.entry ->> 'question_type' as question_type,
    t.entry ->> 'question' as question
from release_text t
where t.release_id = :release_id and t.text_sha256 > :after and t.entry ->> 'kind' = 'question' and {{in_target}}
order by t.text_sha256 limit :limit
"""  # noqa: S608  (parts of our own)
_CAPTIONED: Final = text(f"""
select {_SCENE} as scene, t.entry ->> 'kind' as kind, t.entry ->> 'split' as split, t.text_sha256
from release_text t where t.release_id = :release_id and t.entry ->> 'kind' <> 'question'
order by 1, 2, 4
""")  # noqa: S608  (parts of our own)
_REFERENCES: Final = text(f"""
select {_SCENE} as scene, t.entry ->> 'caption'
from release_text t
where t.release_id = :release_id and t.entry ->> 'kind' = :kind and t.entry ->> 'split' = :split
order by 1, t.text_sha256
""")  # noqa: S608  (parts of our own)
_IMAGES: Final = text("""
select dataset || '/' || name, entry -> 'assets' ->> 'sar', entry -> 'assets' ->> 'processed',
    (entry ->> 'rows')::int, (entry ->> 'cols')::int, entry ->> 'unit'
from release_scene where release_id = :release_id and (dataset, name) in (
    select split_part(scene, '/', 1), substr(scene, strpos(scene, '/') + 1) from unnest(cast(:scenes as text[])) scene)
""")


@dataclass(frozen=True, slots=True)
class Target:
    """What models are evaluated on: a split of a release, or the questions of a quiz."""

    release_id: int
    release: str
    """``NAME@3``"""
    split: str | None
    quiz_id: int | None = None
    quiz: str | None = None

    @property
    def label(self) -> str:
        """As sentences name it."""
        return f"the quiz {self.quiz}" if self.quiz else f"{self.release}, {self.split}"

    @property
    def _values(self) -> dict[str, int | str | None]:
        key: dict[str, int | str | None] = {"release_id": self.release_id}
        return {**key, **({"split": self.split} if self.quiz_id is None else {"quiz_id": self.quiz_id})}

    @property
    def _condition(self) -> str:
        return "t.entry ->> 'split' = :split" if self.quiz_id is None else _ASKED


@dataclass(frozen=True, slots=True)
class Found:
    """A text of the release by its id, whether or not it is asked here."""

    item_id: str
    scene: str
    question_type: str | None
    kind: str
    split: str
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a model gets it, or an image to describe: then without a question."""

    item_id: str
    scene: str
    question_type: str | None
    question: str | None


@dataclass(frozen=True, slots=True)
class Image:
    """The stored images of a scene: SHA-256 and size."""

    sar: str | None
    processed: str
    rows: int
    cols: int
    unit: str
    """Of the SAR image."""


def count_asked(session: Session, quiz_id: int) -> int:
    """Questions of a quiz, without practice."""
    found: int = session.execute(_COUNT_ASKED, {"quiz_id": quiz_id}).scalar_one()
    return found


def find_texts(session: Session, target: Target, ids: Sequence[str]) -> dict[str, Found]:
    """Those of the ids that the release has."""
    query = text(_FIND.format(in_target=target._condition))
    rows = session.execute(query, {**target._values, "ids": list(ids)})
    return {row.item_id: Found(**row._mapping) for row in rows}


def list_questions(session: Session, target: Target, after: str = "", limit: int = CHUNK) -> list[Asked]:
    """A page of the target's questions by id."""
    query = text(_QUESTIONS.format(in_target=target._condition))
    rows = session.execute(query, {**target._values, "after": after, "limit": limit})
    return [Asked(**row._mapping) for row in rows]


def list_captioned(session: Session, release_id: int) -> Iterator[tuple[str, str, str, str]]:
    """(scene, kind, split, text id) of each caption of the release."""
    rows = session.execute(_CAPTIONED, {"release_id": release_id}, execution_options={"yield_per": CHUNK})
    yield from ((row[0], row[1], row[2], row[3]) for row in rows)


def list_references(session: Session, target: Target, kind: str) -> dict[str, list[str]]:
    """The captions of one kind by scene, in the order of their ids."""
    found: dict[str, list[str]] = {}
    for scene, caption in session.execute(
        _REFERENCES, {"release_id": target.release_id, "kind": kind, "split": target.split}
    ):
        found.setdefault(scene, []).append(caption)
    return found


def images_of(session: Session, release_id: int, scenes: Sequence[str]) -> dict[str, Image]:
    """The images of scenes as the release froze them."""
    rows = session.execute(_IMAGES, {"release_id": release_id, "scenes": list(scenes)})
    return {row[0]: Image(*row[1:]) for row in rows}
