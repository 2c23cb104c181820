"""What a model said without the images, of texts that a quiz could ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_INSERT: Final = text("""
insert into quiz_blind_answer (quiz_id, text_sha256, answer, is_right)
select :quiz_id, * from unnest(cast(:ids as text[]), cast(:answers as text[]), cast(:right as boolean[]))
""")
_OF_QUIZ: Final = text("""
select text_sha256, is_right from quiz_blind_answer join quiz_question using (quiz_id, text_sha256)
where quiz_id = :quiz_id
""")


def insert_blind_answers(session: Session, quiz_id: int, answers: Sequence[tuple[str, str, bool]]) -> None:
    """Keep (text id, prediction, whether it is right)."""
    ids, said, right = zip(*answers, strict=True) if answers else ((), (), ())
    session.execute(_INSERT, {"quiz_id": quiz_id, "ids": list(ids), "answers": list(said), "right": list(right)})


def blind_results(session: Session, quiz_id: int) -> dict[str, bool]:
    """Of the texts that the quiz asks: whether the model was right without the image, where it answered."""
    return {row[0]: row[1] for row in session.execute(_OF_QUIZ, {"quiz_id": quiz_id})}
