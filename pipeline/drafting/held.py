"""A drafter from a file of the user's, held to what each drafter promises: what it breaks is told by file and line."""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from threading import Event
from typing import Any, Final, TypeVar, cast, get_args

from pipeline.drafting.drafting import DrafterError, Dropped, Need, Outcome, Request, SceneDrafter, SceneView
from pipeline.drafting.failures import DraftFailure, FailureReason, storable
from pipeline.drafting.replies import Usage
from pipeline.records import Draft, Drafter, Kind
from pipeline.vocabulary import KINDS

NEEDS: Final[tuple[Need, ...]] = get_args(Need)

_REASONS: Final = frozenset(get_args(FailureReason))
_MOST: Final = 1_000_000_000
"""Of anything that is counted for one outcome."""
_INPUT: Final = re.compile(r"[!-~]{0,256}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")

Given = TypeVar("Given")


class HeldDrafter:
    """Does what ``own`` does. What ``own`` raises, and what it gives that is of another type, is a ``DrafterError``."""

    def __init__(self, own: SceneDrafter, file: str) -> None:
        self.own, self._file = own, file
        self.kinds: tuple[Kind, ...] = self._try(lambda: _kinds(own.kinds))
        self._needs = {kind: self._try(partial(self._own_needs, kind)) for kind in self.kinds}
        self._identities = {kind: self._try(partial(self._own_identity, kind)) for kind in self.kinds}

    def needs(self, kind: Kind) -> frozenset[Need]:
        return self._needs[kind]

    def identity(self, kind: Kind) -> Drafter:
        return self._identities[kind]

    def input_sha256(self, kind: Kind, scene: SceneView) -> str:
        return self._try(lambda: _input(self.own.input_sha256(kind, scene)))

    def draft(self, requests: Iterable[Request], stop: Event) -> Iterator[Outcome]:
        drawn = _Drawn(iter(requests))
        try:
            for outcome in self.own.draft(drawn, stop):
                yield checked(outcome)
        except (Exception, SystemExit) as error:
            if drawn.fault is not None:
                # Of a scene that could not be read, say: no fault of the drafter's.
                raise drawn.fault from None
            raise self._broken(error) from error

    def _own_needs(self, kind: Kind) -> frozenset[Need]:
        return _needs(self.own.needs(kind))

    def _own_identity(self, kind: Kind) -> Drafter:
        return known(self.own.identity(kind))

    def _try(self, ask: Callable[[], Given]) -> Given:
        try:
            return ask()
        except (Exception, SystemExit) as error:
            raise self._broken(error) from error

    def _broken(self, error: BaseException) -> DrafterError:
        return broken(self._file, error, "the drafter broke off")


def broken(file: str, error: BaseException, what: str) -> DrafterError:
    """What is wrong with the drafter of a file, and where in the file; its own refusals as they are."""
    lines = [each.lineno for each in traceback.extract_tb(error.__traceback__) if each.filename == file]
    where = f" in line {lines[-1]}" if lines else ""
    told = str(error) if isinstance(error, DrafterError) else f"{what}{where}: {type(error).__name__}: {error}"
    return DrafterError(storable(f"{file}: {told}"))


def known(identity: Any) -> Drafter:
    """The identity, if it can be stored.

    Raises
    ------
    DrafterError
        If it is none, or has a text with a character that no row can keep.
    """
    if not isinstance(identity, Drafter):
        raise DrafterError(f"identity gives {_shown(identity)}, not a Drafter")
    told = (identity.name, identity.version, identity.model, identity.prompt_version)
    if not all(isinstance(text, str) and text for text in told[:2]):
        raise DrafterError("a drafter's name and version are texts that are not empty")
    if not all(text is None or (isinstance(text, str) and text.isprintable() and len(text) <= 500) for text in told):
        raise DrafterError(f"a drafter's name, version, model or prompt cannot be stored: {_shown(told)}")
    try:
        _ = identity.identity
        is_storable = "\\u0000" not in json.dumps(dict(identity.parameters))
    except (TypeError, ValueError, RecursionError) as error:
        raise DrafterError(f"a drafter's parameters cannot be written as JSON: {error}") from error
    if not is_storable:
        raise DrafterError("a drafter's parameters have a NUL character, which no row can keep")
    return identity


def checked(outcome: Any) -> Outcome:
    """The outcome, if each of its values is of the type that it has.

    Raises
    ------
    DrafterError
        With the value that is not.
    """
    if not isinstance(outcome, Outcome) or not isinstance(outcome.request, Request):
        raise DrafterError(f"draft gives {_shown(outcome)}, not an Outcome of a Request")
    _require(_is_result(outcome.result), "result", outcome.result, "Drafts, or a DraftFailure with a known reason")
    _require(_is_count(outcome.attempts), "attempts", outcome.attempts, "a count")
    _require(_is_count(outcome.repeated), "repeated", outcome.repeated, "a count")
    _require(_is_usage(outcome.usage), "usage", outcome.usage, "a Usage of two counts")
    _require(_are(outcome.dropped, _is_dropped), "dropped", outcome.dropped, "Dropped, each with text and reason")
    return outcome


def _require(is_so: bool, name: str, value: Any, wanted: str) -> None:
    if not is_so:
        raise DrafterError(f"an Outcome's {name} is {_shown(value)}; it must be {wanted}")


def _is_result(result: Any) -> bool:
    if isinstance(result, DraftFailure):
        return result.reason in _REASONS and isinstance(result.detail, str)
    return _are(result, _is_draft)


def _is_draft(draft: Any) -> bool:
    return (
        isinstance(draft, Draft)
        and isinstance(draft.text, str)
        and all(text is None or isinstance(text, str) for text in (draft.answer, draft.program))
        and _are(draft.box_ids, lambda box_id: isinstance(box_id, str))
        and (draft.raw_answer_sha256 is None or _SHA256.fullmatch(draft.raw_answer_sha256) is not None)
    )


def _is_dropped(value: Any) -> bool:
    return isinstance(value, Dropped) and isinstance(value.text, str) and isinstance(value.reason, str)


def _is_usage(usage: Any) -> bool:
    return isinstance(usage, Usage) and _is_count(usage.prompt_tokens) and _is_count(usage.completion_tokens)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and 0 <= value <= _MOST


def _are(values: Any, is_one: Callable[[Any], bool]) -> bool:
    return isinstance(values, tuple | list) and all(map(is_one, values))


def _kinds(given: Any) -> tuple[Kind, ...]:
    kinds = tuple(given)
    if not kinds or not all(kind in KINDS for kind in kinds):
        raise DrafterError(f"the drafter writes {kinds!r}; its kinds are one or more of {', '.join(KINDS)}")
    return cast("tuple[Kind, ...]", kinds)


def _needs(given: Any) -> frozenset[Need]:
    if unknown := sorted(set(given) - set(NEEDS)):
        raise DrafterError(f"the drafter needs {_shown(unknown[0])}; there are {', '.join(NEEDS)}")
    return frozenset(given)


def _input(given: Any) -> str:
    if not isinstance(given, str) or not _INPUT.fullmatch(given):
        raise DrafterError(f"input_sha256 gives {_shown(given)}; it must be a digest, or an empty text")
    return given


def _shown(value: Any) -> str:
    return ascii(value)[:120]


class _Drawn:
    """The requests as a drafter draws them, with what went wrong while they were made."""

    def __init__(self, requests: Iterator[Request]) -> None:
        self._requests = requests
        self.fault: BaseException | None = None

    def __iter__(self) -> Iterator[Request]:
        return self

    def __next__(self) -> Request:
        try:
            return next(self._requests)
        except StopIteration:
            raise
        except BaseException as error:
            self.fault = error
            raise
