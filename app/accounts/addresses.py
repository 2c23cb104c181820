"""Where a log-in may lead to: an address of this site and nothing else."""

from __future__ import annotations

import re

# A browser drops tabs and newlines from an address and takes a backslash for a slash, so that "/\t/evil" and
# "/\evil" lead away from here.
_LOCAL = re.compile(r"/(?:[^/\\\x00-\x20\x7f][^\\\x00-\x20\x7f]*)?")


def local_path(asked: str) -> str:
    """``asked`` if it is a path of this site, else the start page."""
    return asked if len(asked) <= 2000 and _LOCAL.fullmatch(asked) else "/"
