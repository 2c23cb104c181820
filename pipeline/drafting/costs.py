"""What drafting takes: tokens before they are known, prices from the user's own list, and a purse with a limit.

Money is counted in millionths of the list's currency: a price for a million tokens is then the price of one.
"""

from __future__ import annotations

import json
import math
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition
from typing import Any, Final

from pipeline.drafting.replies import Usage

CHARACTERS_A_TOKEN: Final = 4
PIXELS_A_TOKEN: Final = 750
"""Of an image. Services count by tiles or patches of their own; ``--image-tokens`` states a number."""
MICRO: Final = 1_000_000
_LARGEST_PRICE: Final = 1e6


class PriceError(ValueError):
    """A price list that cannot be used: the file, what is wrong, and what it must hold."""


@dataclass(frozen=True, slots=True)
class Price:
    """Of one model, for a million tokens."""

    input_per_million: float
    output_per_million: float
    currency: str

    def micro(self, usage: Usage) -> int:
        """Millionths of the currency, rounded up."""
        cost = usage.prompt_tokens * self.input_per_million + usage.completion_tokens * self.output_per_million
        # Rounded before, since 3 * 0.1 is a little more than 0.3.
        return math.ceil(round(cost, 6))


def read_price(file: Path, model: str) -> Price:
    """The price of ``model`` from a list in JSON or TOML.

    ``{"currency": "USD", "MODEL": {"input_per_million": 0.15, "output_per_million": 0.6}}``

    Raises
    ------
    PriceError
        If the list cannot be read, or the model is not in it: then with those that are.
    """
    listed = _read_list(file)
    currency = listed.pop("currency", None)
    if not isinstance(currency, str) or not (1 <= len(currency) <= 8 and currency.isalnum() and currency.isascii()):
        raise PriceError(f'{file}: needs "currency", such as "USD"')
    if model not in listed:
        known = ", ".join(sorted(listed)) or "none"
        raise PriceError(f"{file}: has no price for the model {model!a}; the models in it: {known}")
    prices = listed[model] if isinstance(listed[model], dict) else {}
    asked = ("input_per_million", "output_per_million")
    if prices.keys() != set(asked) or not all(_is_price(prices[key]) for key in asked):
        raise PriceError(f"{file}: the model {model!a} needs {' and '.join(asked)}, numbers that are not negative")
    return Price(float(prices[asked[0]]), float(prices[asked[1]]), currency.upper())


def _read_list(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8-sig")
        listed = tomllib.loads(text) if file.suffix.lower() == ".toml" else json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise PriceError(
            f"{file}: the price list cannot be read ({reason}); it is JSON, or TOML as NAME.toml"
        ) from error
    if not isinstance(listed, dict):
        raise PriceError(f"{file}: the price list is no object of models")
    return listed


def _is_price(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _LARGEST_PRICE


def text_tokens(text: str) -> int:
    """About four characters of English make a token."""
    return math.ceil(len(text) / CHARACTERS_A_TOKEN)


def image_tokens(size: tuple[int, int]) -> int:
    """About 750 pixels make a token."""
    return math.ceil(size[0] * size[1] / PIXELS_A_TOKEN)


@dataclass
class Purse:
    """What was spent, and what may be; asked from any number of threads before each call.

    With a limit, the first call is made alone: what it takes beside what was estimated tells how endpoint and model
    count, and estimates are raised by it from then on.
    """

    price: Price | None = None
    limit_micro: int | None = None
    image_tokens: int | None = None
    """Of any image, where the user states it."""
    spent_micro: int = 0
    is_closed: bool = False
    """Whether a call was refused for want of money."""
    _reserved_micro: int = 0
    _under_way: int = 0
    _raised: float | None = None
    """The most by which a call took more tokens than were estimated; None until one has told."""
    _changed: Condition = field(default_factory=Condition)

    def reserve(self, most: Usage) -> int | None:
        """What is set aside for a call that takes at most this, until :meth:`settle`; None if it is too much.

        Once one was refused all are: smaller calls do not slip past it, so that a run ends soon and where it was.
        """
        if self.price is None or self.limit_micro is None:
            return 0
        with self._changed:
            self._changed.wait_for(lambda: self._raised is not None or not self._under_way or self.is_closed)
            tokens = math.ceil(most.prompt_tokens * (self._raised or 1.0))
            cost = self.price.micro(Usage(tokens, most.completion_tokens))
            self.is_closed = self.is_closed or self.spent_micro + self._reserved_micro + cost > self.limit_micro
            self._changed.notify_all()
            if self.is_closed:
                return None
            self._under_way += 1
            self._reserved_micro += cost
            return cost

    def settle(self, reserved: int, estimated: Usage, spent: Usage) -> None:
        """Count what a reserved call took in truth."""
        if self.price is None:
            return
        with self._changed:
            self.spent_micro += self.price.micro(spent)
            if self.limit_micro is None:
                return
            self._reserved_micro -= reserved
            self._under_way -= 1
            if spent.prompt_tokens and estimated.prompt_tokens:
                self._raised = max(self._raised or 1.0, spent.prompt_tokens / estimated.prompt_tokens)
            self._changed.notify_all()

    def learn(self, spent_micro: int) -> None:
        """That so much is spent in all: others may share the limit."""
        with self._changed:
            self.spent_micro = max(self.spent_micro, spent_micro)

    def micro(self, usage: Usage) -> int:
        return 0 if self.price is None else self.price.micro(usage)

    def tokens_of(self, size: tuple[int, int]) -> int:
        """Of an image of ``(rows, cols)``, as stated or by the rule of thumb."""
        return self.image_tokens if self.image_tokens is not None else image_tokens(size)


def in_money(micro: int, currency: str) -> str:
    """``USD 1.25``; with as many digits as small sums need."""
    return f"{currency} {micro / MICRO:,.{2 if micro >= 100 * MICRO else 4}f}"
