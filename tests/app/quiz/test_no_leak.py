"""What a participant's browser is never sent, whatever it asks for."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import text

from app.assets.store import AssetStore
from app.db import SessionMaker, transaction
from app.settings import Settings
from tests.app.quiz.opened import Sitting, cog, invitation, open_quiz
from tests.app.release.reviewed import Text, View


@pytest.fixture
def store(settings: Settings) -> AssetStore:
    Path(settings.assets_url).mkdir(parents=True)
    return AssetStore(settings.assets_url)


@pytest.fixture
def sitting(application: FastAPI, sessions: SessionMaker, store: AssetStore, tmp_path: Path) -> Iterator[Sitting]:
    """Somebody who was let in to a quiz of six questions, each with a truth that stands nowhere else."""
    views = [
        View(f"secret-scene-{n}.png", [Text(f"What is at mark {n}?", f"truth{n}truth")], image=cog(tmp_path, n))
        for n in range(8)
    ]
    quiz = open_quiz(sessions, store, tmp_path, views=views, questions=6, arms=("sar", "sar_metadata"))
    with TestClient(application, base_url="http://127.0.0.1", follow_redirects=False) as client:
        opened = Sitting(client)
        opened.enter(invitation(sessions, quiz), knows="HRSID")
        yield opened


FORBIDDEN = """
select truth from quiz_question where not is_practice
union all select text_sha256 from quiz_question union all select ground_key from quiz_question
union all select dataset from quiz_question
union all select question_type from quiz_question
union all select name from scene union all select name from release union all select name from quiz
union all select sha256 from quiz_image union all select source_sha256 from quiz_image
union all select sha256 from asset union all select 'Hamburg' union all select 'layperson'
"""


def test_no_page_header_or_file_tells_more_than_the_arm_of_the_open_question(
    sitting: Sitting, sessions: SessionMaker
) -> None:
    with transaction(sessions) as session:
        forbidden = set(session.execute(text(FORBIDDEN)).scalars())
        keys = [str(key) for key in session.execute(text("select random_key from quiz_image")).scalars()]
        truths = {row[0]: row[1] for row in session.execute(text("select question, truth from quiz_question"))}
    sizes, opened = set(), []
    while True:
        sitting.post("/quiz/next")
        page = sitting.get("/quiz").text
        if "You have answered all" in page:
            break
        asked = re.findall(r"What is at mark \d\?", page)
        assert len(set(asked)) == 1
        assert truths[asked[0]] not in page
        shown = [path.rsplit("/", 1)[1] for path in sitting.images()]
        for key in keys:
            image = sitting.get(f"/quiz/image/{key}")
            assert image.status_code == (200 if key in shown else 404)
            if key in shown:
                assert {"etag", "last-modified", "content-disposition"}.isdisjoint(image.headers)
                assert image.headers["cache-control"] == "no-store"
                picture = Image.open(io.BytesIO(image.content))
                sizes.add((picture.size, picture.mode, len(image.content), str(picture.info)))
        opened += shown
        sitting.answer("perhaps")
    assert len(opened) == len(set(opened)) == 7
    assert len(sizes) == 1, "no size tells one from another"
    everything = "\n".join(sitting.seen)
    told = {word for word in forbidden if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", everything)}
    assert told == set()
    pages_with_facts = [page for page in sitting.seen if "Capella-9" in page]
    assert pages_with_facts
    assert all("271.5° from north" in page for page in pages_with_facts)


def test_nothing_else_here_answers_who_takes_a_quiz(sitting: Sitting, sessions: SessionMaker) -> None:
    sitting.post("/quiz/next")
    with transaction(sessions) as session:
        sha256 = session.execute(text("select sha256 from quiz_image limit 1")).scalar_one()
    for path in ("/quizzes", "/quizzes/pilot", "/quizzes/pilot/participants", "/overview", "/releases", "/docs"):
        assert sitting.get(path).headers["location"].startswith("/login")
    for path in ("/api/v1/releases", "/api/v1/datasets", "/openapi.json", "/metrics"):
        assert sitting.get(path).status_code in {303, 401, 404}, path
    assert sitting.get(f"/assets/{sha256}").status_code == 403
    for path in ("/quiz/image/1", "/quiz/answers/1", "/quiz/image/../../etc", "/quiz/answers/99999999999"):
        assert sitting.get(path).status_code in {404, 405, 422}, path
    assert sitting.post("/quiz/answers/99999999999", answer="x").status_code == 422
    assert sitting.answer("a\0b").status_code == 422
    assert sitting.answer("x" * 1_000_000).status_code in {413, 422}
    assert sitting.answer("\U0001f6a2 \u202eship", view="[" * 100_000).status_code == 303
    assert "mark" in sitting.get("/quiz").text
