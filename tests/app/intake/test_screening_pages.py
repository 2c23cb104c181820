"""The rules of a dataset as an admin sees and sets them, and what each found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event

from app.accounts import workflow as accounts
from app.assets import AssetStore
from app.db import SessionMaker, transaction
from app.intake.pages.screening import DRAFTS_A_PAGE
from app.intake.workflow.rule_setting import BY_COMMAND, set_rules
from app.intake.workflow.screening import screen_dataset
from pipeline.records import Draft
from pipeline.screening import RULES
from pipeline.screening.documentation import documentation
from tests.app.intake.made_scenes import found, make_dataset
from tests.app.intake.test_packets import add_drafts

PAGE = "/datasets/harbour/screening"


@pytest.fixture
def client(application: FastAPI, sessions: SessionMaker) -> Iterator[TestClient]:
    with transaction(sessions) as session:
        added = accounts.add_person(session, "admin@example.org", "Ada", None, ["admin"])
        token = accounts.log_in(session, added.email, added.password or "")
    with TestClient(application, base_url="http://127.0.0.1", follow_redirects=False) as opened:
        opened.cookies.set("trihedral_session", token)
        yield opened


@pytest.fixture
def dataset_id(sessions: SessionMaker, tmp_path: Path) -> int:
    dataset_id = make_dataset(sessions, AssetStore(tmp_path / "assets"), tmp_path)
    add_drafts(sessions, dataset_id, Draft("concise_caption", "🚢 A green <b>ship</b> and a red one."), scenes=(1, 2))
    add_drafts(sessions, dataset_id, Draft("question", "Is the ship red?", "general", "Red"), scenes=(1,))
    return dataset_id


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def options(html: str) -> dict[str, str]:
    """``{rule: setting}`` as the page has them selected."""
    return dict(found.split("=") for found in re.findall(r'value="([^"]+)"[^>]* selected', html))


def send(client: TestClient, **settings: str) -> str:
    """Save the page's form with these changes; gives the address that follows."""
    html = client.get(PAGE).text
    csrf = re.search(r'name="csrf" value="([^"]+)"', html)
    assert csrf
    chosen = {**options(html), **{name.replace("__", "."): value for name, value in settings.items()}}
    body = {"csrf": csrf[1], "setting": [f"{rule}={setting}" for rule, setting in chosen.items()]}
    return client.post(PAGE, data=body).headers["location"]


def test_all_rules_are_shown_by_family_with_their_message_examples_and_setting(
    client: TestClient, dataset_id: int
) -> None:
    html = client.get(PAGE).text
    assert options(html) == {rule.name: rule.severity for rule in RULES}
    shown = words(html)
    for family in documentation():
        assert family.title.capitalize() in shown
        for rule in family.rules:
            assert rule.message in shown.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
    assert "Nothing was screened yet" in shown


def test_counts_of_the_rules_that_hold_are_shown_and_lead_to_the_drafts(
    client: TestClient, sessions: SessionMaker, dataset_id: int
) -> None:
    screen_dataset(sessions, "harbour")
    html = client.get(PAGE).text
    assert f'href="{PAGE}/colour.hue">6<' in html
    listed = client.get(f"{PAGE}/colour.hue").text
    assert (
        '🚢 A <mark class="found">green</mark> &lt;b&gt;ship&lt;/b&gt; and a <mark class="found">red</mark> one.'
        in (listed)
    )
    assert '<mark class="found">Red</mark>' in listed
    assert "6 findings" in words(listed)


def test_saving_begins_a_screening_and_shows_it(client: TestClient, sessions: SessionMaker, dataset_id: int) -> None:
    screen_dataset(sessions, "harbour")
    address = send(client, colour__hue="off")
    run_id = int(address.removeprefix("/runs/"))
    assert "No worker is running" in words(client.get(address).text)
    assert options(client.get(PAGE).text)["colour.hue"] == "off"
    assert "Screening is under way" in words(client.get(PAGE).text)
    screen_dataset(sessions, "harbour", run_id=run_id)
    shown = words(client.get(address).text)
    assert "drafts 3" in shown
    assert "of which errors" in shown
    assert "The rule is off" in words(client.get(f"{PAGE}/colour.hue").text)
    assert found(sessions, "select decided_by from screening_policy") == found(
        sessions, "select pseudonym::text from person"
    )


def test_rules_that_have_changed_since_the_last_screening_are_told(
    client: TestClient, sessions: SessionMaker, dataset_id: int
) -> None:
    screen_dataset(sessions, "harbour")
    assert "The rules have changed" not in words(client.get(PAGE).text)
    with transaction(sessions) as session:
        set_rules(session, "harbour", {"vague": "off"}, BY_COMMAND)
    assert "The rules have changed since the last screening" in words(client.get(PAGE).text)


@pytest.mark.parametrize("setting", ["colour.hue=fatal", "colour.gone=off", "colour.hue", "=", "\0=off", "𝕏" * 500])
def test_what_is_no_setting_is_refused_and_nothing_is_kept(
    client: TestClient, sessions: SessionMaker, dataset_id: int, setting: str
) -> None:
    csrf = re.search(r'name="csrf" value="([^"]+)"', client.get(PAGE).text)
    assert csrf
    answer = client.post(PAGE, data={"csrf": csrf[1], "setting": setting})
    assert answer.status_code in (400, 409, 422)
    assert found(sessions, "select count(*) from screening_policy") == [0]


@pytest.mark.parametrize("path", ["/colour.gone", "/%00", "/colour.hue?after=-1", "/colour.hue?after=x"])
def test_a_rule_or_page_that_is_none_is_an_answer_not_a_fault(client: TestClient, dataset_id: int, path: str) -> None:
    assert client.get(PAGE + path).status_code in (404, 422)
    assert client.get("/datasets/nothing/screening").status_code == 404


def test_what_a_rule_found_is_listed_page_by_page(client: TestClient, sessions: SessionMaker, dataset_id: int) -> None:
    add_drafts(
        sessions,
        dataset_id,
        *(Draft("concise_caption", f"A red ship, {n}.") for n in range(DRAFTS_A_PAGE)),
        scenes=(3,),
    )
    screen_dataset(sessions, "harbour")
    first = client.get(f"{PAGE}/colour.hue").text
    after = re.search(r"\?after=(\d+)", first)
    assert after
    second = client.get(f"{PAGE}/colour.hue?after={after[1]}").text
    assert first.count("<tr>") - 1 == DRAFTS_A_PAGE
    assert second.count("<tr>") - 1 == 3
    assert "First page" in second
    assert "These were all" in client.get(f"{PAGE}/colour.hue?after={2**62}").text


def test_the_pages_ask_a_fixed_number_of_queries(
    client: TestClient, application: FastAPI, sessions: SessionMaker, dataset_id: int
) -> None:
    asked: list[str] = []
    event.listen(application.state.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    def queries(path: str) -> int:
        asked.clear()
        client.get(path)
        return len(asked)

    before = [queries(PAGE), queries(f"{PAGE}/colour.hue")]
    screen_dataset(sessions, "harbour")
    assert [queries(PAGE), queries(f"{PAGE}/colour.hue")] == before
    assert max(before) <= 8
