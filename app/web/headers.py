"""Headers that every response carries, and the limit on what a request may bring; pure ASGI, no buffering."""

from __future__ import annotations

import json
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; "
    "connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
FIXED: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
BODY_LIMIT_BYTES: Final = 4 * 1024 * 1024


class BodyTooLargeError(Exception):
    pass


class Headers:
    """Adds the fixed headers and refuses bodies over the limit, counted as they arrive."""

    def __init__(self, inner: ASGIApp, limit_bytes: int = BODY_LIMIT_BYTES) -> None:
        self.inner = inner
        self.limit_bytes = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        received, started = 0, False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limit_bytes:
                raise BodyTooLargeError
            return message

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in FIXED.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.inner(scope, counted, with_headers)
        except BodyTooLargeError:
            if not started:
                await too_large(with_headers, self.limit_bytes)


async def too_large(send: Send, limit_bytes: int) -> None:
    detail = f"The request is larger than {limit_bytes // 1024 // 1024} MB. Send less at a time."
    body = {"type": "about:blank", "title": "Content Too Large", "status": 413, "detail": detail, "code": "too_large"}
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
