"""The drafters: every module of this package is one, found by itself; there is no list to keep.

A drafter is one file with one class that has what :class:`pipeline.drafting.drafting.SceneDrafter` asks for.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Final, cast

from pipeline.drafting.drafting import Assignment, DrafterError, SceneDrafter
from pipeline.drafting.held import HeldDrafter, broken, known
from pipeline.records import digest

DRAFTERS: Final[tuple[str, ...]] = tuple(sorted(found.name for found in pkgutil.iter_modules(__path__)))

_ASKED: Final = ("needs", "identity", "input_sha256", "draft")

MakeDrafter = Callable[[Assignment], SceneDrafter]


def find_drafter(name: str) -> MakeDrafter:
    """The class of the drafter of this name, or of the Python file at this path.

    Raises
    ------
    DrafterError
        If there is none, or it is not one class that has what a drafter needs.
    """
    if name in DRAFTERS:
        return _class_of(importlib.import_module(f"{__name__}.{name}"), name)
    if not name.endswith(".py"):
        raise DrafterError(f"there is no drafter {name!a}; choose from {', '.join(DRAFTERS)}, or give a file NAME.py")
    return _class_of(_loaded(Path(name)), name)


def make_drafter(name: str, assignment: Assignment) -> SceneDrafter:
    """The drafter of this name or file, ready to draft.

    Raises
    ------
    DrafterError
        If there is none, or it cannot do what the assignment asks for.
    """
    make = find_drafter(name)
    if name not in DRAFTERS:
        return _held(make, assignment, str(Path(name)))
    drafter = make(assignment)
    for kind in drafter.kinds:
        known(drafter.identity(kind))
    return drafter


def _held(make: MakeDrafter, assignment: Assignment, file: str) -> SceneDrafter:
    try:
        own = make(assignment)
    except (Exception, SystemExit) as error:
        raise broken(file, error, "the drafter cannot be made") from error
    return HeldDrafter(own, file)


def _loaded(file: Path) -> ModuleType:
    try:
        source = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DrafterError(f"{file}: the drafter cannot be read ({reason})") from error
    name = f"trihedral_drafter_{digest(str(file.absolute()))[:12]}"
    module = ModuleType(name)
    module.__file__ = str(file)
    # Dataclasses look their module up by its name.
    sys.modules[name] = module
    try:
        exec(compile(source, str(file), "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - the file that the user names
    except (Exception, SystemExit) as error:
        raise broken(str(file), error, "the drafter cannot be loaded") from error
    return module


def _class_of(module: ModuleType, name: str) -> MakeDrafter:
    own = [
        value
        for key, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == module.__name__ and not key.startswith("_")
    ]
    found: list[type[Any]] = [each for each in own if hasattr(each, "draft")]
    if len(found) != 1:
        told = ", ".join(each.__name__ for each in found) or "none"
        raise DrafterError(f"{name}: a drafter's file has one class with a method draft; here it has {told}")
    if missing := [asked for asked in _ASKED if not hasattr(found[0], asked)]:
        raise DrafterError(f"{name}: {found[0].__name__} lacks {', '.join(missing)}, which each drafter has")
    return cast("MakeDrafter", found[0])
