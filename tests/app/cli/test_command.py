from __future__ import annotations

import errno
import json
from pathlib import Path

import psycopg
import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.cli.command import command
from app.cli.sentences import sentence_of
from app.operations.ports import ServeError
from app.settings import SettingsError
from tests.conftest import REPOSITORY


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "TRIHEDRAL_DATA": str(tmp_path)}


def run(environment: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(command, list(words), env=environment)


def test_a_person_who_was_added_gets_a_password_and_a_token(environment: dict[str, str]) -> None:
    added = run(environment, "user", "add", "ann@example.org", "--role", "reviewer", "--role", "admin", "--json")
    assert json.loads(added.stdout)["roles"] == ["reviewer", "admin"]
    assert len(json.loads(added.stdout)["password"]) > 12
    assert run(environment, "user", "token", "ann@example.org").stdout.startswith("tri_")


def test_an_unknown_role_is_refused_with_the_roles_there_are(environment: dict[str, str]) -> None:
    refused = run(environment, "user", "add", "ann@example.org", "--role", "owner")
    sentence = sentence_of(refused.exception)  # type: ignore[arg-type]
    assert refused.exit_code
    assert sentence == "There is no role “owner”; choose from reviewer, adjudicator, admin."


def test_what_is_not_there_is_said_in_one_sentence(environment: dict[str, str]) -> None:
    for words in (["screen", "none"], ["dataset", "show", "none"], ["release", "export", "none", "--out", "x"]):
        refused = run(environment, *words)
        assert refused.exit_code == 1
        assert "none" in str(sentence_of(refused.exception))  # type: ignore[arg-type]
    assert "no dataset yet" in run(environment, "dataset", "list").stdout


def test_a_folder_that_is_no_release_is_not_intact(tmp_path: Path, environment: dict[str, str]) -> None:
    refused = run(environment, "release", "verify", str(tmp_path), "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["is_intact"] is False


def test_a_release_that_is_not_there_is_one_sentence(tmp_path: Path, environment: dict[str, str]) -> None:
    refused = run(environment, "release", "verify", str(tmp_path / "none"))
    assert refused.exit_code == 1
    sentence = str(sentence_of(refused.exception))  # type: ignore[arg-type]
    assert sentence.startswith(f"There is no such folder ({tmp_path / 'none'})")


def test_draft_needs_to_be_told_what_to_write(environment: dict[str, str]) -> None:
    assert "--corpus" in run(environment, "draft", "ships").output
    assert "--base-url" in run(environment, "draft", "ships", "--captions", "concise").output


@pytest.mark.parametrize(
    ("url", "key", "says"),
    [
        ("ftp://host/v1", "k", "must look like https://host/v1"),
        ("http://[::1/v1", "k", "must look like https://host/v1"),
        ("http://127.0.0.1:9/v1", "sk-hidd\u00e9n", "OPENAI_API_KEY"),
    ],
)
def test_an_endpoint_or_key_that_cannot_be_used_is_told_without_the_key(
    environment: dict[str, str], url: str, key: str, says: str
) -> None:
    asked = ("draft", "ships", "--captions", "concise", "--model", "m", "--base-url", url)
    told = run(environment | {"OPENAI_API_KEY": key}, *asked).output
    assert says in " ".join(told.split())
    assert "Traceback" not in told
    assert "hidd" not in told


def test_the_doctor_examines_every_part_and_names_a_missing_worker(environment: dict[str, str]) -> None:
    examined = json.loads(run(environment, "doctor", "--worker", "--json").stdout)
    found = {each["subject"]: each for each in examined}
    assert found["database"]["is_well"]
    assert found["database"]["sentence"].startswith("PostgreSQL 18.")
    assert not found["worker"]["is_well"]
    assert "trihedral worker" in found["worker"]["sentence"]


def test_a_database_that_does_not_answer_is_one_sentence_of_the_doctor(tmp_path: Path) -> None:
    nobody_there = {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x", "TRIHEDRAL_DATA": str(tmp_path)}
    examined = json.loads(run(nobody_there, "doctor", "--json").stdout)
    sentence = next(each["sentence"] for each in examined if each["subject"] == "database")
    assert sentence.startswith("The database cannot be reached (connection failed")
    assert "sqlalche" not in sentence


def test_a_database_of_a_newer_version_is_a_fault_to_the_doctor(environment: dict[str, str]) -> None:
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    examined = json.loads(run(environment, "doctor", "--json").stdout)
    found = next(each for each in examined if each["subject"] == "database")
    assert not found["is_well"]
    assert found["sentence"].startswith("The database is at version 9999, which is newer")


def test_as_many_reviews_are_taken_as_the_database_allows(environment: dict[str, str]) -> None:
    refused = run(environment, "dataset", "import", "paired", "none", "--name", "n", "--reviews", "10")
    assert refused.exit_code == 2
    assert "less than or equal to 9" in refused.output


def test_a_fault_of_the_program_itself_is_no_sentence() -> None:
    assert sentence_of(KeyError("x")) is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/data/x"), "The disk is full (/data/x): free some space"),
        (PermissionError(errno.EACCES, "Permission denied", "/etc/x"), "Permission denied (/etc/x)"),
        (psycopg.OperationalError("connection refused"), "The database cannot be reached (connection refused): see"),
        (SettingsError("the port is no number"), "The port is no number."),
        (ServeError("in.tif: is empty"), "in.tif: is empty."),
        (SettingsError("TRIHEDRAL_PORT is 'x'"), "TRIHEDRAL_PORT is 'x'."),
    ],
)
def test_a_failure_that_people_can_mend_is_a_sentence(error: Exception, words: str) -> None:
    assert str(sentence_of(error)).startswith(words)


def test_the_command_imports_without_the_heavy_libraries() -> None:
    import subprocess
    import sys

    heavy = (
        "import sys, app.cli.command; print({'numba', 'rasterio', 'scipy', 'sqlalchemy', 'fastapi'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", heavy], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
