"""Ids that were met, against a plain set."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.seen_ids import SeenIds

ids = st.one_of(st.integers(-5, 50), st.integers(2**26, 2**64), st.text(alphabet="0017a٣", max_size=4))


@given(st.lists(ids, max_size=60))
def test_an_id_is_new_once(met: list[int | str]) -> None:
    seen, plain = SeenIds(), set()
    for key in met:
        name = str(key)
        assert seen.add(key) == (name not in plain)
        plain.add(name)
