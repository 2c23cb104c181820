"""Prices from the user's list, tokens by rules of thumb, and a purse that no call passes."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.drafting.costs import MICRO, Price, PriceError, Purse, image_tokens, in_money, read_price, text_tokens
from pipeline.drafting.replies import Usage

PRICE = Price(input_per_million=0.15, output_per_million=0.6, currency="USD")
LISTED = {"currency": "usd", "small": {"input_per_million": 0.15, "output_per_million": 0.6}}


def test_a_price_list_is_json_or_toml(tmp_path):
    (tmp_path / "p.json").write_text(json.dumps(LISTED))
    (tmp_path / "p.toml").write_text(
        'currency = "USD"\n["small"]\ninput_per_million = 0.15\noutput_per_million = 0.6\n'
    )
    assert read_price(tmp_path / "p.json", "small") == read_price(tmp_path / "p.toml", "small") == PRICE
    (tmp_path / "p.json").write_text(json.dumps(LISTED), encoding="utf-8-sig")
    assert read_price(tmp_path / "p.json", "small") == PRICE


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        (LISTED, "no price for the model 'large'; the models in it: small"),
        ({"currency": "USD"}, "the models in it: none"),
        ({"large": {}}, 'needs "currency"'),
        ({"currency": "US Dollars", "large": {}}, 'needs "currency"'),
        ({"currency": "USD", "large": 3}, "needs input_per_million and output_per_million"),
        ({"currency": "USD", "large": {"input_per_million": 1}}, "needs input_per_million and output_per_million"),
        (
            {"currency": "USD", "large": {"input_per_million": -1, "output_per_million": 1}},
            "not negative",
        ),
        ({"currency": "USD", "large": {"input_per_million": "1", "output_per_million": 1}}, "not negative"),
        ([], "no object of models"),
    ],
)
def test_a_price_list_that_cannot_be_used_says_what_it_must_hold(tmp_path, listed, told):
    (tmp_path / "p.json").write_text(json.dumps(listed))
    with pytest.raises(PriceError, match=told) as caught:
        read_price(tmp_path / "p.json", "large")
    assert str(tmp_path / "p.json") in str(caught.value)


@pytest.mark.parametrize("text", ["{", "", "[" * 100_000])
def test_what_is_no_price_list_is_named(tmp_path, text):
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(PriceError, match="cannot be read"):
        read_price(tmp_path / "p.json", "m")
    with pytest.raises(PriceError, match="No such file"):
        read_price(tmp_path / "none.json", "m")


def test_cost_is_counted_in_millionths_rounded_up():
    assert PRICE.micro(Usage(1_000_000, 1_000_000)) == 750_000
    assert PRICE.micro(Usage(1, 0)) == 1
    assert Price(0.1, 0, "USD").micro(Usage(30, 0)) == 3
    assert PRICE.micro(Usage()) == 0
    assert in_money(1_250_000, "USD") == "USD 1.2500"
    assert in_money(1_234_567_890, "EUR") == "EUR 1,234.57"


def test_tokens_are_estimated_by_characters_and_pixels():
    assert text_tokens("") == 0
    assert text_tokens("abcde") == 2
    assert image_tokens((512, 512)) == 350
    assert Purse(image_tokens=85).tokens_of((4000, 4000)) == 85


def told(purse, call=Usage(10)):
    """The purse after a first call that took what was estimated."""
    purse.settle(purse.reserve(call), call, call)
    return purse


def test_what_is_under_way_counts_and_nothing_slips_past_a_call_that_was_refused():
    purse = told(Purse(PRICE, limit_micro=100))
    dear, cheap = Usage(400), Usage(1)
    reserved = purse.reserve(dear)
    assert reserved == 60
    assert purse.reserve(dear) is None
    assert purse.reserve(cheap) is None
    assert purse.is_closed
    purse.settle(reserved, dear, Usage(100))
    assert purse.spent_micro == 2 + 15


def test_many_threads_never_spend_more_than_the_limit():
    purse, call = Purse(Price(1, 1, "USD"), limit_micro=1000), Usage(7, 3)

    def spend(_number):
        reserved = purse.reserve(call)
        if reserved is not None:
            purse.settle(reserved, call, call)
        return reserved is not None

    with ThreadPoolExecutor(16) as pool:
        made = sum(pool.map(spend, range(500)))
    assert made == 100
    assert purse.spent_micro == 1000


def test_a_first_call_that_takes_more_than_was_estimated_raises_what_is_set_aside():
    purse, call, taken = Purse(Price(1, 1, "USD"), limit_micro=1000), Usage(10, 3), Usage(30, 2)

    def spend(_number):
        reserved = purse.reserve(call)
        if reserved is not None:
            purse.settle(reserved, call, taken)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(spend, range(500)))
    assert 1000 - 33 <= purse.spent_micro <= 1000


def test_without_a_price_or_a_limit_everything_may_be_asked():
    assert Purse().reserve(Usage(MICRO, MICRO)) == 0
    assert Purse(PRICE).reserve(Usage(MICRO, MICRO)) == 0
    assert Purse(None, limit_micro=0).reserve(Usage(MICRO)) == 0
