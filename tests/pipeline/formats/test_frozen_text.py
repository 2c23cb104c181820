"""A text is the same whether patterns find its parts or JSON is read as a whole."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.formats.entries import flags_of, is_intact, text_id
from pipeline.formats.frozen_text import FrozenText
from pipeline.formats.text_reader import TextReader
from tests.pipeline.formats.releases import make_text

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
"""What PostgreSQL can hold; quotes, backslashes and controls among it."""
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def as_jsonb(value: Any) -> str:
    """As PostgreSQL writes ``jsonb``: keys by length and bytes, a space after each comma and colon."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        members = (f"{json.dumps(key, ensure_ascii=False)}: {as_jsonb(value[key])}" for key in keys)
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(as_jsonb(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["question", "concise_caption"]))
    entry = make_text("a.png", draw(WORDS), kind) | {"scene": draw(WORDS), "dataset": draw(WORDS)}
    if kind == "question":
        entry["answer"] = draw(WORDS)
    entry["draft"] = {
        "text": draw(WORDS), "answer": draw(st.none() | WORDS), "sha256": "0" * 64, "raw_answer_sha256": None,
        "program": draw(st.none() | WORDS), "box_ids": draw(st.lists(WORDS, max_size=2)),
    }  # fmt: skip
    parameters = draw(st.dictionaries(WORDS, st.none() | NUMBERS | WORDS, max_size=2))
    entry["drafter"] |= {"parameters": parameters, "identity": draw(WORDS)}
    for _ in range(draw(st.integers(0, 2))):
        revised = {"revised_text": draw(st.none() | WORDS), "revised_answer": draw(st.none() | WORDS)}
        entry["verdicts"] += [{**entry["verdicts"][0], **revised}]
    if draw(st.booleans()):
        sample = {"read": 40, "low": 1e-7, "drafter": draw(st.none() | WORDS)}
        entry |= {"verification": "sample_verified", "sample": sample}
    return entry


def trap() -> dict[str, Any]:
    """Words and keys that look like the places at which an entry is taken apart."""
    entry = make_text("a.png", '", "drafter": {}, "support": "\\"], "is_revised": ', "question")
    entry["drafter"]["parameters"] = {"a": {"b": 1}, "support": "x", "verdicts": [], "is_revised": True}
    entry["draft"] |= {"raw_answer_sha256": None, "box_ids": ['", "', "]"]}
    entry["verdicts"][0] |= {"revised_text": '"revised_answer":null,"revised_text":null', "revised_answer": None}
    return entry


@given(entries())
@example(trap())
def test_patterns_and_json_read_the_same_and_give_the_same_line(entry: dict[str, Any]) -> None:
    reader = TextReader()
    quick, whole = reader.read(as_jsonb(entry)), reader.read(json.dumps(entry))
    assert whole.whole == entry
    assert told(quick) == told(whole)
    for place in (None, ("Text/x.json", 7)):
        line = quick.line("images/a.tif", place)
        assert line == whole.line("images/a.tif", place)
        assert is_intact(json.loads(line))
    assert quick.id == text_id(entry)
    assert quick.words == (entry["question"] if entry["kind"] == "question" else entry["caption"])
    assert quick.entry == entry
    assert list(quick.verdicts.flags) == flags_of(entry)


def told(text: FrozenText) -> list[Any]:
    names = [name for name in vars(FrozenText) if isinstance(vars(FrozenText)[name], property) and name != "entry"]
    lines = [part.line if part else None for part in (text.drafter, text.verdicts, text.sample)]
    return [text.id, *(getattr(text, name) for name in names), *lines]


def test_what_the_database_gives_is_read_by_patterns_and_keys_that_came_later_are_kept() -> None:
    entry = make_text("a.png", "How many?", "question", verification="reviewed")
    entry["draft"]["raw_answer_sha256"] = None
    assert TextReader().read(as_jsonb(entry)).whole is None
    later = TextReader().read(as_jsonb({**entry, "later": 1}))
    assert later.whole is not None
    assert '"later":1' in later.line("images/a.tif")


def test_a_line_is_sealed_by_the_hash_of_the_rest() -> None:
    line = json.loads(TextReader().read(as_jsonb(make_text("a.png", "A port."))).line("images/a.tif"))
    seal = line.pop("sha256")
    rest = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert seal == hashlib.sha256(rest.encode()).hexdigest()
