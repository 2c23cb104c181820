"""Bodies that are too large are refused with a sentence, and the fixed headers, like everything else."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.errors import TOO_LARGE, answer

MOST_BYTES: Final = 4 * 1024 * 1024


class BodyLimit:
    """Starlette's limit, whose bare words are replaced by this application's own answer."""

    def __init__(self, inner: ASGIApp) -> None:
        self._limited = RequestBodyLimitMiddleware(inner, MOST_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_told = False

        async def in_words(message: Message) -> None:
            nonlocal is_told
            if _is_bare_refusal(message):
                is_told = True
                await answer(Request(scope), 413, TOO_LARGE, "too_large")(scope, receive, send)
            elif not is_told:
                await send(message)

        await self._limited(scope, receive, in_words)


def _is_bare_refusal(message: Message) -> bool:
    if message["type"] != "http.response.start" or message["status"] != 413:
        return False
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/plain")
