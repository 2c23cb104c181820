"""The figures of judged boxes, their page, file and form, and the same at the command line."""

from __future__ import annotations

import csv
import io
import json

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from typer.testing import CliRunner

from app.accounts.workflow import add_person, make_token
from app.cli.command import command
from app.db import SessionMaker, transaction
from app.review.workflow import GivenVerdict, review_boxes, submit
from app.review.workflow.box_figures import box_figures_of
from pipeline.programs.rederiving import BoxVerdict
from pipeline.scoring.intervals import wilson
from tests.app.review.boxed import add_boxed, box_set
from tests.app.review.factories import CONFIG, add_hand, add_reviewer, submission, value

PATH = "/datasets/quays/boxes-judged"
SCENES = 14
SPURIOUS = BoxVerdict(1, "spurious")
BUOY = BoxVerdict(5, "missing", "=buoy()", (90.0, 10.0, 9.0, 9.0))


def review_all(sessions: SessionMaker) -> dict[str, int]:
    """Every scene reviewed: in every other one a ship is spurious and a buoy missing; a reader rejects each first
    sampled text that the boxes bear out. Gives what was counted on the way."""
    told = {"read": 0, "otherwise": 0, "taken_over": 0, "lost": 0}
    with transaction(sessions) as session:
        reviewer = add_reviewer(session)
        for at in range(SCENES):
            hand = add_hand(session, reviewer)
            review_boxes(session, reviewer, box_set(hand), CONFIG)  # judged anew at once: counts no more
            changed = (SPURIOUS, BUOY) if at % 2 else ()
            judged = review_boxes(session, reviewer, box_set(hand, *changed), CONFIG)
            mine = [each for each in judged.texts if each.draft_id in hand.drafts]
            sampled = [each for each in mine if each.is_sampled and each.outcome == "same"]
            wrong = [GivenVerdict(each.draft_id, "reject") for each in sampled[:1]]
            given = [GivenVerdict(each.draft_id, "accept") for each in sampled[1:]]
            lost = [each for each in mine if each.is_sampled and each.outcome != "same"]
            given += [GivenVerdict(each.draft_id, "reject") for each in lost]
            rest = [each for each in mine if not each.is_sampled]
            given += [
                GivenVerdict(each.draft_id, "accept" if each.outcome == "same" else "reject", origin="box_set")
                for each in rest
            ]
            submit(session, reviewer, submission(hand, *wrong, *given))
            # What came of it is handed back for others, so that only the first packets count here.
            session.execute(text("update assignment set state = 'returned', ended_at = now() where state = 'held'"))
            told["read"] += len(sampled)
            told["otherwise"] += len(wrong)
            told["taken_over"] += len(rest)
            told["lost"] += len(lost)
    return told


@pytest.fixture
def admin(application: FastAPI, sessions: SessionMaker) -> TestClient:
    with transaction(sessions) as session:
        add_person(session, "ada@example.org", "Ada", "correct horse battery", ["admin"])
        token = make_token(session, "ada@example.org")
    return TestClient(
        application, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {token}"}
    )  # fmt: skip


def test_the_figures_are_those_of_what_was_said(
    admin: TestClient, sessions: SessionMaker, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_boxed(sessions, SCENES, share=0.5)
    assert "No reviewer has confirmed the boxes" in admin.get(PATH).text
    told = review_all(sessions)
    with transaction(sessions) as session:
        found = box_figures_of(session, value(session, "select dataset_id from dataset"))
        packets = value(session, "select count(*) from packet")
    assert (found.gathered.sets, found.gathered.scenes, found.gathered.reviewers) == (SCENES, SCENES, 1)
    assert (found.gathered.texts, found.gathered.taken_over) == (9 * SCENES, told["taken_over"])
    assert found.gathered.sampled == told["read"] + told["lost"]
    boxes = {each.category: (each.right.hits, each.right.verdicts, each.spurious, each.missing) for each in found.boxes}
    half = SCENES // 2
    assert boxes == {
        None: (4 * SCENES - half, 4 * SCENES, half, half),
        "ship": (3 * SCENES - half, 3 * SCENES, half, 0),
        "tank": (SCENES, SCENES, 0, 0),
        "=buoy()": (0, 0, 0, half),
    }
    first = found.sample[0]
    assert (first.follows, first.title) == ("accept", "All types")
    assert (first.otherwise.hits, first.otherwise.verdicts) == (told["otherwise"], told["read"])
    assert first.otherwise.interval is not None
    plain = wilson(told["otherwise"], told["read"])
    assert abs(first.otherwise.interval.low - plain.low) < 0.1
    of_types = [each for each in found.sample if each.follows == "accept" and each.question_type]
    assert sum(each.otherwise.verdicts for each in of_types) == told["read"]
    lost = next(each for each in found.sample if each.follows == "reject")
    assert (lost.otherwise.hits, lost.otherwise.verdicts) == (0, told["lost"])

    page = admin.get(PATH)
    assert "Read otherwise than it follows from the boxes" in page.text
    assert "<bdi>=buoy()</bdi>" in page.text
    rows = list(csv.DictReader(io.StringIO(admin.get(f"{PATH}.csv").content.decode())))
    assert [row["judged"] for row in rows if row["name"] == "all"] == [str(4 * SCENES)]
    assert not [row for row in rows if row["name"].startswith("=")]
    monkeypatch.setenv("DATABASE_URL", database_url)
    said = json.loads(CliRunner().invoke(command, ["dataset", "boxes", "quays", "--json"]).stdout)
    assert (said["boxes_first"], said["sample_share"], said["packets"]) == (True, 0.5, packets)
    assert said["figures"][0]["right"] == 4 * SCENES - half


def test_an_admin_sets_the_policy_on_the_page_and_at_the_command_line(
    admin: TestClient, sessions: SessionMaker, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_boxed(sessions)
    assert "1 packet begins with boxes now" in admin.get(PATH).text
    assert admin.post(PATH, data={"percent": "2.5"}).status_code == 200
    with transaction(sessions) as session:
        assert value(session, "select (boxes_first, box_sample_share)::text from dataset") == "(f,0.025)"
    for wrong in ("", "much", "101", "-1", "nan"):
        refused = admin.post(PATH, data={"first": "yes", "percent": wrong})
        assert (refused.status_code, "from 0 to 100" in refused.text) == (422, True)
    monkeypatch.setenv("DATABASE_URL", database_url)
    done = CliRunner().invoke(command, ["dataset", "boxes", "quays", "--first", "--sample", "20 %"])
    assert done.exit_code == 0, done.output
    assert "quays: packets sealed from now on begin with the boxes; 1 packets do now; 0.2 of what" in done.stdout
    assert CliRunner().invoke(command, ["dataset", "boxes", "quays", "--sample", "lots"]).exit_code != 0
    assert CliRunner().invoke(command, ["dataset", "boxes", "nowhere"]).exit_code != 0
    add_boxed(sessions, name="bare", boxes=())
    page = admin.get("/datasets/bare/boxes-judged").text
    assert "No scene here has boxes" in page
    assert '<a href="/datasets/quays/boxes-judged">' in admin.get("/datasets/quays").text
