"""Drawing by itself: shares are fair, and the order of rows decides nothing."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from app.quiz.workflow.drawing import Candidate, Drawing, Pool, apportion, draw_all, imbalances

COUNTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(1, 40), min_size=1, max_size=8)


@given(COUNTS, st.integers(0, 300))
def test_all_is_shared_out_and_to_none_more_than_it_has(counts: dict[str, int], total: int) -> None:
    given_out = apportion(total, counts, counts)
    assert sum(given_out.values()) == min(total, sum(counts.values()))
    assert all(0 <= share <= counts[key] for key, share in given_out.items())
    if total <= sum(counts.values()):
        exact = {key: total * count / sum(counts.values()) for key, count in counts.items()}
        assert all(abs(given_out[key] - exact[key]) < 1 for key in counts)


@given(COUNTS, st.integers(0, 300))
def test_equal_shares_differ_by_one_where_there_is_enough(counts: dict[str, int], total: int) -> None:
    given_out = apportion(total, dict.fromkeys(counts, 1.0), counts)
    assert sum(given_out.values()) == min(total, sum(counts.values()))
    unfilled = [share for key, share in given_out.items() if share < counts[key]]
    assert not unfilled or max(given_out.values()) <= min(unfilled) + 1


@given(st.integers(0, 2**31 - 1), st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_nothing(seed: int, chance: random.Random) -> None:
    rows = []
    for number in range(120):
        answer = ("yes", "no")[number % 3 > 0]
        place = f"d{number % 2}", f"g{number % 40}"
        rows.append(Candidate(f"{number:064x}", "identification", *place, answer, "is there"))

    def draw(ordered: list[Candidate]) -> list[Candidate]:
        pool, drawing = Pool(seed, keep=8), Drawing(is_balanced=True)
        for row in ordered:
            pool.add(row)
        draw_all(pool, {("identification", "d0"): 7, ("identification", "d1"): 6}, drawing)
        return drawing.drawn

    drawn = draw(rows)
    chance.shuffle(rows)
    assert draw(rows) == drawn
    assert imbalances(drawn) == []
    assert len({row.ground_key for row in drawn}) == len(drawn) == 13
