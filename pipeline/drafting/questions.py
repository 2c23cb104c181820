"""Questions with answers by models: what is asked for, and what of a reply becomes drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pipeline.drafting.drafting import Dropped
from pipeline.drafting.english import is_english
from pipeline.drafting.failures import ModelError
from pipeline.drafting.replies import Reply, checked_text, said_object
from pipeline.likeness import is_alike
from pipeline.records import Draft
from pipeline.vocabulary import GENERAL_TYPES, QUESTION_TYPES

QUESTIONS_A_SCENE: Final = 8
MOST_QUESTIONS: Final = 40
"""In one call: models repeat themselves long before."""
MAX_QUESTION_CHARACTERS: Final = 300
MAX_ANSWER_CHARACTERS: Final = 200
TOKENS_A_QUESTION: Final = 150
"""Room in a reply; a question with its answer and keys takes a third of it."""

_REQUIRED: Final = frozenset({"type", "question", "answer"})
_KEYS: Final = _REQUIRED | {"general_type"}

QUESTIONS_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "questions": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "type": {"type": "string", "enum": list(QUESTION_TYPES)},
                    "general_type": {"type": ["string", "null"], "enum": [*GENERAL_TYPES, None]},
                    "question": {"type": "string"},
                    "answer": {"type": "string"},
                },
                "required": ["type", "general_type", "question", "answer"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["questions"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class ReadQuestions:
    """What of a reply can be used, and what cannot."""

    drafts: tuple[Draft, ...]
    dropped: tuple[Dropped, ...]
    repeated: int


def read_questions(reply: Reply, most: int) -> ReadQuestions:
    """The questions that a reply carries, the first ``most`` of those that can be used.

    One that cannot be used is dropped with its reason, one that asks the same as another is dropped and counted.

    Raises
    ------
    ModelError
        ``refused``, ``truncated``, ``empty`` or ``malformed``; and where no question can be used, why the first cannot.
    """
    said = said_object(reply)
    if said.keys() != {"questions"} or not isinstance(said["questions"], list):
        raise ModelError("malformed", f'the reply is not {{"questions": [...]}}: {reply.content}', 200)
    if not said["questions"]:
        raise ModelError("empty", "the list of questions is empty", 200)
    drafts: list[Draft] = []
    dropped: list[tuple[Dropped, ModelError]] = []
    repeated = 0
    for item in said["questions"]:
        try:
            draft = _draft(item, reply)
        except ModelError as error:
            dropped.append((Dropped(_shown(item), error.detail), error))
            continue
        if any(is_alike(draft.text, other.text) for other in drafts):
            repeated += 1
        else:
            drafts.append(draft)
    if not drafts:
        raise dropped[0][1]
    more = tuple(Dropped(draft.text, f"more than the {most} that were asked for") for draft in drafts[most:])
    return ReadQuestions(tuple(drafts[:most]), tuple(each for each, _ in dropped) + more, repeated)


def _draft(item: Any, reply: Reply) -> Draft:
    if not isinstance(item, dict) or not item.keys() >= _REQUIRED or not item.keys() <= _KEYS:
        raise ModelError("malformed", "it is no object of type, general_type, question and answer", 200)
    question = checked_text(item["question"], "question", MAX_QUESTION_CHARACTERS)
    answer = checked_text(item["answer"], "answer", MAX_ANSWER_CHARACTERS)
    if not is_english(f"{question} {answer}"):
        raise ModelError("not_english", f"the question is not English: {question}", 200)
    question_type, general_type = _types(item)
    return Draft(
        kind="question",
        text=question,
        question_type=question_type,
        answer=answer,
        general_type=general_type,
        raw_answer_sha256=reply.sha256,
    )


def _types(item: Mapping[str, Any]) -> tuple[str, str | None]:
    """Of a question; a general one says what it is about, the others do not."""
    question_type, general_type = item["type"], item.get("general_type")
    if question_type not in QUESTION_TYPES:
        raise ModelError("malformed", f"there is no question type {str(question_type)[:40]!a}", 200)
    if (question_type == "general") != (general_type is not None):
        told = "lacks its general_type" if general_type is None else "has a general_type, which only a general one has"
        raise ModelError("malformed", f"a {question_type} question {told}", 200)
    if general_type is not None and general_type not in GENERAL_TYPES:
        raise ModelError("malformed", f"there is no general type {str(general_type)[:40]!a}", 200)
    return question_type, general_type


def _shown(item: Any) -> str:
    text = item.get("question") if isinstance(item, dict) else item
    return text if isinstance(text, str) else str(item)
