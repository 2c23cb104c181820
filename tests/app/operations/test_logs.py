from __future__ import annotations

import logging
import sys

import psycopg

from app.operations.logs import Lines, Repeats


def record(text: str, *arguments: object, error: Exception | None = None) -> logging.LogRecord:
    cause = None
    if error is not None:
        try:
            raise RuntimeError("the connector") from error
        except RuntimeError:
            cause = sys.exc_info()
    return logging.LogRecord("app", logging.WARNING, "here.py", 1, text, arguments, cause)


def test_a_lost_database_is_one_line_with_its_reason_and_no_traceback() -> None:
    shown = Lines("worker: %(message)s").format(record("listener\n error", error=psycopg.OperationalError("is away")))
    assert shown == "worker: listener error (is away)"


def test_a_fault_of_the_program_keeps_its_traceback() -> None:
    assert "Traceback" in Lines("web: %(message)s").format(record("unexpected", error=KeyError("x")))


def test_the_same_is_not_said_again_for_each_request_but_faults_are() -> None:
    repeats = Repeats()
    assert [repeats.filter(record("no answer: %s", number)) for number in (1, 2)] == [True, False]
    assert repeats.filter(record("something else"))
    assert all(repeats.filter(record("unexpected", error=KeyError("x"))) for _ in range(2))
    assert all(Repeats(quiet_s=0).filter(record("no answer")) for _ in range(2))
