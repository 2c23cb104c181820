"""Category names of YOLO folders, in the ways that they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.sources.category_names import read_category_names
from pipeline.sources.reading import SourceError

YAMLS = [
    "names: [ship, aircraft]\n",
    "names: ['ship', \"aircraft\"]  # two\nnc: 2\n",
    "nc: 2\nnames:\n- ship\n- aircraft\ntrain: x\n",
    "names:\n  - ship\n  - 'aircraft'\n",
    "names:\n  0: ship\n  1: aircraft\n\ndownload: |\n  names: x\n",
    "train: a\nnames: {0: ship, 1: 'aircraft'}\n",
    "names: [\n  'ship',\n  'aircraft',\n]\nnc: 2\n",
    "\ufeffnames: # of what\n  0: ship # a boat\n  1: aircraft\n",
]


@pytest.mark.parametrize("text", YAMLS)
def test_names_are_read_as_they_are_written(tmp_path: Path, text: str) -> None:
    (tmp_path / "data.yaml").write_text(text)
    assert read_category_names(tmp_path, ()) == {0: "ship", 1: "aircraft"}


def test_numbers_may_leave_some_out_and_names_may_have_spaces(tmp_path: Path) -> None:
    (tmp_path / "my.yml").write_text("names:\n  3: oil tank\n  5: 'a, b: c'\n")
    assert read_category_names(tmp_path, ()) == {3: "oil tank", 5: "a, b: c"}


@pytest.mark.parametrize("place", ["classes.txt", "obj.names", "labels/classes.txt"])
def test_a_list_holds_before_yaml(tmp_path: Path, place: str) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "data.yaml").write_text("names: [x]")
    (tmp_path / place).write_text("ship\noil tank\n\n")
    assert read_category_names(tmp_path, (tmp_path / "labels",)) == {0: "ship", 1: "oil tank"}


@pytest.mark.parametrize(
    "text",
    [
        "names: 7\n",
        "names:\n",
        "names: [a, [b]]\n",
        "names: [a, b\n",
        "names: *anchor\n",
        "names:\n  - !!python/object/apply:os.system [ls]\n",
        "names:\n  0: a\n  0: b\n",
        "names:\n  ship: 0\n",
        "names: ['a', '']\n",
        "names: [a\0b]\n",
    ],
)
def test_yaml_that_is_not_read_asks_for_a_list(tmp_path: Path, text: str) -> None:
    (tmp_path / "data.yaml").write_text(text)
    with pytest.raises(SourceError, match=r"Write classes\.txt"):
        read_category_names(tmp_path, ())


@pytest.mark.parametrize("content", [b"", b"ship\n\ncar\n", b"\xff\xfe", b"a\x00b"])
def test_a_list_with_holes_or_without_text_asks_for_another(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "classes.txt").write_bytes(content)
    with pytest.raises(SourceError, match=r"Write classes\.txt"):
        read_category_names(tmp_path, ())
