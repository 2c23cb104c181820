"""Coefficients of agreement: published values, definitions written out by hand, and what is not defined."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from pipeline.scoring.agreement import RatingsError, agreement_of
from pipeline.scoring.ratings import Level

Cell = float | None

# Krippendorff (2011), "Computing Krippendorff's alpha-reliability": four observers, twelve units.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
PUBLISHED: list[tuple[Level, float]] = [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]

# Fleiss (1971) as worked in textbooks: ten units, fourteen raters, five categories.
FLEISS = (
    *((0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1)),
    *((7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7)),
)


def alpha_by_pairs(table: list[list[Cell]], level: Level) -> float:
    """Krippendorff's alpha as it is defined: over all ordered pairs of pairable values."""
    units = [[value for value in row if value is not None] for row in table]
    units = [unit for unit in units if len(unit) > 1]
    values = [value for unit in units for value in unit]

    def apart(one: float, other: float) -> float:
        if level == "nominal":
            return float(one != other)
        if level == "ordinal":
            low, high = sorted((one, other))
            between = sum(low <= value <= high for value in values)
            return (between - (values.count(low) + values.count(high)) / 2) ** 2
        if level == "ratio":
            return ((one - other) / (one + other)) ** 2 if one + other else 0.0
        return (one - other) ** 2

    seen = sum(sum(apart(*pair) for pair in permutations(unit, 2)) / (len(unit) - 1) for unit in units) / len(values)
    expected = sum(apart(*pair) for pair in permutations(values, 2)) / (len(values) * (len(values) - 1))
    return 1 - seen / expected


def ac1_by_definition(table: list[list[Cell]]) -> float:
    units = [[value for value in row if value is not None] for row in table]
    units = [unit for unit in units if unit]
    pairs = [[a == b for a, b in permutations(unit, 2)] for unit in units if len(unit) > 1]
    agreed = sum(sum(each) / len(each) for each in pairs) / len(pairs)
    categories = {value for unit in units for value in unit}
    shares = [sum(unit.count(each) / len(unit) for unit in units) / len(units) for each in categories]
    by_chance = sum(share * (1 - share) for share in shares) / (len(categories) - 1)
    return (agreed - by_chance) / (1 - by_chance)


def cohen_by_definition(pairs: list[tuple[float, float]]) -> float:
    agreed = sum(a == b for a, b in pairs) / len(pairs)
    first, second = zip(*pairs, strict=True)
    by_chance = sum(first.count(each) * second.count(each) for each in set(first)) / len(pairs) ** 2
    return (agreed - by_chance) / (1 - by_chance)


def random_table(seed: int) -> list[list[Cell]]:
    random = np.random.default_rng(seed)
    units, raters = int(random.integers(4, 20)), int(random.integers(2, 6))
    base = random.integers(0, 4, (units, 1))
    given = np.where(random.random((units, raters)) < 0.6, base, random.integers(0, 4, (units, raters)))
    absent = random.random((units, raters)) < random.choice([0.0, 0.3])
    return [
        [None if gone else float(value) for value, gone in zip(*row, strict=True)]
        for row in zip(given, absent, strict=True)
    ]


@pytest.mark.parametrize(("level", "published"), PUBLISHED)
def test_krippendorffs_own_example_gives_his_figures(level: Level, published: float) -> None:
    agreement = agreement_of(list(zip(*OBSERVERS, strict=True)), level)
    assert agreement.krippendorff_alpha.value == pytest.approx(published, abs=5e-4)
    assert (agreement.units, agreement.units_used) == (12, 11)


def test_the_textbook_examples_of_fleiss_and_cohen_give_their_figures() -> None:
    rows = [[name for name, times in enumerate(counts) for _ in range(times)] for counts in FLEISS]
    assert agreement_of(rows).fleiss_kappa.value == pytest.approx(0.20993, abs=5e-6)
    cells = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    agreement = agreement_of(cells, raters=["a", "b"])
    assert agreement.cohen_kappa["a|b"].value == pytest.approx(0.4, abs=1e-12)
    assert agreement.percent_agreement.value == pytest.approx(0.7, abs=1e-12)


def test_acs1_stays_where_kappa_falls_though_nearly_all_agree() -> None:
    # Gwet (2008): 118 of 125 units agree, and nearly all are of one category.
    cells = [(1, 1)] * 118 + [(1, 2)] * 5 + [(2, 1)] * 2
    agreement = agreement_of(cells)
    assert agreement.gwet_ac1.value == pytest.approx(0.9408, abs=5e-5)
    assert agreement.cohen_kappa["1|2"].value == pytest.approx(-0.0234, abs=5e-5)


@pytest.mark.parametrize("seed", range(25))
def test_all_coefficients_equal_their_definitions(seed: int) -> None:
    table = random_table(seed)
    for level, _ in PUBLISHED:
        value = agreement_of(table, level).krippendorff_alpha.value
        assert value == pytest.approx(alpha_by_pairs(table, level), abs=1e-9)
    agreement = agreement_of(table)
    assert agreement.gwet_ac1.value == pytest.approx(ac1_by_definition(table), abs=1e-9)
    for first, second in ((0, 1), (0, len(table[0]) - 1)):
        both = [(row[first], row[second]) for row in table if None not in (row[first], row[second])]
        kappa = agreement.cohen_kappa[f"{first + 1}|{second + 1}"].value
        assert kappa == pytest.approx(cohen_by_definition(both), abs=1e-9)  # type: ignore[arg-type]


def test_values_that_are_large_and_close_lose_no_digits() -> None:
    table = [[1e9 + value if value is not None else None for value in row] for row in random_table(3)]
    small = [[value - 1e9 if value is not None else None for value in row] for row in table]
    expected = alpha_by_pairs(small, "interval")
    assert agreement_of(table, "interval").krippendorff_alpha.value == pytest.approx(expected, abs=1e-9)


def test_what_is_not_defined_is_none_with_its_reason() -> None:
    alike = agreement_of([("x", "x"), ("x", "x")])
    assert set(alike.reasons()) == {"krippendorff_alpha", "fleiss_kappa", "gwet_ac1", "cohen_kappa of 1|2"}
    assert alike.percent_agreement.value == 1
    apart = agreement_of([("x", None), (None, "y")])
    assert apart.units_used == 0
    assert "no unit has two ratings" in apart.reasons()["krippendorff_alpha"]
    assert "no unit in common" in apart.reasons()["cohen_kappa of 1|2"]
    unequal = agreement_of([("x", "y", "y"), ("x", "x", None)])
    assert "from 2 to 3 ratings" in unequal.reasons()["fleiss_kappa"]
    assert unequal.krippendorff_alpha.value is not None
    assert agreement_of([]).units_used == 0


def test_unsure_that_nobody_used_counts_for_ac1_where_it_was_there_to_choose() -> None:
    table = [("yes", "yes"), ("yes", "no"), ("no", "no")]
    two, three = agreement_of(table), agreement_of(table, categories=3)
    assert two.gwet_ac1.value == pytest.approx(1 / 3)
    assert three.gwet_ac1.value == pytest.approx((2 / 3 - 1 / 4) / (3 / 4))
    with pytest.raises(ValueError, match="cannot be 1"):
        agreement_of(table, categories=1)


@pytest.mark.parametrize(
    ("table", "level", "said"),
    [
        ([(1, 2), (1,)], "nominal", "Unit 2 has 1 ratings for 2 raters"),
        ([(1, "many")], "interval", "is no number"),
        ([(1, float("inf"))], "ordinal", "not finite"),
        ([(1, -1)], "ratio", "below 0"),
        ([(1, True)], "interval", "is no number"),
    ],
)
def test_ratings_that_do_not_fit_are_refused(table: list[tuple[Cell, ...]], level: Level, said: str) -> None:
    with pytest.raises(RatingsError, match=said):
        agreement_of(table, level)
