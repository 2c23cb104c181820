"""Copying the images of a quiz: in the background, from where it stopped, and telling nothing."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text

from app.assets.store import AssetStore
from app.db import SessionMaker, transaction
from app.quiz.errors import QuizStateError
from app.quiz.queries.questions import images_of, list_images, list_questions
from app.quiz.queries.quizzes import QuizOptions, QuizRow
from app.quiz.queries.rules import QuizRules
from app.quiz.workflow import quizzes
from app.quiz.workflow.freezing import freeze_quiz, run_freezing, thaw_quiz
from app.quiz.workflow.swapping import swap_question
from app.release.workflow import create_release
from app.work import StopAskedError
from pipeline.imaging.tiff import write_cog
from tests.app.quiz.composed import make_quiz, scene
from tests.app.release.reviewed import make_dataset, make_store, store_bytes


def cog(folder: Path, number: int, bands: int = 1) -> bytes:
    shape = (64, 48) if bands == 1 else (64, 48, bands)
    write_cog(folder / "made.tif", [np.full(shape, 40 + number, np.uint8)])
    return (folder / "made.tif").read_bytes()


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return make_store(tmp_path)


@pytest.fixture
def quiz(sessions: SessionMaker, store: AssetStore, tmp_path: Path) -> QuizRow:
    """Being composed, with both images of each question; the scenes have 64 × 48 pixels."""
    with transaction(sessions) as session:
        make_dataset(session, store, [scene(number, image=cog(tmp_path, number)) for number in range(6)])
        optical = store_bytes(session, store, cog(tmp_path, 90, 3))
        session.execute(text("update scene set optical_sha256 = :sha, pair_state = 'registered'"), {"sha": optical})
        create_release(session, "bench", ["ports"])
        rules = QuizRules(questions=3, practice=1)
        return make_quiz(session, rules=rules, options=QuizOptions(arms=("sar", "both")))


def state(sessions: SessionMaker, quiz: QuizRow) -> tuple[str, int, int]:
    with transaction(sessions) as session:
        now = quizzes.get_quiz(session, quiz.name)
    return now.state, now.images_done, now.images


def test_freezing_goes_on_where_it_stopped_and_copies_tell_nothing(
    sessions: SessionMaker, store: AssetStore, quiz: QuizRow
) -> None:
    with transaction(sessions) as session:
        assert freeze_quiz(session, quiz.name).image_size_px == 512
        jobs = session.execute(text("select task_name, args from procrastinate_jobs")).all()
    assert [(row[0], row[1]) for row in jobs] == [("quiz.freeze", {"quiz_id": quiz.quiz_id})]
    calls = iter([None, None, None, StopAskedError])

    def stop_at_the_fourth() -> None:
        stop = next(calls)
        if stop:
            raise stop

    with pytest.raises(StopAskedError):
        run_freezing(sessions, store, quiz.quiz_id, stop_at_the_fourth)
    assert state(sessions, quiz) == ("freezing", 3, 8)
    run_freezing(sessions, store, quiz.quiz_id)
    run_freezing(sessions, store, quiz.quiz_id)
    assert state(sessions, quiz) == ("frozen", 8, 8)
    with transaction(sessions) as session:
        images = list_images(session, quiz.quiz_id)
        region = next(row for row in list_questions(session, quiz.quiz_id) if row.region_box)
        both = images_of(session, region.quiz_question_id)
    assert len({image.random_key for image in images}) == 8
    assert both["sar"].placed([0, 0, 48, 64]) == (64, 0, 384, 512)
    for role, mode in (("sar", "L"), ("optical", "RGB")):
        copy = Image.open(io.BytesIO(store.read(both[role].sha256)))
        assert (copy.size, copy.mode, copy.info) == ((512, 512), mode, {})


def test_an_image_that_is_gone_takes_the_quiz_back_and_says_which(
    sessions: SessionMaker, store: AssetStore, quiz: QuizRow
) -> None:
    with transaction(sessions) as session:
        first = list_questions(session, quiz.quiz_id)[1]
        gone, name = session.execute(
            text("select processed_sha256, name from scene where scene_id = :id"), {"id": first.scene_id}
        ).one()
        freeze_quiz(session, quiz.name)
    Path(store._place(gone)).unlink()
    run_freezing(sessions, store, quiz.quiz_id)
    with transaction(sessions) as session:
        failed = quizzes.get_quiz(session, quiz.name)
        assert (failed.state, failed.images_done) == ("composing", 2)
        assert (failed.freezing_error or "").startswith(
            f"The SAR image of question 1 (ports, {name}) cannot be copied: This image is not in the asset store."
        )
        swap_question(session, quiz.name, 1, "command")
        again = freeze_quiz(session, quiz.name)
        assert (again.images_done, again.images, again.freezing_error) == (2, 8, None)
    run_freezing(sessions, store, quiz.quiz_id)
    assert state(sessions, quiz) == ("frozen", 8, 8)


def test_a_frozen_quiz_thaws_until_it_is_open(sessions: SessionMaker, store: AssetStore, quiz: QuizRow) -> None:
    with transaction(sessions) as session:
        freeze_quiz(session, quiz.name)
        thaw_quiz(session, quiz.name)
    run_freezing(sessions, store, quiz.quiz_id)
    assert state(sessions, quiz) == ("composing", 0, 8)
    with transaction(sessions) as session:
        freeze_quiz(session, quiz.name)
    run_freezing(sessions, store, quiz.quiz_id)
    with transaction(sessions) as session:
        thaw_quiz(session, quiz.name)
        freeze_quiz(session, quiz.name)
    run_freezing(sessions, store, quiz.quiz_id)
    with transaction(sessions) as session:
        quizzes.open_quiz(session, quiz.name)
        with pytest.raises(QuizStateError, match="is open; this is done while it is being frozen or ready to open"):
            thaw_quiz(session, quiz.name)
