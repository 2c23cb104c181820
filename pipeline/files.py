"""Text files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def written_whole(out: Path) -> Iterator[IO[str]]:
    """A UTF-8 file that takes the place of ``out`` once it is complete and on disk; else ``out`` stays as it was."""
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=".", suffix=".part")
    except OSError as error:
        # Who asked for ``out`` knows nothing of a file beside it.
        error.filename = str(out)
        raise
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files that only their owner can read; a result is for everybody.
        part.chmod(0o644)
        part.replace(out)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
