"""Many clients and SIGKILL, in small; in full it is `python -m benchmarks.submit_load`."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.submit_load import Plan, run

KILLS = ((0.2, "web"), (0.4, "worker"), (0.6, "postgres"))


@pytest.mark.load
def test_nothing_is_given_twice_or_lost_while_everything_is_killed(data_folder: Path) -> None:
    result = run(Plan(packets=200, kills=KILLS), data_folder)
    assert result.faults == []
    assert dict(result.killed) == {"web": 1, "worker": 1, "postgres": 1}
    assert len(result.submits) == 200
    assert result.tries_again > 0
