"""Links by which who has no account downloads an export; and releases over HTTP that they hang on."""

from __future__ import annotations

import hashlib
import logging
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
from tests.app.release.reviewed import Text, View, make_dataset


@pytest.fixture
def store(settings: Settings) -> AssetStore:
    Path(settings.assets_url).mkdir(parents=True)
    return AssetStore(settings.assets_url)


@pytest.fixture
def export_id(sessions: SessionMaker, store: AssetStore) -> int:
    """A finished export of bench@1, a release of one text."""
    with transaction(sessions) as session:
        make_dataset(session, store, [View("a.png", [Text("How many ships?")])])
        session.execute(text("update dataset set licence = 'CC BY 4.0', citation = '<A et al.> 2020'"))
        label = workflow.create_release(session, "bench", ["ports"]).label
        made = workflow.request_export(session, label).export_id
    workflow.run_export(sessions, store, made)
    return made


@pytest.fixture
def client(application: FastAPI, sessions: SessionMaker, export_id: int) -> Iterator[TestClient]:
    """A browser in which an admin is logged in."""
    with transaction(sessions) as session:
        added = accounts.add_person(session, "admin@example.org", "Ada", None, ["admin"])
        token = accounts.log_in(session, added.email, added.password or "")
    with TestClient(application, base_url="http://127.0.0.1", follow_redirects=False) as opened:
        opened.cookies.set("trihedral_session", token)
        yield opened


@pytest.fixture
def stranger(application: FastAPI, client: TestClient) -> Iterator[TestClient]:
    """A browser in which nobody is logged in."""
    with TestClient(application, base_url="http://127.0.0.1", follow_redirects=False) as opened:
        yield opened


def csrf_of(client: TestClient) -> str:
    return re.search(r'name="csrf" value="([^"]+)"', client.get("/releases/new").text)[1]  # type: ignore[index]


def make(client: TestClient, export_id: int, **form: str) -> tuple[int, str]:
    """The status, and the path of the link or the page that refuses."""
    response = client.post(f"/exports/{export_id}/links", data={"csrf": csrf_of(client), "note": "Bo, Lund", **form})
    found = re.search(r'id="made-link">http://127.0.0.1([^<]+)<', response.text)
    return response.status_code, found[1] if found else response.text


def test_who_has_the_link_sees_what_it_is_and_downloads_it_in_parts(
    client: TestClient, stranger: TestClient, export_id: int, sessions: SessionMaker, store: AssetStore
) -> None:
    status, path = make(client, export_id)
    assert status == 201
    response = stranger.get(path)
    page = response.text
    with sessions() as session:
        export = workflow.get_export(session, export_id)
    for told in ("bench@1", "bench-1-sarlang.tar", export.sha256, f"{export.bytes:,} bytes", "CC BY 4.0",
                 "&lt;A et al.&gt; 2020", f"curl -C - -o bench-1-sarlang.tar http://127.0.0.1{path}/file",
                 "trihedral release verify bench-1", "1 verified text about 1 SAR image"):  # fmt: skip
        assert str(told) in page
    assert (response.headers["referrer-policy"], response.headers["cache-control"]) == ("no-referrer", "no-store")
    whole = stranger.get(f"{path}/file")
    assert hashlib.sha256(whole.content).hexdigest() == export.sha256
    half = len(whole.content) // 2
    rest = stranger.get(f"{path}/file", headers={"Range": f"bytes={half}-", "If-Range": whole.headers["etag"]})
    assert (rest.status_code, rest.content) == (206, whole.content[half:])
    first = stranger.get(f"{path}/file", headers={"Range": f"bytes=0-{half - 1}"})
    assert first.content + rest.content == whole.content
    assert stranger.head(f"{path}/file").headers["content-length"] == str(len(whole.content))
    listed = client.get("/releases/bench@1").text
    assert "Bo, Lund" in listed
    assert re.search(r'title="Last [^"]+">2</td>', listed), "begun twice; what was resumed or only asked for is not"
    assert path not in listed


def test_wrong_expired_and_revoked_links_are_one_and_the_same(
    client: TestClient, stranger: TestClient, export_id: int, sessions: SessionMaker
) -> None:
    revoked, expired, other = (make(client, export_id)[1] for _ in range(3))
    csrf = csrf_of(client)
    for _ in range(2):
        assert client.post("/links/1/revoke", data={"csrf": csrf}).headers["location"] == "/releases/bench@1#links"
    with transaction(sessions) as session:
        session.execute(text("update download_link set expires_at = now() where download_link_id = 2"))
    nothing = ["x", "x" * 43, "%00", "%ff", "é" * 43, other[-43:-1], "x" * 5000]
    answers = set()
    for path in (revoked, expired, *(f"/downloads/{token}" for token in nothing)):
        for end in ("", "/file"):
            response = stranger.get(path + end)
            body = re.sub(r'name="csrf-token" content="[^"]+"', "", response.text)
            answers.add((response.status_code, body))
    assert len(answers) == 1
    [(status, body)] = answers
    assert (status, "There is no download at this address" in body) == (404, True)
    assert stranger.get(other).status_code == 200
    states = re.findall(r">(open|taken back|expired)</span>", client.get("/releases/bench@1").text)
    assert states == ["open", "expired", "taken back"]
    assert client.post("/links/9/revoke", data={"csrf": csrf}).status_code == 404


def test_only_an_admin_makes_links_and_only_to_what_has_a_file(
    client: TestClient, stranger: TestClient, export_id: int, sessions: SessionMaker
) -> None:
    assert stranger.post(f"/exports/{export_id}/links", data={}).status_code == 403
    for wrong in ({"days": "0"}, {"days": "99999"}, {"days": "soon"}, {"note": "x" * 201}, {"note": "a\u202eb"}):
        assert (wrong, make(client, export_id, **wrong)[0]) == (wrong, 422)
    assert make(client, 99)[0] == 404
    with transaction(sessions) as session:
        session.execute(text("insert into export (release_id, format) select release_id, 'jsonl' from release"))
    status, page = make(client, export_id + 1)
    assert (status, "This export has no file yet" in page) == (422, True)


def test_the_token_is_in_no_row_and_no_log(
    client: TestClient,
    stranger: TestClient,
    export_id: int,
    sessions: SessionMaker,
    store: AssetStore,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = make(client, export_id)[1]
    token = path.rsplit("/", 1)[1]
    with sessions() as session:
        held = "select count(*) from download_link where download_link::text ~ :token"
        assert session.execute(text(held), {"token": token}).scalar_one() == 0
        sha256 = workflow.get_export(session, export_id).sha256 or ""
        session.execute(text("alter table download_link rename to away"))
        session.commit()
    caplog.set_level(logging.DEBUG, "app")
    with TestClient(stranger.app, base_url="http://127.0.0.1", raise_server_exceptions=False) as broken:
        assert broken.get(path).status_code == 500
    assert "unexpected error at GET /downloads/…" in caplog.text
    assert not [record for record in caplog.records if record.name.startswith("app") and token in record.getMessage()]
    with transaction(sessions) as session:
        session.execute(text("alter table away rename to download_link"))
    Path(next(Path(store._root).rglob(sha256))).unlink()
    gone = stranger.get(f"{path}/file")
    assert gone.status_code >= 400
    assert stranger.get(path).status_code == 200, "the page stands; its file is away"


def test_the_difference_is_a_page_with_filters_and_two_files(client: TestClient, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        session.execute(
            text("""insert into resolution
            (draft_id, revision, supersedes, outcome, text, answer, support, is_revised, review_ids)
            select draft_id, 2, 1, 'verified', '<b>ships</b>', '4', 'sar', true, review_ids from resolution""")
        )
        workflow.create_release(session, "bench", ["ports"])
    page = client.get("/releases/bench@2/difference").text
    assert "0 texts are new, 0 are gone, 1 changed" in page
    assert "<bdi>&lt;b&gt;ships&lt;/b&gt;</bdi>" in page
    assert "No text is like that" in client.get("/releases/bench@2/difference?change=removed").text
    assert "They hold the same texts" in client.get("/releases/bench@2/difference?before=bench@2").text
    for ending, kind in (("csv", "text/csv; charset=utf-8"), ("jsonl", "application/jsonl")):
        file = client.get(f"/releases/bench@2/difference.{ending}")
        assert (file.headers["content-type"], "ships" in file.text) == (kind, True)
        assert file.headers["content-disposition"] == f'attachment; filename="bench-1-to-bench-2.{ending}"'
    for wrong, status in (("?change=x", 422), ("?before=x", 404), ("?after=x", 422), (".xml", 422)):
        assert (wrong, client.get(f"/releases/bench@2/difference{wrong}").status_code) == (wrong, status)
    assert client.get("/releases/bench@1/difference").status_code == 404
    assert "/releases/bench@2/difference" in client.get("/releases").text
    assert "No release has this name" in client.get("/releases?name=Bench").text


def test_a_person_is_named_in_releases_only_where_they_say_so(client: TestClient, sessions: SessionMaker) -> None:
    with transaction(sessions) as session:
        session.execute(text("update person set roles = '{admin,reviewer}'"))
    page = client.get("/account").text
    assert "you stay a pseudonym" in page
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]  # type: ignore[index]
    saved = client.post("/account/credit", data={"csrf": csrf, "name": "  Dr.  Ada <L>  "}).text
    assert "Releases from now on name Dr. Ada &lt;L&gt;." in saved
    refused = client.post("/account/credit", data={"csrf": csrf, "name": "x" * 101})
    assert (refused.status_code, "at most 100 printable" in refused.text) == (422, True)
    with sessions() as session:
        assert session.execute(text("select credited_as from person")).scalar_one() == "Dr. Ada <L>"
    assert "do not name you" in client.post("/account/credit", data={"csrf": csrf, "name": ""}).text
    with sessions() as session:
        assert session.execute(text("select credited_as from person")).scalar_one() is None
