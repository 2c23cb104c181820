"""The benchmark of the corpus, small: its own checks hold, and they see what is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import psycopg
import pytest

from benchmarks.corpus_at_scale import (
    bare_copies,
    boxes_per_scene,
    draft,
    in_own_process,
    simulate,
    wrong_answers,
    wrong_counts,
)
from pipeline.drafting.policy import PAPER_BOXES, PAPER_SCENES


def test_simulated_scenes_have_as_many_boxes_as_the_papers() -> None:
    numbers = boxes_per_scene(PAPER_SCENES, PAPER_BOXES, np.random.default_rng(0))
    assert (numbers.sum(), numbers.min(), numbers.max()) == (PAPER_BOXES, 1, 98)
    assert (numbers == 1).mean() > 0.5


def test_a_small_run_keeps_the_proportions_and_a_wrong_answer_is_found(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = database_url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        simulate(connection, "scale", 2000, 4218, 0)
        measured = in_own_process(draft, database_url, "scale", 0)
        assert wrong_counts(measured.counts, 2000, 4218) == []
        assert measured.counts["scenes"] == 2000
        assert wrong_answers(connection, "scale", 0) == []
        assert set(bare_copies(connection, tmp_path)) == {"same", "bare"}
        connection.execute("update object_box set category = 'tank', x_min = 0, y_min = 0, width = 3, height = 3")
        assert len(wrong_answers(connection, "scale", 0)) > 500
    assert "identification: " in capsys.readouterr().out
