"""Object categories and land covers in free text."""

from __future__ import annotations

import time

import pytest

from pipeline.extraction import Extracted, extract
from pipeline.extraction.groups import read_groups
from pipeline.extraction.things import CATEGORIES, LAND_COVERS, LAND_COVERS_ASKED
from pipeline.extraction.words import singular
from pipeline.records import Draft
from pipeline.sources.openearthmap_sar import LAND_COVER
from pipeline.vocabulary import SARDET_CATEGORIES, SYNONYMS
from tests.pipeline.extraction.labelled import LABELLED


def of(text: str) -> Extracted:
    return extract(Draft("concise_caption", text))


def named(cell: str) -> set[str]:
    return {name.strip() for name in cell.split(",") if name.strip()}


def shares(pairs: list[tuple[set[str], frozenset[str]]]) -> tuple[float, float]:
    """Precision and recall of (labelled, found)."""
    right = sum(len(labelled & found) for labelled, found in pairs)
    return right / sum(len(found) for _, found in pairs), right / sum(len(labelled) for labelled, _ in pairs)


def test_eighty_texts_are_read_as_a_person_labelled_them():
    rows = [row.split("|") for row in LABELLED.strip().splitlines()]
    assert len(rows) == 80
    precision, recall = shares([(named(closed), of(text).categories) for text, closed, _ in rows])
    assert precision >= 0.95
    assert recall >= 0.95
    precision, recall = shares([(named(unknown), of(text).open_categories) for text, _, unknown in rows])
    assert precision >= 0.8
    assert recall >= 0.85


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("Airplane, aeroplane, plane and aircraft.", {"aircraft"}),
        ("A vessel and two boats.", {"ship"}),
        ("HARBOURS", {"harbor"}),
        ("An oil-tank.", {"storage tank"}),
        ("High-rise buildings and a two-lane bridge.", {"high rise building", "bridge"}),
        ("Cars are parking.", {"car"}),
        ("Ships dock, trees stand, cars park.", {"ship", "tree", "car"}),
        ("A concrete parking beside a white stand.", {"parking lot", "grandstand"}),
        ("A row of trees by bodies of water.", {"tree row", "water body"}),
        ("A square roof on a square.", {"roof", "square"}),
        ("A commercial or residential area.", {"residential area", "commercial area"}),
        ("The central part of the image shows a bright area.", set()),
        ("", set()),
        ("سفينة في الميناء 🚢", set()),
    ],
)
def test_synonyms_plurals_hyphens_and_verbs_are_folded(text, categories):
    assert of(text).categories == categories


@pytest.mark.parametrize(
    ("text", "covers"),
    [
        ("A river through meadows and farmland.", {"water", "grassland", "cropland"}),
        ("A water tank on a car park.", {"paved ground"}),
        ("Two trees and a house.", set()),
        ("A forest road.", {"forest", "road"}),
        ("A square church.", set()),
    ],
)
def test_land_covers_are_named_by_areas_and_not_by_single_things(text, covers):
    assert of(text).land_covers == covers


def test_the_answer_to_a_question_on_land_cover_names_one_in_fewer_words():
    asked = Draft("question", "What is the predominant land cover?", "general", "Trees and buildings.")
    assert extract(asked).land_covers == {"forest", "built up"}
    other = Draft("question", "What is in the north?", "general", "Trees and buildings.")
    assert extract(other).land_covers == set()


def test_a_question_and_its_answer_are_counted_together():
    found = extract(Draft("question", "What is beside the runway?", "general", "A hangar and a gantry."))
    assert found.categories == {"runway", "hangar"}
    assert found.open_categories == {"gantry"}
    assert (found.form, found.general_type) == ("what is", "reasoning")


def test_there_are_sixteen_land_covers_and_every_class_of_openearthmap_is_one_of_them():
    assert len(set(LAND_COVERS.group_of.values())) == 16
    classes = [LAND_COVERS_ASKED.group_of[name] for name in LAND_COVER.values()]
    assert len(set(classes)) == len(LAND_COVER) == 8


def test_the_groups_agree_with_the_vocabulary():
    for category in SARDET_CATEGORIES:
        assert CATEGORIES.group_of[category] == category
    for category in ("ship", "aircraft", "car", "bridge", "harbor", "building"):
        assert {CATEGORIES.group_of[name] for name in SYNONYMS[category]} == {category}


@pytest.mark.parametrize(
    ("plural", "one"),
    [("buses", "bus"), ("houses", "house"), ("churches", "church"), ("cities", "city"), ("wharves", "wharf"),
     ("grass", "grass"), ("aircraft", "aircraft"), ("bridges", "bridge"), ("boxes", "box"), ("bays", "bay")],
)  # fmt: skip
def test_plurals_are_folded(plural, one):
    assert singular(plural) == singular(one) == one


def test_a_name_that_stands_for_two_groups_is_refused(tmp_path, monkeypatch):
    (tmp_path / "groups.txt").write_text("ship: boat\nferry: boats\n", encoding="utf-8")
    monkeypatch.setattr("pipeline.extraction.words._FOLDER", tmp_path)
    with pytest.raises(ValueError, match="'boat' stands for 'ship' and for 'ferry'"):
        read_groups("groups.txt")


@pytest.mark.parametrize("piece", ["ship ", "a-", "x", "oil storage ", "\0", "\ud800", "🚢", "is ", "a kiosk ", "'"])
def test_hostile_texts_take_time_that_grows_with_their_length_only(piece):
    text = (piece * 300_000)[:300_000]
    started = time.process_time()
    of(text)
    extract(Draft("question", text, "general", text[:1_000]))
    assert time.process_time() - started < 8


def test_real_captions_mostly_name_something(shared_data):
    lines = (shared_data / "texts" / "RSICD_test_caps.txt").read_text(encoding="utf-8").splitlines()
    found = [of(text) for text in sorted(set(lines))]
    assert sum(bool(each.categories) for each in found) > 0.95 * len(found)
    # What no group knows is rare, and mostly a slip of the pen.
    assert sum(len(each.open_categories) for each in found) < 0.1 * sum(len(each.categories) for each in found)
