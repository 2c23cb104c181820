"""Releases over HTTP: pages as a browser without JavaScript uses them, and the interface of scripts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.accounts import workflow as accounts
from app.assets.store import AssetStore
from app.db import SessionMaker, transaction
from app.release import workflow
from app.settings import Settings
from tests.app.release.reviewed import Text, View, caption, make_dataset


@pytest.fixture
def store(settings: Settings) -> AssetStore:
    Path(settings.assets_url).mkdir(parents=True)
    return AssetStore(settings.assets_url)


@pytest.fixture
def client(application: FastAPI, sessions: SessionMaker, store: AssetStore) -> Iterator[TestClient]:
    """A browser in which an admin is logged in."""
    with transaction(sessions) as session:
        added = accounts.add_person(session, "admin@example.org", "Ada", None, ["admin"])
        token = accounts.log_in(session, added.email, added.password or "")
        texts = [Text("How many ships?", verdict="revise", revised_text="How many <b>ships</b>?"), caption("A port.")]
        make_dataset(session, store, [View("a.png", [*texts, Text("Is it?", verdict="reject")])])
    with TestClient(application, base_url="http://127.0.0.1", follow_redirects=False) as opened:
        opened.cookies.set("trihedral_session", token)
        yield opened


@pytest.fixture
def script(application: FastAPI, sessions: SessionMaker, client: TestClient) -> Iterator[TestClient]:
    """A script with the same admin's token."""
    with transaction(sessions) as session:
        token = accounts.make_token(session, "admin@example.org")
    with TestClient(application, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {token}"}) as opened:
        yield opened


def csrf_of(client: TestClient, path: str) -> str:
    return re.search(r'name="csrf" value="([^"]+)"', client.get(path).text)[1]  # type: ignore[index]


def plan(client: TestClient, **changes: object) -> tuple[int, str]:
    """Fill in the form, and look at what it would hold."""
    form = {"csrf": csrf_of(client, "/releases/new"), "name": "bench", "datasets": ["ports"], "notes": "<i>first</i>"}
    response = client.post("/releases/plans", data={**form, "kinds": ["question", "concise_caption"], **changes})
    return response.status_code, response.headers.get("location", response.text)


def create(client: TestClient, **changes: object) -> tuple[int, str]:
    """And freeze it."""
    status, place = plan(client, **changes)
    if status != 303:
        return status, place
    response = client.post(f"{place}/freeze", data={"csrf": csrf_of(client, "/releases/new")})
    return response.status_code, response.headers.get("location", response.text)


def test_a_release_is_frozen_exported_and_downloaded(
    client: TestClient, sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    assert "No release yet" in client.get("/releases").text
    assert create(client) == (303, "/releases/bench@1")
    page = client.get("/releases/bench@1").text
    assert "&lt;i&gt;first" in page
    assert "Instance counting" in page
    assert "every 2s" not in page
    form = {"csrf": csrf_of(client, "/releases/bench@1"), "format": "sarlang"}
    for _ in range(2):
        assert client.post("/releases/bench@1/exports", data=form).headers["location"] == "/releases/bench@1#exports"
    waiting = client.get("/releases/bench@1").text
    assert waiting.count('<span class="badge badge--info">waiting</span>') == 1
    assert "every 2s" in waiting
    with transaction(sessions) as session:
        export_id = session.execute(text("select export_id from export")).scalar_one()
    workflow.run_export(sessions, store, export_id)
    done = client.get("/releases/bench@1").text
    assert "every 2s" not in done
    link = re.search(r'href="(/api/v1/exports/[^"]+)"', done)[1]  # type: ignore[index]
    assert client.get(link).content[:7] == b"bench-1"
    assert "bench@1" in client.get("/releases").text


def test_the_preview_says_what_is_in_and_what_is_out_and_the_form_keeps_what_was_typed(client: TestClient) -> None:
    page = client.get("/releases/new").text
    assert 'value="ports" checked>' in page
    _, place = plan(client)
    page = client.get(place).text
    assert "<b>2</b> texts about 1 image are in, 1 is out" in page
    [link] = re.findall(r'href="([^"]+dataset=ports[^"]+)">1<', page)
    listed = client.get(link.replace("&amp;", "&")).text
    assert ("Left out: rejected" in listed, "Is it?" in listed) == (True, True)
    csv = client.get(re.search(r'href="([^"]+csv[^"]+)"', listed)[1].replace("&amp;", "&"))  # type: ignore[index]
    assert csv.text.splitlines()[1].startswith("ports,a.png,test,question,counting,Is it?,2,")
    status, page = create(client, name="no way", kinds=["complex_caption"])
    assert status == 422
    assert 'value="no way"' in page
    assert "&lt;i&gt;first&lt;/i&gt;</textarea>" in page
    for wrong in ({"datasets": []}, {"kinds": []}, {"least_reviews": "ten"}, {"least_reviews": "10"}, {"pairs": "x"},
                  {"licence": "listed"}, {"notes": "\0"}, {"splits": ["x"]}):  # fmt: skip
        assert (wrong, create(client, **wrong)[0]) == (wrong, 422)
    assert create(client, kinds=["complex_caption"])[0] == 409
    assert client.get("/releases").text.count("bench@") == 0


def test_sampled_texts_are_taken_in_only_where_that_is_ticked(
    client: TestClient, sessions: SessionMaker, store: AssetStore
) -> None:
    with transaction(sessions) as session:
        make_dataset(session, store, [View("b.png", [Text("How many?", verdict="sampled")], image=b"b")], name="coast")
    status, refused = create(client, datasets=["coast"])
    assert (status, "1 sample-verified text was left out" in refused) == (409, True)
    assert create(client, datasets=["coast", "ports"])[1] == "/releases/bench@1"
    only_read = client.get("/releases/bench@1").text
    assert ("2 reviewed</dd>" in only_read, "What nobody read" in only_read) == (True, False)
    assert create(client, datasets=["coast", "ports"], with_sampled="true")[1] == "/releases/bench@2"
    page = client.get("/releases/bench@2").text
    assert "2 reviewed, 1 sample-verified</dd>" in page
    assert 'href="/datasets/coast/policy"' in page, "where the sample is told of"
    assert ("<b>5.0%</b>" in page, "1.2 to 16.8%" in page) == (True, True), "the error rate of the sample"
    assert "<dt>Corrected</dt><dd>50%</dd>" in page, "of those that were read"
    assert create(client, datasets=["coast"], with_sampled="much")[0] == 422


def test_a_release_that_is_not_there_is_said_to_be_missing(client: TestClient) -> None:
    for label in ("bench@1", "bench@x", "%00", "a" * 300):
        assert client.get(f"/releases/{label}").status_code == 404


def test_releases_are_paged_by_key(client: TestClient, script: TestClient) -> None:
    for _ in range(3):
        create(client)
    first = script.get("/api/v1/releases", params={"limit": 2}).json()
    assert [release["release"] for release in first["releases"]] == ["bench@3", "bench@2"]
    second = script.get("/api/v1/releases", params={"limit": 2, "before": first["before"]}).json()
    assert [release["release"] for release in second["releases"]] == ["bench@1"]
    assert second["before"] is None
    assert client.get("/releases", params={"before": first["before"]}).text.count("/releases/bench@") == 1


def test_a_script_starts_an_export_asks_for_it_and_reads_ranges_of_its_file(
    client: TestClient, script: TestClient, sessions: SessionMaker, store: AssetStore
) -> None:
    create(client)
    asked = script.post("/api/v1/releases/bench/exports", json={"number": 1, "format": "sarlang"})
    assert asked.status_code == 202
    place = asked.headers["location"]
    assert script.post("/api/v1/releases/bench@1/exports").json()["export_id"] == asked.json()["export_id"]
    early = script.get(f"{place}/file")
    assert (early.status_code, early.json()["code"]) == (409, "export_not_done")
    assert early.headers["content-type"] == "application/problem+json"
    workflow.run_export(sessions, store, asked.json()["export_id"])
    export = script.get(place).json()
    assert export["state"] == "done"
    whole = script.get(export["url"])
    assert hashlib.sha256(whole.content).hexdigest() == export["sha256"]
    assert whole.headers["content-disposition"] == 'attachment; filename="bench-1-sarlang.tar"'
    half = len(whole.content) // 2
    parts = [
        script.get(export["url"], headers={"Range": f"bytes={bounds}"}) for bounds in (f"0-{half - 1}", f"{half}-")
    ]
    assert [part.status_code for part in parts] == [206, 206]
    assert b"".join(part.content for part in parts) == whole.content
    assert script.get(export["url"], headers={"Range": f"bytes={len(whole.content)}-"}).status_code == 416
    assert script.get(export["url"], headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    assert script.head(export["url"]).headers["content-length"] == str(len(whole.content))


def test_what_cannot_be_exported_is_said(client: TestClient, script: TestClient) -> None:
    create(client)
    bodies = [("nothing", {}, 404), ("bench", {"number": 9}, 404), ("bench", {"number": 0}, 422),
              ("bench", {"format": "zip"}, 422), ("bench", {"formt": "sarlang"}, 422)]  # fmt: skip
    for name, body, status in bodies:
        response = script.post(f"/api/v1/releases/{name}/exports", json=body)
        assert (name, body, response.status_code) == (name, body, status)
        assert response.json()["detail"]
    assert script.get("/api/v1/exports/7").status_code == 404
    assert script.get("/api/v1/exports/7/file").status_code == 404
