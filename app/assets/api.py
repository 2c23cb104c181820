"""``/assets/{sha256}``: files by signed address, without a question to the database."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from app.assets.ranges import RangeError, parse_range
from app.assets.store import AssetStore
from app.db.errors import DomainError

router = APIRouter()

WHOLE_BYTES: Final = 1 << 20
"""Up to this a body is sent in one piece: tiles are, and a thread hop a chunk would cost more than reading them."""
SIGNATURES: Final = ((b"II*\0", "image/tiff"), (b"MM\0*", "image/tiff"), (b"II+\0", "image/tiff"),
                     (b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))  # fmt: skip


class SignatureError(DomainError):
    """The address of the image is not one that we gave to this person today."""

    meaning = "forbidden"
    code = "bad_signature"


@lru_cache(maxsize=4)
def store_at(url: str) -> AssetStore:
    """One store a process and address."""
    return AssetStore(url)


@lru_cache(maxsize=65_536)
def facts_of(store: AssetStore, sha256: str) -> tuple[int, str]:
    """Size and media type. Kept, because a stored file never changes; that a file is missing is not kept."""
    size = store.size(sha256)
    head = store.read(sha256, 0, 8)
    return size, next((kind for mark, kind in SIGNATURES if head.startswith(mark)), "application/octet-stream")


@router.api_route("/assets/{sha256}", methods=["GET", "HEAD"], name="read_asset", include_in_schema=False)
def read_asset(request: Request, sha256: str, e: str = "", u: str = "", s: str = "") -> Response:
    """The file, or the one range of it that was asked for."""
    if not request.app.state.asset_signer.allows(sha256, e, u, s):
        raise SignatureError("This image address has expired or is not yours. Reload the page to get a new one.")
    store = store_at(request.app.state.assets_url)
    size, media_type = facts_of(store, sha256)
    etag = f'"{sha256}"'
    headers = {"ETag": etag, "Cache-Control": "private, max-age=31536000, immutable", "Accept-Ranges": "bytes"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    wanted = request.headers.get("range") if request.headers.get("if-range", etag) == etag else None
    try:
        part = parse_range(wanted, size)
    except RangeError:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    start, end = part or (0, size)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    headers["Content-Length"] = str(end - start)
    return _body(request, store, sha256, start, end, 206 if part else 200, headers, media_type)


def send_stored(request: Request, sha256: str, size: int, name: str) -> Response:
    """A stored file of known size under a name of its own, or the one range of it that was asked for."""
    store, etag = store_at(request.app.state.assets_url), f'"{sha256}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    store.size(sha256)  # what is missing is said before the first byte leaves
    wanted = request.headers.get("range") if request.headers.get("if-range", etag) == etag else None
    try:
        part = parse_range(wanted, size)
    except RangeError:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    start, end = part or (0, size)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    headers["Content-Length"] = str(end - start)
    return _body(request, store, sha256, start, end, 206 if part else 200, headers, "application/x-tar")


def starts_at_front(request: Request) -> bool:
    """Whether a file is asked for from its first byte: what goes on where it stopped is not."""
    return re.fullmatch(r"bytes=\s*0*[1-9].*|bytes=\s*-.*", request.headers.get("range", "")) is None


def _body(
    request: Request,
    store: AssetStore,
    sha256: str,
    start: int,
    end: int,
    status: int,
    headers: dict[str, str],
    media_type: str,
) -> Response:
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=media_type)
    if end - start <= WHOLE_BYTES:
        return Response(store.read(sha256, start, end), status, headers, media_type)
    return StreamingResponse(store.chunks(sha256, start, end), status, headers, media_type)
