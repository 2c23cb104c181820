"""References and predictions from JSON files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.scoring.captions import CaptionError, CaptionScores, Mode, score_captions


def score_caption_files(references: Path, predictions: Path, mode: Mode) -> CaptionScores:
    """Score the captions of one file against the references of the other.

    Raises
    ------
    CaptionError
        With the file, what is wrong in it and what to do.
    """
    truths, told = _read(references), _read(predictions)
    try:
        return score_captions(truths, told, mode)
    except CaptionError as error:
        raise CaptionError(f"{references} and {predictions}: {error}") from error


def _read(file: Path) -> Mapping[str, Any]:
    """The object in a JSON file; what its values must be is told with their ids by ``score_captions``."""
    try:
        given = json.loads(file.read_bytes().decode("utf-8-sig"), object_pairs_hook=_once)
    except OSError as error:
        raise CaptionError(f"{file}: the file cannot be read ({error.strerror}).") from error
    except CaptionError as error:
        raise CaptionError(f"{file}: {error}") from error
    except UnicodeDecodeError as error:
        raise CaptionError(f"{file}: the file is not UTF-8 (byte {error.start}); save it as UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise CaptionError(f"{file}: the file is not JSON ({error}).") from error
    if not isinstance(given, dict):
        raise CaptionError(
            f"{file}: the file must hold one object with a key for each id, not a list or a single value."
        )
    return given


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are all different: of two texts under one id, JSON readers keep the last without a word."""
    given: dict[str, Any] = {}
    for key, value in pairs:
        if key in given:
            told = key if key.isprintable() and len(key) <= 80 else ascii(key)[1:80]
            raise CaptionError(
                f'the id "{told}" stands there twice; keep one, and put all its references into one list.'
            )
        given[key] = value
    return given
