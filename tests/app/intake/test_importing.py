"""Imports into a real database and store: whole, again, hostile, changed, killed in the middle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.assets import AssetStore
from app.db import SessionMaker
from app.intake.imports import ImportStoppedError, import_dataset
from app.intake.queries import datasets, runs
from app.intake.workflow.importing import DatasetDiffersError, DatasetNameError
from app.intake.workflow.options import ImportOptions, Progress, RunReport
from app.intake.workflow.pairs import PairStateError
from app.intake.workflow.rehearsing import rehearse_import
from app.intake.workflow.sources import SplitFileError, read_splits
from pipeline.sources.reading import SourceError
from tests.app.intake.made_sources import add_hostile_files, make_coco, make_paired, make_picture, make_sar, write_coco

Import = Callable[..., RunReport]
pytestmark = pytest.mark.filterwarnings(
    "ignore::rasterio.errors.NotGeoreferencedWarning", "ignore::PendingDeprecationWarning"
)
LATER = ("scene_id", "created_at", "dataset_id")


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return AssetStore(tmp_path / "assets")


@pytest.fixture
def run_import(sessions: SessionMaker, store: AssetStore) -> Import:
    def run(path: Path, source: str = "paired", name: str = "harbour", **options: Any) -> RunReport:
        on_progress = options.pop("on_progress", lambda progress: None)
        asked = ImportOptions(name=name, source=source, path=path, **options)
        return import_dataset(sessions, store, asked, on_progress=on_progress, processes=1)

    return run


def rows(sessions: SessionMaker, query: str) -> list[dict[str, Any]]:
    with sessions() as session:
        return [dict(row._mapping) for row in session.execute(text(query))]


def scene_rows(sessions: SessionMaker) -> list[dict[str, Any]]:
    """All that is stored of scenes and boxes, without what names the moment."""
    scenes = rows(sessions, "select * from scene order by name")
    boxes = rows(sessions, "select s.name, b.* from object_box b join scene s using (scene_id) order by name, number")
    return [{key: value for key, value in row.items() if key not in LATER} for row in scenes + boxes]


def test_a_paired_folder_is_imported_with_boxes_images_and_metadata(
    run_import: Import, sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    report = run_import(make_paired(tmp_path / "in"), labelled=("ship",), reviews=2)
    assert report.counts["new"] == 3
    assert report.counts["boxes"] == 3
    assert report.counts["refused"] == 0
    first = rows(sessions, "select * from scene order by name")[0]
    assert (first["name"], first["rows"], first["cols"], first["unit"]) == ("sar/scene-0.tif", 96, 96, "relative_db")
    assert first["metadata"]["labelled"] == ["ship"]
    assert first["metadata"]["polarisations"] == ["VV"]
    assert len(first["histogram"]["counts"]) == 256
    assert [first["histogram"]["percentiles"][percent] for percent in ("1", "99")] == [
        first["limits_low"],
        first["limits_high"],
    ]
    assert {"scale", "nodata", "dtype", "looks"} <= set(first["provenance"])
    for role in ("sar_sha256", "processed_sha256", "optical_sha256"):
        assert store.verify(first[role])
    numbers = rows(sessions, "select number, source_box_id, category from object_box join scene using (scene_id)")
    assert {"number": 2, "source_box_id": "2", "category": "ship"} in numbers
    with sessions() as session:
        overview = datasets.dataset_overview(session, "harbour")
    assert overview is not None
    assert (overview.scenes, overview.reviews_wanted) == (3, 2)


def test_a_coco_folder_keeps_its_published_splits(run_import: Import, sessions: SessionMaker, tmp_path: Path) -> None:
    report = run_import(make_coco(tmp_path / "in"), "coco")
    assert report.counts["new"] == 8
    found = rows(sessions, "select split, published_split, count(*) as n from scene group by 1, 2 order by 1")
    assert found == [
        {"split": "train", "published_split": "train", "n": 4},
        {"split": "val", "published_split": "val", "n": 4},
    ]
    roles = rows(sessions, "select sar_sha256 = processed_sha256 as same, optical_sha256 from scene")
    assert {(row["same"], row["optical_sha256"]) for row in roles} == {(True, None)}


def test_an_import_done_twice_brings_nothing_new_and_says_so(
    run_import: Import, sessions: SessionMaker, tmp_path: Path
) -> None:
    run_import(make_paired(tmp_path / "in"))
    before = scene_rows(sessions)
    report = run_import(tmp_path / "in")
    assert (report.counts["new"], report.counts["unchanged"], report.counts["boxes"]) == (0, 3, 0)
    assert scene_rows(sessions) == before


def test_a_scene_never_changes_so_a_changed_file_under_its_name_is_refused(
    run_import: Import, sessions: SessionMaker, tmp_path: Path
) -> None:
    run_import(make_paired(tmp_path / "in"))
    before = scene_rows(sessions)
    make_sar(tmp_path / "in" / "sar" / "scene-1.tif", seed=99)
    report = run_import(tmp_path / "in")
    assert (report.counts["unchanged"], report.counts["refused"]) == (2, 1)
    assert "never changes" in report.refusals[0].reason
    assert report.refusals[0].file == "sar/scene-1.tif"
    assert scene_rows(sessions) == before


def test_images_that_the_store_lost_are_put_back_by_another_import(
    run_import: Import, sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    run_import(make_paired(tmp_path / "in", 1))
    lost = rows(sessions, "select processed_sha256 from scene")[0]["processed_sha256"]
    store.fetch(lost, tmp_path).unlink()
    assert run_import(tmp_path / "in").counts["restored"] == 1
    assert store.verify(lost)


def test_hostile_files_are_refused_each_with_a_reason_and_the_rest_is_imported(
    run_import: Import, sessions: SessionMaker, tmp_path: Path
) -> None:
    make_sar(tmp_path / "in" / "sar" / "good one, ünïcode 港.tif")
    names = add_hostile_files(tmp_path / "in" / "sar")
    make_sar(tmp_path / "in" / "sar" / "line\nbreak.tif")
    report = run_import(tmp_path / "in")
    assert report.counts["new"] == 1
    assert report.run_id is not None
    with sessions() as session:
        stored = runs.list_refusals(session, report.run_id, limit=100)
    refused = {refusal.file: refusal.reason for refusal in stored}
    assert set(refused) == {f"sar/{name}" for name in names} | {"sar/line\\nbreak.tif"}
    assert all(len(reason) > 10 for reason in refused.values())
    assert "complex" in refused["sar/complex.tif"]
    assert [row["name"] for row in rows(sessions, "select name from scene")] == ["sar/good one, ünïcode 港.tif"]


def test_an_optical_image_that_cannot_be_read_is_reported_and_does_not_lose_the_scene(
    run_import: Import, sessions: SessionMaker, tmp_path: Path
) -> None:
    make_paired(tmp_path / "in", 1)
    (tmp_path / "in" / "optical" / "scene-0.tif").write_bytes(b"<html>")
    report = run_import(tmp_path / "in")
    assert (report.counts["new"], report.counts["refused"]) == (1, 1)
    assert "without its optical image" in report.refusals[0].reason
    assert rows(sessions, "select optical_sha256 from scene")[0]["optical_sha256"] is None


def test_texts_that_no_database_takes_are_refused(run_import: Import, tmp_path: Path) -> None:
    make_picture(tmp_path / "in" / "a.png")
    images = [{"id": 1, "file_name": "a.png", "height": 96, "width": 96}]
    write_coco(
        tmp_path / "in" / "x.json", images, [{"id": "b\0d", "image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5]}]
    )
    report = run_import(tmp_path / "in", "coco")
    assert report.counts["new"] == 0
    assert "NUL" in report.refusals[0].reason


def test_boxes_drawn_on_an_image_of_another_size_refuse_the_scene(run_import: Import, tmp_path: Path) -> None:
    make_picture(tmp_path / "in" / "a.png")
    images = [{"id": 1, "file_name": "a.png", "height": 960, "width": 960}]
    write_coco(tmp_path / "in" / "x.json", images, [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 500, 5]}])
    report = run_import(tmp_path / "in", "coco")
    assert report.counts["new"] == 0
    assert "960 × 960" in report.refusals[0].reason


def test_boxes_are_cut_to_an_image_whose_size_the_source_does_not_know(
    run_import: Import, sessions: SessionMaker, tmp_path: Path
) -> None:
    make_picture(tmp_path / "in" / "a.png")
    boxes = [
        {"id": 1, "image_id": 1, "category_id": 1, "bbox": [90, 90, 50, 5]},
        {"id": 2, "image_id": 1, "category_id": 2, "bbox": [300, 3, 5, 5]},
    ]
    write_coco(tmp_path / "in" / "x.json", [{"id": 1, "file_name": "a.png"}], boxes)
    report = run_import(tmp_path / "in", "coco", labelled=("ship", "tank"))
    assert [(refusal.annotation_id, refusal.file) for refusal in report.refusals] == [("2", "a.png")]
    assert rows(sessions, "select x_min, width from object_box") == [{"x_min": 90.0, "width": 6.0}]
    assert rows(sessions, "select metadata -> 'labelled' as l from scene") == [{"l": ["ship"]}]


def test_on_error_stop_ends_at_the_first_refusal_and_keeps_what_came_before(
    run_import: Import, sessions: SessionMaker, tmp_path: Path
) -> None:
    make_paired(tmp_path / "in", 2)
    (tmp_path / "in" / "sar" / "z.tif").write_bytes(b"")
    with pytest.raises(ImportStoppedError, match=r"z\.tif"):
        run_import(tmp_path / "in", on_error="stop")
    assert len(rows(sessions, "select 1 from scene")) == 2
    assert rows(sessions, "select state from run") == [{"state": "failed"}]


def test_a_dry_run_reads_the_source_alone_and_leaves_nothing(sessions: SessionMaker, tmp_path: Path) -> None:
    make_coco(tmp_path / "in", 2)
    (tmp_path / "in" / "JPEGImages" / "val" / "0000003.png").unlink()
    found = rehearse_import(sessions, ImportOptions(name="harbour", source="coco", path=tmp_path / "in"))
    assert found.counts == {"new": 3, "known": 0, "pairs": 0, "land_cover": 0, "boxes": 3, "refused": 1, "notes": 0}
    assert (found.boxes, found.splits) == ({"ship": 3}, {"train": 2, "val": 1})
    assert [refusal.file for refusal in found.refusals] == ["0000003.png"]
    assert rows(sessions, "select 1 from scene union all select 1 from run union all select 1 from dataset") == []
    assert not (tmp_path / "assets").exists()


def test_a_dry_run_tells_scenes_that_the_dataset_has_by_name(
    run_import: Import, sessions: SessionMaker, tmp_path: Path
) -> None:
    run_import(make_paired(tmp_path / "in", 1))
    make_paired(tmp_path / "in", 2)
    found = rehearse_import(sessions, ImportOptions(name="harbour", source="paired", path=tmp_path / "in"))
    assert (found.counts["new"], found.counts["known"], found.counts["pairs"]) == (1, 1, 2)
    assert found.splits == {"decided at import": 2}


def test_georeferenced_scenes_get_their_split_by_ground_and_others_by_duplicate_group(
    run_import: Import, sessions: SessionMaker, tmp_path: Path
) -> None:
    run_import(make_paired(tmp_path / "geo", 4, crs="EPSG:32630"), name="geo")
    found = rows(sessions, "select split, duplicate_group, ground_cells, ground from scene")
    assert all(row["ground_cells"] and row["duplicate_group"] is None for row in found)
    assert all(len(row["ground"]["lonlat_corners"]) == 4 for row in found)
    make_sar(tmp_path / "flat" / "sar" / "a.tif", 5)
    copy = make_sar(tmp_path / "flat" / "sar" / "copy of a.tif", 5)
    copy.write_bytes(copy.read_bytes() + b"the same pixels in another file")
    run_import(tmp_path / "flat", name="flat")
    twins = rows(
        sessions, "select duplicate_group, split from scene join dataset using (dataset_id) where dataset.name = 'flat'"
    )
    assert twins[0] == twins[1]
    assert twins[0]["duplicate_group"]


def test_two_looks_at_one_place_are_on_one_side(run_import: Import, sessions: SessionMaker, tmp_path: Path) -> None:
    for place in range(5):
        for look in range(2):
            path = tmp_path / "in" / "sar" / f"{place}-{look}.tif"
            make_sar(path, 2 * place + look, crs="EPSG:32630", east=place * 50_000.0, size=32)
    run_import(tmp_path / "in")
    found = [row["split"] for row in rows(sessions, "select split from scene order by name")]
    assert found[::2] == found[1::2]
    assert len(set(found)) > 1


def test_a_split_file_holds_instead_of_what_the_source_says(
    run_import: Import, sessions: SessionMaker, tmp_path: Path
) -> None:
    make_coco(tmp_path / "in", 1)
    (tmp_path / "splits.csv").write_text("scene,split\nJPEGImages/train/0000000.png,test\n")
    run_import(tmp_path / "in", "coco", split_file=tmp_path / "splits.csv")
    found = rows(sessions, "select split from scene order by name")
    assert [row["split"] for row in found] == ["test", "val"]


def test_a_split_file_with_a_wrong_line_is_refused_by_its_number(run_import: Import, tmp_path: Path) -> None:
    (tmp_path / "splits.csv").write_text("scene,split\na.png,training\n")
    with pytest.raises(SplitFileError, match="Line 2"):
        run_import(make_coco(tmp_path / "in", 1), "coco", split_file=tmp_path / "splits.csv")


def test_a_split_file_that_is_missing_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(SplitFileError) as told:
        read_splits(tmp_path / "no.csv")
    assert str(told.value).endswith("no.csv cannot be read: No such file or directory. Give a CSV file scene,split.")


@pytest.mark.parametrize("name", ["", "../x", "a b", ".hidden", "x" * 64, "a\nb"])
def test_a_dataset_has_a_plain_name(run_import: Import, tmp_path: Path, name: str) -> None:
    with pytest.raises(DatasetNameError, match="letters, digits"):
        run_import(tmp_path, name=name)


def test_what_is_not_there_is_said_before_anything_is_made(
    run_import: Import, sessions: SessionMaker, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        run_import(tmp_path / "nowhere")
    assert rows(sessions, "select 1 from dataset") == []


def test_a_dataset_keeps_its_reader_and_its_number_of_reviews(run_import: Import, tmp_path: Path) -> None:
    run_import(make_paired(tmp_path / "in", 1))
    with pytest.raises(DatasetDiffersError, match="reader"):
        run_import(make_coco(tmp_path / "coco", 1), "coco")
    with pytest.raises(DatasetDiffersError, match="reviews"):
        run_import(tmp_path / "in", reviews=3)


def test_who_watches_an_import_may_leave_it_and_the_next_call_joins_it(
    run_import: Import, sessions: SessionMaker, tmp_path: Path
) -> None:
    make_coco(tmp_path / "in", 40)
    seen: list[Progress] = []

    def leave_after_the_first_chunk(progress: Progress) -> None:
        seen.append(progress)
        if progress.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_import(tmp_path / "in", "coco", on_progress=leave_after_the_first_chunk)
    done = len(rows(sessions, "select 1 from scene"))
    assert 0 < done < 80
    report = run_import(tmp_path / "in", "coco", on_progress=seen.append)
    assert report.run_id == seen[0].run_id
    assert (report.counts["unchanged"], report.counts["new"]) == (0, 80)
    assert (seen[-1].done, seen[-1].total) == (80, 80)
    assert rows(sessions, "select state, done, total from run") == [{"state": "done", "done": 80, "total": 80}]


def test_real_sardet_images_are_imported_with_their_splits(
    run_import: Import, sessions: SessionMaker, shared_data: Path
) -> None:
    report = run_import(shared_data / "sardet100k", "coco")
    assert (report.counts["new"], report.counts["refused"]) == (33, 0)
    splits = rows(sessions, "select split = published_split as kept, count(*) as n from scene group by 1")
    assert splits == [{"kept": True, "n": 33}]
    assert run_import(shared_data / "sardet100k", "coco").counts["unchanged"] == 33


def test_the_real_pair_is_imported_with_its_ground(
    run_import: Import, sessions: SessionMaker, shared_data: Path
) -> None:
    report = run_import(shared_data / "paired")
    assert (report.counts["new"], report.counts["refused"]) == (1, 0)
    scene = rows(sessions, "select ground, optical_sha256, split, metadata from scene")[0]
    assert scene["ground"]["crs"] == "EPSG:4326"
    assert scene["optical_sha256"] is not None
    assert run_import(shared_data / "paired").counts["unchanged"] == 1


def test_an_import_says_which_pairs_are_held_back(run_import: Import, sessions: SessionMaker, tmp_path: Path) -> None:
    folder = make_paired(tmp_path / "in")
    run_import(folder, held_pairs=("unknown", "misregistered"))
    assert rows(sessions, "select held_pairs from dataset") == [{"held_pairs": ["misregistered", "unknown"]}]
    with pytest.raises(PairStateError, match="crooked"):
        run_import(folder, held_pairs=("crooked",))
