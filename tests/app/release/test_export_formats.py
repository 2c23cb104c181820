"""Each format is read by the tool that it is for: all see the same texts, and hostile ones come through unchanged."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text

from app.assets.store import AssetStore
from app.db import SessionMaker, transaction
from app.release import workflow
from app.release.workflow import ExportError
from pipeline.formats.layout import CAPTION_PROMPT
from pipeline.formats.source import ImageOptions
from pipeline.formats.verifying import verify_folder
from pipeline.formats.writers import FORMATS
from pipeline.imaging.cog import write_processed
from pipeline.imaging.stretch import Stretch
from tests.app.release.reviewed import Text, View, caption, make_dataset, make_store
from tests.app.release.test_exporting import HOSTILE, digests, side_lines

Read = tuple[str, str, str]
"""(split, what was asked, what was said): of a caption, asked is empty."""


def pixels(folder: Path, seed: int) -> bytes:
    power = np.random.default_rng(seed).gamma(4.4, size=(64, 48)).astype(np.float32)
    write_processed(folder / "image.tif", power, np.ones((64, 48), bool), Stretch(-10, 10, 1e-3, 0, False))
    return (folder / "image.tif").read_bytes()


def make_release(
    sessions: SessionMaker, store: AssetStore, folder: Path, texts: int | None = None, captions: int = 0
) -> str:
    """Questions and captions of three scenes in two splits, hostile ones among them; or only so many questions."""
    hostile = [Text(f"{words} {number}", words) for number, words in enumerate(HOSTILE)]
    said = [caption(f"{words} caption") for words in HOSTILE] + [caption("A port.", kind="complex_caption")]
    views = [
        View("0009787.jpg", hostile, image=pixels(folder, 1), split="train"),
        View("0001", [*said, Text("How many?", "007")], image=pixels(folder, 2), split="test"),
        View("0002", [Text("How many ships?", "2")], image=pixels(folder, 3), split="held_out"),
    ]
    if texts is not None:
        asked = [Text(f"How many in row {number}?", "007") for number in range(texts)]
        views = [View("0001", [*asked, *(caption(f"A port, seen {number} times.") for number in range(captions))])]
        views[0].image = pixels(folder, 1)
    with transaction(sessions) as session:
        make_dataset(session, store, views)
        return workflow.create_release(session, "bench", ["ports"]).label


def told_of(folder: Path) -> list[Read]:
    """What the side file of texts says."""
    lines = side_lines(folder)
    return sorted((line["split"], line.get("question", ""), line.get("answer") or line["caption"]) for line in lines)


def read_by_datasets(folder: Path, cache: Path) -> list[Read]:
    from datasets import load_dataset

    found: list[Read] = []
    for split, rows in load_dataset(str(folder), cache_dir=str(cache)).items():
        for row in rows:
            assert row["image"].size == (48, 64)
            found.append((split, row["question"] or "", row["answer"] or row["caption"]))
    return sorted(found)


def read_by_pycocotools(folder: Path) -> list[Read]:
    from pycocotools.coco import COCO

    found: list[Read] = []
    for path in sorted((folder / "annotations").iterdir()):
        coco = COCO(str(path))
        for image in coco.loadImgs(coco.getImgIds()):
            with Image.open(folder / "images" / image["file_name"]) as opened:
                assert opened.size == (image["width"], image["height"])
        split = path.stem.removeprefix("captions_")
        annotations = coco.loadAnns(coco.getAnnIds(imgIds=coco.getImgIds()))
        assert len(annotations) == len(coco.anns) == len(coco.dataset["annotations"])
        found += [(split, "", annotation["caption"]) for annotation in annotations]
    return sorted(found)


def read_by_mlcroissant(folder: Path) -> list[Read]:
    import mlcroissant

    dataset = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    assert not dataset.metadata.issues.errors
    images = {record["images/image"].decode(): record for record in dataset.records("images-records")}
    found: list[Read] = []
    for record in dataset.records("texts-records"):
        told = {key.removeprefix("texts/"): value for key, value in record.items()}
        assert (folder / told["image"].decode()).is_file()
        assert images[told["image"].decode()]["images/split"] == told["split"]
        said = told["answer"] if told["answer"] is not None else told["caption"]
        found.append((told["split"].decode(), (told["question"] or b"").decode(), said.decode()))
    return sorted(found)


def read_as_llava(folder: Path) -> list[Read]:
    """As LLaVA's trainer does: a list, an image by its path, human and gpt by turns, the image's token first."""
    found: list[Read] = []
    for path in sorted(folder.glob("llava_*.json")):
        for sample in json.loads(path.read_text()):
            with Image.open(folder / sample["image"]) as image:
                assert image.convert("RGB").size == (48, 64)
            (human, asked), (gpt, said) = ((turn["from"], turn["value"]) for turn in sample["conversations"])
            assert (human, gpt) == ("human", "gpt")
            token, _, prompt = asked.partition("\n")
            assert token == "<image>"
            found.append((path.stem.removeprefix("llava_"), "" if prompt == CAPTION_PROMPT else prompt, said))
    return sorted(found)


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return make_store(tmp_path)


def test_all_formats_load_with_their_tools_and_agree(sessions: SessionMaker, store: AssetStore, tmp_path: Path) -> None:
    release = make_release(sessions, store, tmp_path)
    made: dict[str, Path] = {}
    for format in FORMATS:
        made[format] = tmp_path / format
        workflow.export_release(sessions, store, release, format, made[format])
        report = verify_folder(made[format])
        assert report.is_intact, (format, report.faults)
        assert report.format == format
    told = told_of(made["jsonl"])
    assert len(told) == 2 * len(HOSTILE) + 3
    assert set(HOSTILE) <= {said for _, _, said in told}
    assert read_by_datasets(made["parquet"], tmp_path / "cache") == told
    assert read_by_mlcroissant(made["croissant"]) == told
    assert read_as_llava(made["llava"]) == told
    captions = [each for each in told if not each[1]]
    assert read_by_pycocotools(made["coco-captions"]) == captions == told_of(made["coco-captions"])
    assert verify_folder(made["coco-captions"]).images == 1
    identities = {verify_folder(made[format]).identity for format in ("jsonl", "llava", "parquet", "croissant")}
    assert len(identities) == 1


def test_one_changed_byte_names_the_file_and_where_it_holds_texts_the_text(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    release = make_release(sessions, store, tmp_path, texts=1, captions=2)
    for format in FORMATS:
        folder = tmp_path / format
        workflow.export_release(sessions, store, release, format, folder)
        chosen = next(line for line in side_lines(folder) if line["kind"] == "concise_caption")
        for name in digests(folder):
            stored = (folder / name).read_bytes()
            place = stored.find(chosen["caption"].encode())
            is_named = place >= 0 and not name.endswith(".parquet")
            place = place if is_named else len(stored) // 2
            (folder / name).write_bytes(stored[:place] + bytes([stored[place] ^ 1]) + stored[place + 1 :])
            faults = verify_folder(folder).faults
            assert {fault.file for fault in faults} == {name}, (format, name)
            assert not is_named or [fault.text for fault in faults] == [chosen["id"]], (format, name)
            (folder / name).write_bytes(stored)
        assert verify_folder(folder).is_intact


def test_a_release_of_one_text_and_one_without_captions_are_valid_files(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    release = make_release(sessions, store, tmp_path, texts=1)
    for format in FORMATS:
        workflow.export_release(sessions, store, release, format, tmp_path / format)
        assert verify_folder(tmp_path / format).is_intact
    told = [("test", "How many in row 0?", "007")]
    assert read_by_datasets(tmp_path / "parquet", tmp_path / "cache") == told
    assert read_by_mlcroissant(tmp_path / "croissant") == told == read_as_llava(tmp_path / "llava")
    assert read_by_pycocotools(tmp_path / "coco-captions") == []
    assert [path.name for path in (tmp_path / "coco-captions" / "annotations").iterdir()] == ["captions_test.json"]
    manifest = json.loads((tmp_path / "coco-captions" / "manifest.json").read_bytes())
    assert (manifest["texts"], manifest["images"], manifest["left_out"]) == (0, 0, {"question": 1})


def test_images_are_linked_or_left_out_and_what_is_put_there_later_is_checked(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    release = make_release(sessions, store, tmp_path)
    made: dict[str, Path] = {}
    for images in ("copy", "link", "omit"):
        made[images] = tmp_path / images
        workflow.export_release(sessions, store, release, "jsonl", made[images], options=ImageOptions(images))
    assert digests(made["copy"]) == digests(made["link"])
    image = side_lines(made["omit"], "images.jsonl")[0]["image"]
    assert (made["link"] / image).stat().st_nlink == 2
    assert not os.access(made["link"] / image, os.W_OK) or os.getuid() == 0
    assert (made["link"] / image).stat().st_mode & 0o222 == 0
    assert not (made["omit"] / "images").exists()
    report = verify_folder(made["omit"])
    assert (report.is_intact, report.omitted, report.absent) == (True, 3, 3)
    assert report.identity == verify_folder(made["copy"]).identity
    (made["omit"] / "images").mkdir()
    (made["omit"] / image).write_bytes((made["copy"] / image).read_bytes())
    report = verify_folder(made["omit"])
    assert (report.is_intact, report.absent) == (True, 2)
    (made["omit"] / image).write_bytes(b"others")
    [fault] = verify_folder(made["omit"]).faults
    assert (fault.file, "other pixels" in fault.what) == (image, True)


def test_images_are_left_out_by_licence_and_originals_are_beside_the_others(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    original = tmp_path / "scene.png"
    original.write_bytes(b"as it came")
    free, closed = View("a.png", [caption("A port.")], image=b"one"), View("b.png", [caption("A quay.")], image=b"two")
    with transaction(sessions) as session:
        make_dataset(session, store, [free, closed])
        told = {"name": "scene.png", "sha256": hashlib.sha256(b"as it came").hexdigest(), "path": str(original)}
        session.execute(text("update scene set original = :told"), {"told": json.dumps({"sar": told})})
        licence = """update scene set metadata = jsonb_build_object('licence', 'CC-BY-NC-4.0') where name = 'b.png'"""
        session.execute(text(licence))
        release = workflow.create_release(session, "bench", ["ports"]).label
    options = ImageOptions(omitted_licences=frozenset({"CC-BY-NC-4.0"}), with_original=True)
    workflow.export_release(sessions, store, release, "jsonl", tmp_path / "out", options=options)
    assert verify_folder(tmp_path / "out").is_intact
    assert [path.name for path in (tmp_path / "out" / "images").iterdir()] == ["a.tif"]
    [line] = side_lines(tmp_path / "out", "originals.jsonl")
    assert (line["image"], (tmp_path / "out" / line["original"]).read_bytes()) == ("images/a.tif", b"as it came")
    assert str(tmp_path) not in (tmp_path / "out" / "images.jsonl").read_text(), "where files lay is nobody's concern"
    licences = {line["image"]: line["licence"] for line in side_lines(tmp_path / "out", "images.jsonl")}
    assert licences == {"images/a.tif": "unknown", "images/b.tif": "CC-BY-NC-4.0"}
    original.write_bytes(b"another")
    with pytest.raises(ExportError, match="no longer the file that was imported"):
        workflow.export_release(sessions, store, release, "jsonl", tmp_path / "again", options=options)
