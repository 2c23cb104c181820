"""The registry: every module of this package is an extractor, found by itself; there is no list to keep.

An extractor is one file: a docstring that says what it computes, and ``EXTRACTOR``. What it needs beyond the
application is imported only when it is opened, and comes with the extra ``similarity``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pipeline.scoring.extraction import Extractor, ExtractorError, ImageVectors, TextVectors


def _found() -> Mapping[str, Extractor]:
    modules = sorted(found.name for found in pkgutil.iter_modules(__path__))
    extractors: list[Extractor] = [importlib.import_module(f"{__name__}.{name}").EXTRACTOR for name in modules]
    return MappingProxyType({each.name: each for each in extractors})


EXTRACTORS: Final = _found()
"""All extractors by name."""
TEXT_DEFAULT: Final = "all-minilm-l6-v2"
IMAGE_DEFAULT: Final = "efficientnet-lite0"


def text_extractor(name: str = TEXT_DEFAULT) -> TextVectors:
    """Open an extractor of texts.

    Raises
    ------
    ExtractorError
        If there is none of that name, or what it needs is not installed.
    """
    opened = EXTRACTORS[name].open_texts if name in EXTRACTORS else None
    if opened is None:
        raise ExtractorError(f"there is no extractor of texts named {name}; choose from {_named('text')}")
    return opened()


def image_extractor(name: str = IMAGE_DEFAULT, weights: Path | None = None) -> ImageVectors:
    """Open an extractor of images; ``weights`` is a local file for those that come without.

    Raises
    ------
    ExtractorError
        If there is none of that name, or what it needs is not installed or not given.
    """
    opened = EXTRACTORS[name].open_images if name in EXTRACTORS else None
    if opened is None:
        raise ExtractorError(f"there is no extractor of images named {name}; choose from {_named('image')}")
    return opened(weights)


def _named(kind: str) -> str:
    return ", ".join(name for name, each in EXTRACTORS.items() if each.kind == kind)
