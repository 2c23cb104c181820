"""The registry: every module of this package is a judge, found by itself; there is no list to keep.

A judge is one file: a docstring that says how it decides, and ``JUDGE``. Judges that ask a model are made around its
endpoint (``pipeline.scoring.model_judge``) and stand in no registry.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pipeline.scoring.judgement import Answer, Judge, Judgement


def _found() -> Mapping[str, Judge]:
    modules = sorted(found.name for found in pkgutil.iter_modules(__path__))
    judges: list[Judge] = [importlib.import_module(f"{__name__}.{name}").JUDGE for name in modules]
    return MappingProxyType({each.name: each for each in judges})


JUDGES: Final = _found()
"""All judges by name, in alphabetical order of their files."""


def judge(name: str, question: str, truth: str, prediction: str, question_type: str | None = None) -> Judgement:
    """Have one answer judged.

    Raises
    ------
    KeyError
        If there is no judge of that name; ``JUDGES`` has them.
    """
    return JUDGES[name].decide(Answer(question, truth, prediction, question_type))
