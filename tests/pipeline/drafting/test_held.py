"""What a drafter from a file breaks of its promises is told with its file and line, and what came before is given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from pipeline.drafting.drafters import make_drafter
from pipeline.drafting.drafting import Assignment, DrafterError, Outcome, Request, SceneDrafter, SceneView
from pipeline.drafting.endpoints import Endpoint

SOUND = """
import sys
from pipeline.drafting.drafting import Dropped, Outcome
from pipeline.drafting.failures import DraftFailure
from pipeline.drafting.replies import Usage
from pipeline.records import Draft, Drafter

class Mine:
    def __init__(self, assignment):
        self.kinds = assignment.kinds
    def needs(self, kind):
        return {"sar"}
    def identity(self, kind):
        return Drafter("mine", "1")
    def input_sha256(self, kind, scene):
        return ""
    def draft(self, requests, stop):
        for number, request in enumerate(requests):
            drafts = (Draft(kind=request.kind, text=f"A quay {number}."),)
            yield Outcome(request, drafts, attempts=0)
"""
GIVEN = "yield Outcome(request, drafts, attempts=0)"
VIEW = SceneView("a", assets={"sar": "0" * 64})


def made(folder: Path, old: str = "", new: str = "") -> SceneDrafter:
    assert old in SOUND
    (folder / "mine.py").write_text(SOUND.replace(old, new) if old else SOUND, encoding="utf-8")
    return make_drafter(str(folder / "mine.py"), Assignment(("concise_caption",)))


def outcomes(drafter: SceneDrafter, number: int = 3) -> Iterator[Outcome]:
    return drafter.draft((Request(VIEW, "concise_caption") for _ in range(number)), Event())


def test_a_sound_drafter_drafts_as_it_says(tmp_path: Path) -> None:
    drafter = made(tmp_path)
    assert drafter.needs("concise_caption") == {"sar"}
    assert drafter.input_sha256("concise_caption", VIEW) == ""
    assert [outcome.result[0].text for outcome in outcomes(drafter)] == ["A quay 0.", "A quay 1.", "A quay 2."]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("import sys", "import sys; sys.exit(0)", "cannot be loaded in line 2: SystemExit: 0"),
        ("self.kinds = assignment.kinds", "int('x')", "cannot be made in line 10: ValueError: invalid literal"),
        ("self.kinds = assignment.kinds", "sys.exit(0)", "cannot be made in line 10: SystemExit"),
        ("self.kinds = assignment.kinds", "self.kinds = ([],)", "its kinds are one or more of concise_caption"),
        ("self.kinds = assignment.kinds", "self.kinds = None", "broke off: TypeError"),
        ('{"sar"}', "1 / 0", "broke off in line 12: ZeroDivisionError"),
        ('{"sar"}', '{"radar"}', "needs 'radar'; there are optical, sar, boxes, land_cover"),
        ('Drafter("mine", "1")', "None", "identity gives None, not a Drafter"),
        ('Drafter("mine", "1")', 'Drafter("", 1)', "name and version are texts"),
        ('Drafter("mine", "1")', 'Drafter("mi\\0ne", "1")', "cannot be stored"),
        ('Drafter("mine", "1")', 'Drafter("mine", "1", model="\\ud800")', "cannot be stored"),
        ('Drafter("mine", "1")', 'Drafter("mine" * 200, "1")', "cannot be stored"),
        ('Drafter("mine", "1")', 'Drafter("mine", "1", parameters={"a": float("nan")})', "written as JSON"),
        ('Drafter("mine", "1")', 'Drafter("mine", "1", parameters={"a": "\\0"})', "NUL"),
    ],
)
def test_a_drafter_that_cannot_be_used_is_refused_before_any_scene(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    with pytest.raises(DrafterError, match=told) as caught:
        made(tmp_path, old, new)
    assert str(caught.value).startswith(str(tmp_path / "mine.py"))


@pytest.mark.parametrize("given", ["None", "'\\0'", "5", "'a' * 300", "1 / 0"])
def test_an_input_that_is_no_digest_is_refused(tmp_path: Path, given: str) -> None:
    drafter = made(tmp_path, 'return ""', f"return {given}")
    with pytest.raises(DrafterError, match=r"mine\.py: .*(input_sha256 gives|line 16: ZeroDivisionError)"):
        drafter.input_sha256("concise_caption", VIEW)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("yield 5", "draft gives 5, not an Outcome"),
        ("yield None", "draft gives None"),
        ("yield Outcome(None, drafts)", "not an Outcome of a Request"),
        ("yield Outcome(request, 'text')", "result is 'text'"),
        ("yield Outcome(request, None)", "result is None"),
        ("yield Outcome(request, (5,))", "result is"),
        ("yield Outcome(request, (Draft(request.kind, None),))", "result is"),
        ("yield Outcome(request, (Draft(request.kind, 'a', box_ids=(5,)),))", "result is"),
        ("yield Outcome(request, (Draft(request.kind, 'a', raw_answer_sha256='zz'),))", "result is"),
        ("yield Outcome(request, DraftFailure('a whim', ''))", "a DraftFailure with a known reason"),
        ("yield Outcome(request, drafts, attempts=-7)", "attempts is -7; it must be a count"),
        ("yield Outcome(request, drafts, attempts=10 ** 30)", "attempts is 1"),
        ("yield Outcome(request, drafts, usage=Usage('x', 0))", "usage is"),
        ("yield Outcome(request, drafts, repeated=None)", "repeated is None"),
        ("yield Outcome(request, drafts, dropped=(Dropped('a', None),))", "dropped is"),
        ("raise RuntimeError('boom\\0')", r"broke off in line 21: RuntimeError: boom\\0"),
        ("sys.exit(3)", "broke off in line 21: SystemExit: 3"),
        ("yield Outcome(request, (Draft('question', 'How many?'),))", "line 21: ValueError: a question has"),
    ],
)
def test_what_breaks_in_the_middle_is_told_behind_what_came_before(tmp_path: Path, given: str, told: str) -> None:
    instead = f"if number:\n                {given}\n            else:\n                {GIVEN}"
    drafter = made(tmp_path, GIVEN, instead)
    came = outcomes(drafter)
    assert next(came).result[0].text == "A quay 0."
    with pytest.raises(DrafterError, match=told):
        next(came)


def test_a_scene_that_cannot_be_shown_is_no_fault_of_the_drafter(tmp_path: Path) -> None:
    def requests() -> Iterator[Request]:
        yield Request(VIEW, "concise_caption")
        raise OSError("the disk is gone")

    came = made(tmp_path).draft(requests(), Event())
    next(came)
    with pytest.raises(OSError, match="the disk is gone"):
        next(came)


def test_a_models_name_that_cannot_be_stored_is_refused() -> None:
    given = Assignment(("question",), endpoint=Endpoint("http://x/v1", "\udcff"))
    with pytest.raises(DrafterError, match="model or prompt cannot be stored"):
        make_drafter("endpoint", given)
