"""What rules say of themselves, and the guide that is made of it: its list is true and its example runs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.screening import FAMILIES, RULES
from pipeline.screening.documentation import documentation, parts_of, with_rules
from tests.conftest import REPOSITORY

GUIDE = REPOSITORY / "docs" / "guide" / "screening.md"
CHECK = """
import sys
from pipeline.screening import RULES, screen
from tests.pipeline.screening.test_rules import bracketed
rules = [rule for rule in RULES if rule.name.startswith("units.")]
assert rules
for rule in rules:
    for example in (*rule.faulty, *rule.clean):
        found = screen(example.draft, example.context, [rule])
        assert [(one.start, one.end) for one in found] == bracketed(example.text), example.text
"""


def test_the_guide_lists_the_rules_as_they_are() -> None:
    page = GUIDE.read_text(encoding="utf-8")
    assert page == with_rules(page), (
        "the rules have changed: run `python -m pipeline.screening.documentation docs/guide/screening.md`"
    )


def test_every_rule_has_a_message_an_example_and_a_place_in_the_guide() -> None:
    documents = documentation()
    assert [family.name for family in documents] == list(FAMILIES)
    assert [rule.name for family in documents for rule in family.rules] == [rule.name for rule in RULES]
    for family in documents:
        assert family.about.endswith((".", "?"))
        for rule in family.rules:
            assert rule.message
            assert any(part.is_found for part in rule.faulty[0].parts)
            assert not any(part.is_found for shown in rule.clean for part in shown.parts)


def test_a_page_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a line"):
        with_rules("# Nothing")


@pytest.mark.parametrize(
    ("spans", "parts"),
    [
        ([], [("🚢 red ship", False)]),
        ([(2, 5)], [("🚢 ", False), ("red", True), (" ship", False)]),
        ([(2, 5), (4, 10), (0, 1)], [("🚢", True), (" ", False), ("red ship", True)]),
        ([(0, 10)], [("🚢 red ship", True)]),
    ],
)
def test_a_text_is_cut_at_its_spans_and_no_letter_is_lost(
    spans: list[tuple[int, int]], parts: list[tuple[str, bool]]
) -> None:
    assert [tuple(part) for part in parts_of("🚢 red ship", spans)] == parts


def test_the_guides_example_is_a_family_that_runs(tmp_path: Path) -> None:
    """Put where the page says, with nothing else changed, it is found, its examples hold, and the command uses it."""
    example = re.search(r"<!-- example: (\w+\.py) -->\n```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    assert example
    left_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(REPOSITORY / "pipeline", tmp_path / "pipeline", ignore=left_out)
    shutil.copytree(REPOSITORY / "tests/pipeline/screening", tmp_path / "tests/pipeline/screening", ignore=left_out)
    (tmp_path / "pipeline/screening/families" / example[1]).write_text(example[2], encoding="utf-8")
    draft = {"id": 1, "kind": "concise_caption", "text": "A quay of 900 feet."}
    (tmp_path / "in.jsonl").write_text(json.dumps(draft))
    for arguments in (["-c", CHECK], ["-m", "pipeline", "screen", "in.jsonl", "out.jsonl"]):
        done = subprocess.run([sys.executable, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "out.jsonl").read_text())["findings"]
    assert [(one["rule"], one["text"]) for one in found] == [("units.imperial", "900 feet")]
