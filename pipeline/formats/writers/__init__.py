"""The formats: every module of this package is one, found by itself; there is no list to keep.

A format is one file with one subclass of :class:`pipeline.formats.writer.ReleaseWriter`, whose name is the file's with
dashes.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Final

from pipeline.formats.writer import ReleaseWriter

FORMATS: Final[tuple[str, ...]] = tuple(
    sorted(found.name.replace("_", "-") for found in pkgutil.iter_modules(__path__))
)


class NoSuchFormatError(ValueError):
    """There is no format of this name; the message says which there are."""


def find_writer(name: str) -> type[ReleaseWriter]:
    """The class of the format of this name.

    Raises
    ------
    NoSuchFormatError
        If there is none.
    """
    if name not in FORMATS:
        raise NoSuchFormatError(f"There is no format {name[:80]!r}; there is {', '.join(FORMATS)}.")
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    own = [each for each in vars(module).values() if inspect.isclass(each) and each.__module__ == module.__name__]
    [writer] = [each for each in own if issubclass(each, ReleaseWriter)]
    return writer
