"""The plug-in point: drafters are found by themselves, or in the file that is named."""

from __future__ import annotations

from threading import Event

import pytest

from pipeline.drafting.asking import ask_all
from pipeline.drafting.box_arrays import BoxedScene
from pipeline.drafting.corpus import draft_scenes
from pipeline.drafting.drafters import DRAFTERS, find_drafter, make_drafter
from pipeline.drafting.drafting import Assignment, DrafterError, Request, SceneView
from pipeline.drafting.endpoints import Endpoint
from pipeline.drafting.policy import Policy
from pipeline.drafting.replay import ReplayError
from pipeline.records import ObjectBox
from tests.pipeline.drafting.test_captions import folder_of, reply, request, text_of

BOXES = (ObjectBox("1", "ship", 10, 10, 12, 8), ObjectBox("2", "tank", 50, 50, 20, 20))
WHOLE = """
class Mine:
    def __init__(self, assignment): self.kinds = assignment.kinds
    def needs(self, kind): return frozenset()
    def identity(self, kind): ...
    def input_sha256(self, kind, scene): return ""
    def draft(self, requests, stop): return iter(())
    kinds = ()
"""


def test_the_corpus_an_endpoint_and_the_replay_twin_are_found_by_themselves():
    assert {"corpus", "endpoint", "replay"} <= set(DRAFTERS)
    for name in DRAFTERS:
        assert callable(find_drafter(name))


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("class A:\n    pass\n", "here it has none"),
        (WHOLE + WHOLE.replace("Mine", "Other"), "here it has Mine, Other"),
        (WHOLE.replace("def needs", "def _needs"), "Mine lacks needs"),
        ("import nothing_of_this_name\n", "ModuleNotFoundError"),
        ("class A(:\n", "SyntaxError"),
    ],
)
def test_a_file_that_is_no_drafter_is_refused_with_what_it_lacks(tmp_path, source, told):
    (tmp_path / "mine.py").write_text(source)
    with pytest.raises(DrafterError, match=told):
        find_drafter(str(tmp_path / "mine.py"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("self.kinds = assignment.kinds", "pass"), r"the drafter writes \(\)"),
        (("self.kinds = assignment.kinds", "self.kinds = ('poem',)"), r"the drafter writes \('poem',\)"),
        (("self.kinds = assignment.kinds", "self.kinds = assignment.none"), "cannot be made in line 3: AttributeError"),
    ],
)
def test_a_drafter_that_cannot_be_made_is_refused(tmp_path, change, told):
    (tmp_path / "mine.py").write_text(WHOLE.replace(*change))
    with pytest.raises(DrafterError, match=told):
        make_drafter(str(tmp_path / "mine.py"), Assignment(("question",)))


def test_a_drafter_that_is_not_there_is_named_with_those_that_are(tmp_path):
    with pytest.raises(DrafterError, match="no drafter 'none'; choose from corpus, endpoint, replay"):
        find_drafter("none")
    with pytest.raises(DrafterError, match="cannot be read"):
        find_drafter(str(tmp_path / "none.py"))


def test_the_corpus_as_a_drafter_writes_what_the_corpus_writes():
    drafter = find_drafter("corpus")(Assignment(("question",)))
    scene = SceneView("a", size=(96, 96), boxes=BOXES, labelled=("ship", "tank"))
    [outcome] = drafter.draft([Request(scene, "question")], Event())
    [expected] = draft_scenes([BoxedScene("a", (96, 96), BOXES, ("ship", "tank"), {})], Policy(), seed=0)
    assert list(outcome.result) == expected
    assert drafter.identity("question").name == "corpus"
    assert drafter.input_sha256("question", scene) == ""
    with pytest.raises(DrafterError, match="writes questions only"):
        find_drafter("corpus")(Assignment(("concise_caption",)))


def test_the_replay_twin_as_a_drafter_answers_from_its_folder(tmp_path):
    drafter = find_drafter("replay")(Assignment(("concise_caption",), replay=folder_of(tmp_path, reply())))
    [outcome] = drafter.draft([request()], Event())
    assert text_of(outcome) == "A river bank."
    with pytest.raises(DrafterError, match="give --replay DIR"):
        find_drafter("replay")(Assignment(("concise_caption",)))
    with pytest.raises(ReplayError, match="cannot be read"):
        find_drafter("replay")(Assignment(("concise_caption",), replay=tmp_path / "none"))


def test_an_endpoint_must_be_given():
    with pytest.raises(DrafterError, match="give --model and --base-url"):
        find_drafter("endpoint")(Assignment(("question",)))
    assert find_drafter("endpoint")(Assignment(("question",), endpoint=Endpoint("http://x/v1", "m"))).kinds


def test_an_answer_of_none_ends_the_drawing_and_those_before_it_are_given():
    drawn = []

    def requests():
        for number in range(100):
            drawn.append(number)
            yield number

    given = list(ask_all(requests(), lambda number: number if number < 10 else None, 2, Event()))
    assert sorted(given) == list(range(10))
    assert len(drawn) < 20


def test_a_fault_while_asking_is_raised_behind_the_other_answers():
    def ask(number):
        if number == 3:
            raise KeyError("three")
        return number

    given = []

    def take_all():
        for each in ask_all(range(4), ask, 1, Event()):
            given.append(each)

    with pytest.raises(KeyError, match="three"):
        take_all()
    assert given == [0, 1, 2]
