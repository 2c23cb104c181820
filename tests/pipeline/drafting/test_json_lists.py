"""Lists of JSON files, element by element: what the standard reader reads, and nothing that it refuses."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.drafting.json_lists import JsonLists, ListMissingError

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(values, max_size=5), st.dictionaries(st.text(), values, max_size=4), st.sampled_from([None, 1]))
def test_a_list_is_read_as_the_standard_reader_reads_it_and_twice_alike(listed, others, indent):
    content = json.dumps({**others, "images": listed, "info": {"images": 3}}, indent=indent).encode()
    lists = JsonLists(content, ["images"])
    assert list(lists["images"]) == list(lists["images"]) == json.loads(content)["images"]


@example('{"images":[1,{"a":2}],}')
@example('{"images":[1,{"a":2},]}')
@given(st.text(alphabet='{}[]":,1e.-tn \n', max_size=12).map(lambda end: '{"images":[1,{"a":2}]' + end))
def test_what_the_standard_reader_refuses_is_refused(text):
    try:
        expected = json.loads(text)["images"]
    except ValueError:
        with pytest.raises(ValueError, match=r".*"):
            list(JsonLists(text.encode(), ["images"])["images"])
    else:
        assert isinstance(expected, list)
        assert list(JsonLists(text.encode(), ["images"])["images"]) == expected


@pytest.mark.parametrize("text", ["[]", "3", '{"images": {}}', "{}", '{"info": {"images": []}}'])
def test_a_list_that_is_not_there_is_named(text):
    with pytest.raises(ListMissingError, match='no list "images"'):
        JsonLists(text.encode(), ["images"])
