"""What the pixel spacing and the extent of a scene rule out."""

from __future__ import annotations

import time

import pytest

from pipeline.records import Draft
from pipeline.screening import RULES, SceneContext, screen
from pipeline.screening.sizes import SIZES, areas, lengths

PHYSICS = [rule for rule in RULES if rule.name.startswith("physics.")]


def told(text: str, gsd_m: float | None, size: tuple[int, int] | None = (1000, 1000)) -> list[str]:
    findings = screen(Draft("concise_caption", text), SceneContext(size, gsd_m), PHYSICS)
    assert all(finding.severity == ("warning" if finding.rule == "physics.living" else "info") for finding in findings)
    return [finding.text for finding in findings]


@pytest.mark.parametrize(
    ("text", "gsd_m", "spans"),
    [
        ("A car is parked.", 25, ["car"]),
        ("A car is parked.", 1, []),
        ("Three vehicles on the road.", 10, ["vehicles"]),
        ("A person stands on the quay.", 0.5, ["person"]),
        ("A person stands on the quay.", 0.25, []),
        ("A truck and a bus.", 10, ["truck", "bus"]),
        ("A ship in the bay.", 10, []),
        ("A ship in the bay.", 100, ["ship"]),
        ("Airplanes are parked.", 3, []),
        ("Airplanes are parked.", 30, ["Airplanes"]),
        ("A car park and a car dealership.", 25, []),
        ("A house-lined street.", 25, []),
        ("Houses by the river.", 25, ["Houses"]),
        ("Rivers, roads and forests.", 25, []),
        ("Careful carpenters and carbon.", 25, []),
        ("Cars.", None, []),
    ],
)
def test_what_is_smaller_than_a_pixel_resolves_is_told(text, gsd_m, spans):
    assert told(text, gsd_m) == spans


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("A 5 km runway.", ["5 km"]),
        ("A runway of 2,500 metres.", ["2,500 metres"]),
        ("A bridge, 3 miles long.", ["3 miles"]),
        ("A 900 m runway.", []),
        ("A 1.4 km road from corner to corner.", []),
        ("A field of 120 hectares.", ["120 hectares"]),
        ("A field of 90 ha.", []),
        ("A lake of 3 square kilometres.", ["3 square kilometres"]),
        ("A lake of 0.5 km2.", []),
        ("The town lies 20 km away.", []),
        ("A swath of 30 km.", []),
        ("An altitude of 500 km.", []),
        ("Traffic at 100 km/h.", []),
        ("Sentinel-1 at 10 m resolution.", []),
        ("A 3 m band.", []),
        ("Pier 5 km-stone", ["5 km"]),
    ],
)
def test_a_length_or_area_beyond_the_scene_is_told(text, spans):
    assert told(text, 1.0) == spans


def test_without_spacing_or_size_no_length_is_judged():
    assert told("A 5 km runway.", None) == []
    assert told("A 5 km runway.", 1.0, size=None) == []


def test_a_length_below_half_a_pixel_is_told():
    assert told("A road of 8 m width.", 20.0) == ["8 m"]
    assert told("A road of 12 m width.", 20.0) == []


def test_lengths_and_areas_are_read_in_metres():
    assert [measure.value for measure in lengths("1.5 km, 3 ft and 2 m²")] == [1500, pytest.approx(0.9144)]
    assert [measure.value for measure in areas("2 km², 3 ha, 4 square metres, 5 m")] == [2e6, 3e4, 4]


def test_sizes_are_told_from_small_to_large():
    assert all(size.coarsest_m <= size.length_m for size in SIZES.values())


@pytest.mark.parametrize("part", ["1,000,", "5 km ", "cars ", "9", "3 square "])
def test_time_grows_no_faster_than_the_text(part):
    start = time.process_time()
    told((part * 100_000)[:100_000], 25.0)
    assert time.process_time() - start < 2
