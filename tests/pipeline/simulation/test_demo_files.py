"""The demo's files, as the ordinary reader takes them."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from pipeline.records import Scene
from pipeline.simulation import SceneSettings, SimulatedScene, simulate_scene
from pipeline.simulation.captions import demo_replies
from pipeline.simulation.rasters import SarForm
from pipeline.simulation.writing import scene_name, write_demo, write_scene
from pipeline.sources.options import SourceOptions
from pipeline.sources.paired import read_paired

WORDS = ["no", "a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[SimulatedScene]]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, write_demo(folder)


@pytest.fixture(scope="module")
def replies(written: tuple[Path, list[SimulatedScene]]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (written[0] / "replay" / "replies.jsonl").read_text().splitlines()]


def caption(reply: dict[str, Any]) -> str | None:
    try:
        return str(json.loads(reply["content"])["caption"])
    except json.JSONDecodeError:
        return None


def test_the_ordinary_reader_takes_the_whole_demo_and_refuses_nothing(
    written: tuple[Path, list[SimulatedScene]],
) -> None:
    folder, scenes = written
    reading = read_paired(SourceOptions(folder))
    read = {scene.name: scene for scene in reading}
    assert (reading.refusals, reading.notes, len(read)) == ([], [], 24)
    for scene in scenes:
        found: Scene = read[scene_name(scene)]
        assert found.metadata == scene.metadata
        assert found.size == scene.power.shape
        assert found.optical_path == folder / "optical" / f"{scene.name}.tif"
        expected = [(box.category, box.x_min, box.y_min, box.width, box.height) for box in scene.boxes]
        assert [(box.category, box.x_min, box.y_min, box.width, box.height) for box in found.boxes] == expected


def test_pixels_crs_and_affine_come_back_as_they_were(written: tuple[Path, list[SimulatedScene]]) -> None:
    folder, scenes = written
    for scene in scenes[:4]:
        with (
            rasterio.open(folder / scene_name(scene)) as sar,
            rasterio.open(folder / "optical" / f"{scene.name}.tif") as rgb,
        ):
            assert (sar.crs.to_string(), tuple(sar.transform)[:6]) == (scene.crs, scene.transform)
            np.testing.assert_array_equal(sar.read(1), scene.power)
            np.testing.assert_array_equal(rgb.read(), np.moveaxis(scene.optical, 2, 0))
            assert rgb.transform == sar.transform


def test_three_scenes_are_amplitude_and_two_lack_a_corner(written: tuple[Path, list[SimulatedScene]]) -> None:
    folder, scenes = written
    kinds, gaps = [], 0
    for scene in scenes:
        with rasterio.open(folder / scene_name(scene)) as sar:
            kinds.append(sar.dtypes[0])
            gaps += bool(np.isnan(sar.read(1).astype(float)).any())
    assert (kinds.count("uint16"), kinds.count("float32"), gaps) == (3, 21, 2)


def test_amplitude_squared_is_the_power_again(tmp_path: Path) -> None:
    settings = SceneSettings(place="nordhaven", kind="harbour", rows=128, cols=128, no_data="wedge")
    scene = simulate_scene(0, 0, settings)
    write_scene(tmp_path, scene, SarForm("amplitude"))
    with rasterio.open(tmp_path / scene_name(scene)) as sar:
        values = sar.read(1, masked=True)
    assert 0.02 < values.mask.mean() < 0.3
    np.testing.assert_allclose((values / 2000.0) ** 2, np.ma.array(scene.power, mask=values.mask), rtol=0.1, atol=1e-4)


def test_each_scene_has_one_reply_of_each_kind_and_all_four_mistakes_occur(
    written: tuple[Path, list[SimulatedScene]], replies: list[dict[str, Any]]
) -> None:
    names = [scene_name(scene) for scene in written[1]]
    kinds = ("concise_caption", "complex_caption")
    assert [(reply["scene"], reply["kind"]) for reply in replies] == [(name, kind) for name in names for kind in kinds]
    made = {mistake for reply in replies for mistake in reply["mistakes"]}
    assert made == {"colour", "count", "vague", "wrong_statement", "not_visible_in_sar"}
    assert sum(not reply["mistakes"] and caption(reply) is not None for reply in replies) >= 12


def test_one_reply_is_empty_one_malformed_and_one_refused(replies: list[dict[str, Any]]) -> None:
    odd = [reply for reply in replies if caption(reply) is None]
    assert [(bool(reply["content"]), "refusal" in reply) for reply in odd] == [
        (False, False),
        (True, False),
        (False, True),
    ]


def test_right_captions_count_what_is_there_and_count_mistakes_do_not(
    written: tuple[Path, list[SimulatedScene]], replies: list[dict[str, Any]]
) -> None:
    by_name = {scene_name(scene): scene for scene in written[1]}
    nouns = {"ship": "ship", "boat": "ship", "barge": "ship", "pier": "harbor", "storage tank": "tank"}
    nouns |= {"aircraft": "aircraft", "bridge": "bridge"}
    right = wrong = 0
    for reply in replies:
        text, counts = caption(reply), by_name[reply["scene"]].truth.counts
        for number, noun in re.findall(
            r"\b(\w+) (storage tank|\w+?)s?\b(?= and|\.)", (text or "").split(". ")[0] + "."
        ):
            if noun in nouns and number in WORDS:
                is_true = WORDS.index(number) == counts.get(nouns[noun], 0)
                right += is_true
                wrong += not is_true
                assert is_true or "count" in reply["mistakes"], text
    assert right > 15
    assert wrong >= 3


def test_only_colour_mistakes_name_a_colour(replies: list[dict[str, Any]]) -> None:
    colour = re.compile(r"\b(red|grey|white|blue|green|golden|brown)\b|red-", re.IGNORECASE)
    for reply in replies:
        text = caption(reply)
        assert text is None or bool(colour.search(text)) == ("colour" in reply["mistakes"]), text


def test_the_files_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    scene = simulate_scene(0, 0, SceneSettings(place="chandra", kind="delta", rows=128, cols=128))
    digests = []
    for name in ("one", "two"):
        write_scene(tmp_path / name, scene)
        digests.append(
            [hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted((tmp_path / name).rglob("*.tif"))]
        )
    assert digests[0] == digests[1]
    assert demo_replies([("a", scene)]) == demo_replies([("a", scene)])


def test_simulating_needs_no_rasterio() -> None:
    code = "import sys, pipeline.simulation; sys.exit('rasterio' in sys.modules or 'numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
