"""What one number has and another has not, text by text."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from app.accounts import workflow as accounts
from app.cli.command import command
from app.db import SessionMaker
from app.release import workflow
from app.release.queries.differences import ChangeFilter
from app.release.workflow import NoSuchReleaseError, ReleaseError, differences
from tests.app.release.reviewed import Text, View, caption, make_dataset, make_store

DECIDE = """insert into resolution
    (draft_id, revision, supersedes, outcome, text, answer, support, is_revised, review_ids)
    select draft_id, r.revision + 1, r.revision, :outcome, case when :outcome = 'verified' then :text end,
        case when :outcome = 'verified' then :answer end, case when :outcome = 'verified' then 'sar' end, true,
        review_ids
    from resolution r join draft d using (draft_id) where d.text = :draft order by r.revision desc limit 1"""


def decide(session: Session, draft: str, said: str | None, answer: str = "2") -> None:
    """A new outcome: other words, or rejected."""
    outcome = "rejected" if said is None else "verified"
    session.execute(text(DECIDE), {"draft": draft, "text": said, "answer": answer, "outcome": outcome})


@pytest.fixture
def numbers(session: Session, tmp_path: Path) -> Session:
    """bench@1 with five texts; @2: one reads otherwise, one is gone; @3 without captions, and with one more text."""
    store = make_store(tmp_path)
    texts = [Text(f"How many {what}?") for what in ("ships", "cars", "=tanks")]
    make_dataset(session, store, [View("a.png", [*texts, caption("A port."), Text("How many cranes?", verdict=None)])])
    make_dataset(session, store, [View("b.png", [Text("How many piers?")], image=b"b")], name="coast")
    workflow.create_release(session, "bench", ["ports", "coast"])
    decide(session, "How many ships?", "How many ships?", "3")
    decide(session, "How many cars?", None)
    workflow.create_release(session, "bench", ["ports", "coast"])
    decide(session, "How many =tanks?", "=How many tanks, then?")
    session.execute(
        text("""insert into resolution (draft_id, outcome, text, answer, support, review_ids)
        select draft_id, 'verified', text, answer, 'sar', array[1] from draft where text = 'How many cranes?'""")
    )
    workflow.create_release(session, "bench", ["ports"], ["question"])
    return session


def records(session: Session, after: str, before: str = "", **asked: str) -> list[dict[str, object]]:
    found = differences.difference_of(session, after, before)
    return [json.loads(line) for line in differences.lines_of(session, found, ChangeFilter(**asked))]


def told(found: list[dict[str, object]]) -> set[tuple[object, ...]]:
    return {
        (each["change"], each["what"] or each["reason"], each["text_after"] or each["text_before"]) for each in found
    }


def test_a_number_carries_what_it_differs_in_from_the_one_before(numbers: Session) -> None:
    assert "difference" not in workflow.get_release(numbers, "bench@1").counts
    second, third = (workflow.get_release(numbers, f"bench@{number}").counts["difference"] for number in (2, 3))
    assert second == {"before": "bench@1", "added": 0, "changed": 1, "same": 3, "removed": {"rejected": 1}}
    assert third == {"before": "bench@2", "added": 1, "changed": 1, "same": 1, "removed": {"not_chosen": 2}}
    assert told(records(numbers, "bench@2")) == {
        ("changed", "answer", "How many ships?"),
        ("removed", "rejected", "How many cars?"),
    }
    [changed] = records(numbers, "bench@2", change="changed")
    assert (changed["answer_before"], changed["answer_after"]) == ("2", "3")
    assert told(records(numbers, "bench")) == {
        ("added", None, "How many cranes?"),
        ("changed", "question", "=How many tanks, then?"),
        ("removed", "not asked for any more", "A port."),
        ("removed", "not asked for any more", "How many piers?"),
    }


def test_any_two_numbers_are_compared_and_tell_why_a_text_went_on_the_way(numbers: Session) -> None:
    found = records(numbers, "bench@3", "bench@1")
    assert told(found) == {
        ("added", None, "How many cranes?"),
        ("changed", "answer", "How many ships?"),
        ("changed", "question", "=How many tanks, then?"),
        ("removed", "rejected", "How many cars?"),
        ("removed", "not asked for any more", "A port."),
        ("removed", "not asked for any more", "How many piers?"),
    }
    difference = differences.difference_of(numbers, "bench@3", "bench@1")
    assert differences.count_changes(numbers, difference) == {"added": 1, "changed": 2, "removed": 3}
    captions = {"added": 0, "changed": 0, "removed": 1}
    assert differences.count_changes(numbers, difference, "concise_caption") == captions
    backwards = records(numbers, "bench@1", "bench@3")
    assert sorted(each["change"] for each in backwards) == ["added"] * 3 + ["changed"] * 2 + ["removed"]
    assert records(numbers, "bench@2", "bench@2") == []


def test_pages_go_on_where_the_one_before_ended(numbers: Session) -> None:
    for before in ("bench@2", "bench@1"):
        difference, place, seen = differences.difference_of(numbers, "bench@3", before), ("", 0), []
        while page := differences.list_changes(numbers, difference, ChangeFilter(), after=place, limit=2):
            seen += [(row.change, row.draft_id) for row in page]
            place = seen[-1]
        assert len(seen) == len(set(seen)) == sum(differences.count_changes(numbers, difference).values())
        assert seen == sorted(seen)


def test_a_csv_has_a_row_a_text_and_no_formula(numbers: Session) -> None:
    difference = differences.difference_of(numbers, "bench@3")
    written = b"".join(differences.csv_of(numbers, difference, ChangeFilter(change="changed"))).decode()
    [row] = csv.DictReader(io.StringIO(written))
    assert (row["text_before"], row["text_after"]) == ("How many =tanks?", "'=How many tanks, then?")


def test_what_cannot_be_compared_is_said(numbers: Session) -> None:
    with pytest.raises(NoSuchReleaseError, match="bench@1 is the first of its name"):
        differences.difference_of(numbers, "bench@1")
    with pytest.raises(NoSuchReleaseError, match="There is no release 'bench@9'"):
        differences.difference_of(numbers, "bench@2", "bench@9")
    for wrong in ({"change": "new"}, {"kind": "poem"}):
        with pytest.raises(ReleaseError, match="there are"):
            differences.asked_changes(**wrong)


def test_a_difference_never_changes_and_takes_nothing_later(numbers: Session) -> None:
    for change in ("update release_change set reason = null", "delete from release_change", "truncate release_change"):
        with pytest.raises(DBAPIError, match="append-only"), numbers.begin_nested():
            numbers.execute(text(change))
    numbers.execute(text("create temporary table kept as select * from release_change limit 1"))
    with pytest.raises(DBAPIError, match="duplicate key"), numbers.begin_nested():
        numbers.execute(text("insert into release_change select * from kept"))


def test_scripts_read_a_difference_page_by_page(numbers: Session, application: FastAPI, sessions: SessionMaker) -> None:
    accounts.add_person(numbers, "admin@example.org", "Ada", None, ["admin"])
    token = accounts.make_token(numbers, "admin@example.org")
    numbers.commit()
    with TestClient(application, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {token}"}) as script:
        assert script.get("/api/v1/releases/bench").json()["release"] == "bench@3"
        after, seen = "", []
        while after is not None:
            asked = {"before": "bench@1", "limit": 4, "after": after}
            page = script.get("/api/v1/releases/bench@3/difference", params=asked).json()
            seen += [(each["change"], each["scene"]) for each in page["changes"]]
            after = page["next"]
        assert page["counts"] == {"added": 1, "changed": 2, "removed": 3}
        assert sorted(change for change, _ in seen) == ["added", *["changed"] * 2, *["removed"] * 3]
        assert script.get("/api/v1/releases/bench@1/difference").json()["code"] == "no_such_release"


def test_the_command_line_lists_shows_previews_freezes_and_compares(
    numbers: Session, database_url: str, tmp_path: Path
) -> None:
    numbers.commit()

    def run(*words: str) -> str:
        environment = {"DATABASE_URL": database_url, "TRIHEDRAL_DATA": str(tmp_path / "data")}
        done = CliRunner().invoke(command, ["release", *words], env=environment)
        assert done.exit_code == 0, done.exception
        return done.stdout

    assert run("list").splitlines()[0].startswith("bench@3: 3 texts of ports, frozen ")
    assert [each["release"] for each in json.loads(run("list", "--json", "--limit", "2"))] == ["bench@3", "bench@2"]
    shown = run("show", "bench@2")
    assert "gate: outcome is verified" in shown
    assert "since bench@1: 0 added, 1 changed, 1 removed (1 rejected)" in shown
    assert json.loads(run("show", "bench@2", "--json"))["counts"]["difference"]["changed"] == 1
    lines = run("diff", "bench@1", "bench@2").splitlines()
    assert lines[0] == "bench@1 to bench@2: 0 added, 1 changed, 1 removed"
    assert lines[1] == 'changed answer  ports/a.png  "How many ships?" "2" -> "How many ships?" "3"'
    whole = json.loads(run("diff", "bench@1", "bench@3", "--json"))
    assert (whole["counts"]["removed"], len(whole["changes"])) == (3, 6)
    assert json.loads(run("diff", "bench@2", "bench@2", "--json"))["changes"] == []
    asked = ("create", "bench", "--dataset", "ports", "--kind", "question", "--split", "test", "--support", "sar")
    assert "in: 3 texts about 1 image; out: 1 text\nports test: 3 in, 1 rejected" in run(*asked, "--dry-run")
    assert json.loads(run(*asked, "--dry-run", "--json"))["left_out"] == {"rejected": 1}
    assert len(json.loads(run("list", "--json"))) == 3, "nothing was frozen"
    made = json.loads(run(*asked, "--json"))
    assert (made["release"], made["texts"], made["difference"]["same"]) == ("bench@4", 3, 3)
