"""A folder appears whole or not at all."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from pipeline.formats.new_folder import FolderError, new_folder, unfinished_of


def test_it_is_there_when_the_block_ends_and_not_before(tmp_path: Path) -> None:
    with new_folder(tmp_path / "deep" / "out") as folder:
        (folder / "file").write_text("x")
        assert not (tmp_path / "deep" / "out").exists()
    assert (tmp_path / "deep" / "out" / "file").read_text() == "x"
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]


def test_an_empty_folder_may_be_there_already(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with new_folder(tmp_path / "out") as folder:
        (folder / "file").touch()
    assert (tmp_path / "out" / "file").exists()


def test_nothing_is_left_of_a_failed_one(tmp_path: Path) -> None:
    def fail() -> None:
        with new_folder(tmp_path / "out") as folder:
            (folder / "file").touch()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(tmp_path.iterdir()) == []


def write_and_die(out: Path) -> None:
    with new_folder(out) as folder:
        (folder / "half").touch()
        os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_killed_run_left_is_there_for_the_next_to_go_on_with(tmp_path: Path) -> None:
    killed = multiprocessing.get_context("spawn").Process(target=write_and_die, args=(tmp_path / "out",))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    assert not (tmp_path / "out").exists()
    with new_folder(tmp_path / "out") as folder:
        assert [path.name for path in folder.iterdir()] == ["half"]
        (folder / "half").rename(folder / "whole")
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "whole"]


def test_an_interruption_leaves_what_was_written_for_the_next_run(tmp_path: Path) -> None:
    def interrupt() -> None:
        with new_folder(tmp_path / "out", (KeyboardInterrupt,)) as folder:
            (folder / "half").touch()
            raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            interrupt()
    assert [path.name for path in unfinished_of(tmp_path / "out").iterdir()] == ["half"]
    assert not (tmp_path / "out").exists()


def test_two_at_once_do_not_write_into_one_another(tmp_path: Path) -> None:
    with new_folder(tmp_path / "out") as folder:
        (folder / "first").touch()
        with pytest.raises(FolderError, match="another command"), new_folder(tmp_path / "out"):
            pass
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["first"]


@pytest.mark.parametrize("there", ["file", "link", "filled"])
def test_what_is_there_is_never_written_over(tmp_path: Path, there: str) -> None:
    out = tmp_path / "out"
    if there == "file":
        out.touch()
    elif there == "link":
        out.symlink_to(tmp_path)
    else:
        out.mkdir()
        (out / "mine").touch()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(FolderError), new_folder(out):
        pass
    assert sorted(tmp_path.rglob("*")) == before


def test_a_place_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderError, match="cannot be written: Not a directory"), new_folder(tmp_path / "file" / "out"):
        pass
