"""Factories: a quiz that is open, and a browser without JavaScript that takes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import text

from app.assets.store import AssetStore
from app.db import SessionMaker, transaction
from app.quiz.queries.quizzes import QuizOptions, QuizRow
from app.quiz.queries.rules import QuizRules
from app.quiz.workflow import quizzes
from app.quiz.workflow.freezing import freeze_quiz, run_freezing
from app.quiz.workflow.inviting import invite
from app.release.workflow import create_release
from pipeline.imaging.tiff import write_cog
from tests.app.quiz.composed import make_quiz, scene
from tests.app.release.reviewed import View, make_dataset, store_bytes


def open_quiz(
    sessions: SessionMaker, store: AssetStore, folder: Path, *, scenes: int = 8, questions: int = 4, practice: int = 1,
    views: Sequence[View] = (), **options: Any,
) -> QuizRow:  # fmt: skip
    """A quiz named ``pilot`` of scenes with both images, each with an image of its own."""
    with transaction(sessions) as session:
        made = views or [scene(number, image=cog(folder, number)) for number in range(scenes)]
        make_dataset(session, store, made)
        known = """{"place": "Hamburg, the port", "sensor": "Capella-9", "look_azimuth_deg": 271.5}"""
        session.execute(text("update scene set metadata = metadata || cast(:known as jsonb)"), {"known": known})
        optical = store_bytes(session, store, cog(folder, 99, 3))
        session.execute(text("update scene set optical_sha256 = :sha, pair_state = 'registered'"), {"sha": optical})
        release = create_release(session, "bench", ["ports"]).label
        rules = QuizRules(questions=questions, practice=practice)
        quiz = make_quiz(session, release, rules=rules, options=QuizOptions(**options))
        freeze_quiz(session, quiz.name)
    run_freezing(sessions, store, quiz.quiz_id)
    with transaction(sessions) as session:
        return quizzes.open_quiz(session, quiz.name)


def invitation(sessions: SessionMaker, quiz: QuizRow, *, group: str = "layperson", **how: Any) -> str:
    """The path of a new link."""
    with transaction(sessions) as session:
        return invite(session, quizzes.get_quiz(session, quiz.name), group, "command", **how)[0].path


def let_pass(sessions: SessionMaker, seconds: int) -> None:
    """Let the open question have been shown so much earlier, as if time had gone by."""
    with transaction(sessions) as session:
        session.execute(text("alter table participant_question disable trigger user"))
        session.execute(
            text(
                "update participant_question set shown_at = shown_at - make_interval(secs => :s) where ending is null"
            ),
            {"s": seconds},
        )
        session.execute(text("alter table participant_question enable trigger user"))


def cog(folder: Path, number: int, bands: int = 1) -> bytes:
    rng = np.random.default_rng(number)
    shape = (64, 48) if bands == 1 else (64, 48, bands)
    write_cog(folder / "made.tif", [rng.integers(0, 255, shape, np.uint8)])
    return (folder / "made.tif").read_bytes()


@dataclass
class Sitting:
    """Somebody who takes a quiz without JavaScript; ``seen`` is every page and header that they were sent."""

    client: TestClient
    seen: list[str] = field(default_factory=list)

    def get(self, path: str) -> Response:
        return self._noted(self.client.get(path))

    def post(self, path: str, page: str = "/quiz", **form: Any) -> Response:
        """Send a form with the token of a page of theirs."""
        csrf = re.search(r'name="csrf-token" content="([^"]+)"', self.client.get(page).text)
        return self._noted(self.client.post(path, data={"csrf": csrf[1] if csrf else "", **form}))

    def enter(self, link: str, **form: Any) -> Response:
        """Consent."""
        found = re.search(r'name="form_id" value="([^"]+)"', self.get(link).text)
        values = {"form_id": found[1] if found else "", "agrees": "true", **form}
        return self.post(link, link, **values)

    def position(self) -> int:
        """Of the question that is open."""
        found = re.search(r'action="/quiz/answers/(\d+)"', self.get("/quiz").text)
        return int(found[1]) if found else 0

    def answer(self, words: str = "Yes", position: int | None = None, **form: Any) -> Response:
        return self.post(f"/quiz/answers/{position or self.position()}", answer=words, **form)

    def images(self) -> list[str]:
        """Of the page that they are on."""
        return re.findall(r'src="(/quiz/image/[^"]+)"', self.get("/quiz").text)

    def _noted(self, response: Response) -> Response:
        body = response.text if "image" not in response.headers.get("content-type", "") else ""
        self.seen.append(f"{response.headers} {body}")
        return response
