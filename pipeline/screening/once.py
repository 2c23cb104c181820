"""A property that is computed once, and costs no more than an attribute from then on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

OwnerT = TypeVar("OwnerT")
ValueT = TypeVar("ValueT")


class once(Generic[OwnerT, ValueT]):  # noqa: N801, since it is written as a decorator
    """As :func:`functools.cached_property`, without the lock that this takes up to Python 3.11 and that costs more than
    most of what screening computes. Two threads at once may both compute it, to the same result."""

    def __init__(self, compute: Callable[[OwnerT], ValueT]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    def __get__(self, owner: OwnerT, owner_type: type[OwnerT] | None = None) -> ValueT:
        value = owner.__dict__[self._name] = self._compute(owner)
        return value
