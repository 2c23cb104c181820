"""The route of images: signed, ranged, cached for good, and never asking the database."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.assets import AssetStore
from app.assets.api import router
from app.assets.ranges import RangeError, parse_range
from app.web import errors, signing
from app.web.signing import AssetSigner

CONTENT = b"II*\0" + bytes(range(256)) * 8


@dataclass
class Served:
    client: TestClient
    url: str
    sha256: str
    signer: AssetSigner
    store: Path

    def status(self, url: str, **headers: str) -> int:
        return int(self.client.get(url, headers=headers).status_code)


@pytest.fixture
def served(tmp_path: Path) -> Served:
    # No sessions and no engine in the state: a route that asked the database would fail here.
    application = FastAPI()
    application.include_router(router)
    errors.install(application)
    store = tmp_path / "store"
    application.state.asset_signer = AssetSigner(b"secret")
    application.state.assets_url = str(store)
    (tmp_path / "image").write_bytes(CONTENT)
    sha256 = AssetStore(store).put(tmp_path / "image", "image/tiff").sha256
    signer = AssetSigner(b"secret")
    return Served(TestClient(application), signer.url(sha256, uuid.uuid4()), sha256, signer, store)


def test_a_whole_image_comes_with_headers_that_let_it_be_kept_for_good(served: Served) -> None:
    answer = served.client.get(served.url)
    assert answer.status_code == 200
    assert answer.content == CONTENT
    assert answer.headers["etag"] == f'"{served.sha256}"'
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "image/tiff"
    assert answer.headers["accept-ranges"] == "bytes"


def test_a_range_is_answered_with_that_range(served: Served) -> None:
    answer = served.client.get(served.url, headers={"Range": "bytes=4-7"})
    assert answer.status_code == 206
    assert answer.content == b"\0\1\2\3"
    assert answer.headers["content-range"] == f"bytes 4-7/{len(CONTENT)}"
    tail = served.client.get(served.url, headers={"Range": "bytes=-2"})
    assert tail.content == b"\xfe\xff"


def test_a_range_behind_the_end_is_416_and_says_the_size(served: Served) -> None:
    answer = served.client.get(served.url, headers={"Range": "bytes=99999-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(CONTENT)}"


def test_head_tells_the_size_and_sends_nothing(served: Served) -> None:
    answer = served.client.head(served.url)
    assert answer.status_code == 200
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.content == b""


def test_what_the_browser_has_is_not_sent_again(served: Served) -> None:
    assert served.status(served.url, **{"If-None-Match": f'"{served.sha256}"'}) == 304


def test_a_range_of_another_version_gets_the_whole(served: Served) -> None:
    assert served.status(served.url, Range="bytes=0-3", **{"If-Range": '"other"'}) == 200
    assert served.status(served.url, Range="bytes=0-3", **{"If-Range": f'"{served.sha256}"'}) == 206


def test_a_large_image_is_streamed_whole(served: Served, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"L" * 5_000_001)
    sha256 = AssetStore(served.store).put(tmp_path / "large", "image/tiff").sha256
    answer = served.client.get(served.signer.url(sha256, uuid.uuid4()))
    assert len(answer.content) == 5_000_001


@pytest.mark.parametrize("changed", ["s=x", "e=1", "u=nobody"])
def test_a_changed_address_is_refused(served: Served, changed: str) -> None:
    name = changed[:2]
    parts = [changed if part.startswith(name) else part for part in served.url.partition("?")[2].split("&")]
    assert served.status(f"/assets/{served.sha256}?{'&'.join(parts)}") == 403
    assert served.status(f"/assets/{served.sha256}") == 403


def test_an_address_opens_one_image_and_ends_by_the_servers_clock(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").write_bytes(b"II*\0other")
    other = AssetStore(served.store).put(tmp_path / "other", "image/tiff").sha256
    assert served.status(served.url.replace(served.sha256, other)) == 403
    monkeypatch.setattr(signing.time, "time", lambda: 0.0)
    yesterdays = served.signer.url(served.sha256, uuid.uuid4())
    assert served.status(yesterdays) == 200
    monkeypatch.undo()
    assert served.status(yesterdays) == 403


def test_a_missing_image_is_a_sentence_not_a_traceback(served: Served) -> None:
    answer = served.client.get(served.signer.url("f" * 64, uuid.uuid4()))
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "import its dataset again" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "x" * 64, "%00", "a" * 64 + "%0a"])
def test_no_name_leads_out_of_the_store(served: Served, name: str) -> None:
    from urllib.parse import unquote

    signed = served.signer.url(unquote(name), uuid.uuid4())
    assert served.status(f"/assets/{name}?{signed.partition('?')[2]}") == 404


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes=0-0", (0, 1)),
        ("bytes=5-", (5, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-30", (0, 10)),
        ("bytes=2-99", (2, 10)),
        ("bytes=5-2", None),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
    ],
)
def test_ranges_as_in_rfc_9110(header: str | None, expected: tuple[int, int] | None) -> None:
    assert parse_range(header, 10) == expected


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=-0"])
def test_ranges_without_a_byte_in_the_file(header: str) -> None:
    with pytest.raises(RangeError):
        parse_range(header, 10)
