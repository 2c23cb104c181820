"""The raw replies of a judge beside its result: written as they come, so that a run that was ended goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pipeline.judging.asking import RawReply, as_line


def replies_beside(out: Path) -> Path:
    """Where the replies to what is judged into ``out`` are kept."""
    return out.with_name(f"{out.name}.replies")


def read_replies(path: Path) -> dict[str, RawReply]:
    """The replies that were kept, by their key; what was written last counts, a line that was cut off is none."""
    if not path.exists():
        return {}
    kept = {}
    with path.open("rb") as lines:
        for line in lines:
            reply = _reply(line) if line.endswith(b"\n") else None
            if reply is not None:
                kept[reply.key] = reply
    return kept


@contextmanager
def appended(path: Path) -> Iterator[IO[str]]:
    """The file of replies, to write further ones, after what was cut off is taken away."""
    with path.open("ab+") as file:
        file.seek(0)
        whole = sum(len(line) for line in file if line.endswith(b"\n"))
        file.truncate(whole)
    with path.open("a", encoding="ascii", newline="\n") as lines:
        yield lines


def write_reply(lines: IO[str], reply: RawReply) -> None:
    """Write one reply through to the system: a killed run loses what was under way, nothing else."""
    lines.write(as_line(reply) + "\n")
    lines.flush()


def _reply(line: bytes) -> RawReply | None:
    try:
        return RawReply(**json.loads(line))
    except (ValueError, TypeError, RecursionError):
        return None
