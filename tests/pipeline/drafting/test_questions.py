"""Questions by a model: what of a reply becomes drafts, over a real socket where the endpoint matters."""

from __future__ import annotations

import json

import pytest

from pipeline.drafting.drafting import DrafterError
from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.failures import ModelError
from pipeline.drafting.questions import MAX_ANSWER_CHARACTERS, MAX_QUESTION_CHARACTERS, QUESTIONS_SCHEMA, read_questions
from pipeline.drafting.replay import ReplayServer
from pipeline.drafting.replies import Reply, Usage
from pipeline.vocabulary import GENERAL_TYPES, QUESTION_TYPES
from tests.pipeline.drafting.test_captions import drafter_at, endpoint, folder_of, request


def asked(question="How many piers are there?", question_type="counting", answer="3", **more) -> dict:
    return {"type": question_type, "general_type": None, "question": question, "answer": answer} | more


def said(*questions, content=None) -> Reply:
    text = json.dumps({"questions": list(questions)}) if content is None else content
    return Reply(text, "", "stop", Usage())


def drop_reason(question) -> str:
    """Of a question beside one that can be used."""
    read = read_questions(said(asked("Is there a quay?", "identification", "Yes"), question), 8)
    assert [draft.text for draft in read.drafts] == ["Is there a quay?"]
    [dropped] = read.dropped
    return dropped.reason


def test_questions_of_all_types_become_drafts_with_what_a_general_one_is_about():
    listed = [asked(f"What of {name} lies at the quay?", name) for name in QUESTION_TYPES if name != "general"]
    listed += [asked(f"Which {name} has the basin?", "general", general_type=name) for name in GENERAL_TYPES]
    read = read_questions(said(*listed), 20)
    assert {draft.question_type for draft in read.drafts} == set(QUESTION_TYPES)
    assert {draft.general_type for draft in read.drafts} == {None, *GENERAL_TYPES}
    assert read.dropped == ()
    assert all(draft.raw_answer_sha256 for draft in read.drafts)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (asked(question_type="colouring"), "no question type 'colouring'"),
        (asked(question_type=7), "no question type '7'"),
        (asked(question_type=["counting"]), "no question type"),
        (asked(question_type="general"), "lacks its general_type"),
        (asked(general_type="shape"), "only a general one has"),
        (asked(question_type="general", general_type="mood"), "no general type 'mood'"),
        (asked(question_type="general", general_type={"a": 1}), "no general type"),
        (asked(answer=3), "the answer is no text"),
        (asked(question=" "), "the question is empty"),
        (asked(answer=""), "the answer is empty"),
        (asked(question="How " * MAX_QUESTION_CHARACTERS), "the question has 1199 characters"),
        (asked(answer="x" * (MAX_ANSWER_CHARACTERS + 1)), "the answer has 201 characters"),
        (asked(question="How many\0 piers?"), "holds NUL"),
        (asked(answer="\ud83d"), "half a character"),
        (asked(question="Wie viele Schiffe liegen auf der linken Seite?", answer="Drei"), "not English"),
        (asked(question="船はいくつありますか？"), "not English"),
        (asked(mood="calm"), "no object of type"),
        ({"type": "counting", "question": "How many?"}, "no object of type"),
        ("How many piers?", "no object of type"),
        (None, "no object of type"),
    ],
)
def test_one_bad_question_is_dropped_with_its_reason_and_the_others_stay(question, reason):
    assert reason in drop_reason(question)


def test_questions_that_ask_the_same_in_nearly_the_same_words_are_dropped_and_counted():
    read = read_questions(said(asked(), asked("How many piers are visible in the image?"), asked("How many ships?")), 8)
    assert [draft.text for draft in read.drafts] == ["How many piers are there?", "How many ships?"]
    assert read.repeated == 1


def test_more_questions_than_were_asked_for_are_dropped():
    read = read_questions(said(*(asked(f"How many things at quay {number}?") for number in range(5))), 3)
    assert len(read.drafts) == 3
    assert [each.reason for each in read.dropped] == ["more than the 3 that were asked for"] * 2


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (said(content='{"questions": [{"type": "coun'), "malformed"),
        (said(content='{"questions": "none"}'), "malformed"),
        (said(content='{"caption": "A quay."}'), "malformed"),
        (said(content='[{"question": "How many?"}]'), "malformed"),
        (said(content=""), "empty"),
        (said(), "empty"),
        (said(asked(answer="")), "empty"),
        (said(asked(question="Quantas embarcações há na imagem do porto?", answer="3")), "not_english"),
        (Reply("", "I cannot.", "stop", Usage()), "refused"),
        (Reply('{"questions": [', "", "length", Usage()), "truncated"),
    ],
)
def test_a_reply_without_any_question_is_a_failure(reply, reason):
    with pytest.raises(ModelError) as caught:
        read_questions(reply, 8)
    assert caught.value.reason == reason


def test_markdown_around_whole_json_is_taken_off():
    fenced = said(content=f"```json\n{json.dumps({'questions': [asked()]})}\n```")
    assert len(read_questions(fenced, 8).drafts) == 1


def test_all_questions_of_a_scene_come_in_one_call_that_says_how_many_and_how(tmp_path):
    lines = {"scene": "a.tif", "kind": "question", "content": {"questions": [asked(), asked("Is there a quay?")]}}
    with ReplayServer(folder_of(tmp_path, lines)) as server:
        drafter = drafter_at(endpoint(server), ("question",), per_scene=5)
        question = drafter.question(request(kind="question"))
        from threading import Event

        [outcome] = drafter.draft([request(kind="question")], Event())
    assert [draft.text for draft in outcome.result] == ["How many piers are there?", "Is there a quay?"]
    assert outcome.attempts == 1
    assert "Write 5 questions" in question.messages[1]["content"][0]["text"]
    assert question.schema == QUESTIONS_SCHEMA
    assert question.max_tokens > 5 * 50


def test_how_many_questions_is_part_of_the_input_and_not_of_the_drafter():
    at = Endpoint("http://x/v1", "m")
    few, many = (drafter_at(at, ("question",), per_scene=number) for number in (4, 8))
    scene = request().scene
    assert few.identity("question") == many.identity("question")
    assert few.identity("question").name == "questions"
    assert few.input_sha256("question", scene) != many.input_sha256("question", scene)
    with pytest.raises(DrafterError, match="1 to 40 questions"):
        drafter_at(at, ("question",), per_scene=41)
