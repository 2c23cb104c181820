"""Downloads that are made when they are asked for: finished before the first byte leaves, so that none ends early."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Final

from fastapi.responses import Response, StreamingResponse

IN_MEMORY: Final = 4 << 20
CHUNK: Final = 1 << 18


def finished(parts: Iterable[bytes], name: str, media_type: str) -> Response:
    """The parts as one file under this name. A large one waits on disk, not in memory, and is gone with the answer."""
    spool = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (closed when it is sent)
    for part in parts:
        spool.write(part)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(spool.tell()),
        "Cache-Control": "no-store",
    }
    spool.seek(0)
    return StreamingResponse(spooled(spool), 200, headers, media_type)


def spooled(spool: IO[bytes]) -> Iterator[bytes]:
    """A finished file, piece by piece; closed, and thereby gone, at its end or when nobody reads on."""
    with spool:
        while chunk := spool.read(CHUNK):
            yield chunk
