"""What `trihedral draft` takes, refuses and tells."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app.assets import AssetStore
from app.cli.command import command
from app.cli.progress import in_words
from app.cli.sentences import sentence_of
from app.db import SessionMaker
from tests.app.intake.made_scenes import found, make_dataset
from tests.app.intake.test_intake_pages import client, dataset, words  # noqa: F401 - fixtures
from tests.app.intake.test_model_drafting import reply, write_replies

PRICES = {"currency": "USD", "replay": {"input_per_million": 1.0, "output_per_million": 2.0}}
AT = ("--model", "m", "--base-url", "http://127.0.0.1:9/v1")


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "TRIHEDRAL_DATA": str(tmp_path / "data")}


@pytest.fixture
def harbour(sessions: SessionMaker, tmp_path: Path) -> Path:
    """A dataset of 21 scenes, 20 with an optical image; a folder with replies and a price list."""
    make_dataset(sessions, AssetStore(tmp_path / "data" / "assets"), tmp_path, count=21)
    lines = [reply(f"sar/scene {number}.tif") for number in range(20)]
    lines += [
        {**line, "kind": "question", "content": {"questions": [question(f"What shape is basin {number}?")]}}
        for number, line in enumerate(lines)
    ]
    write_replies(tmp_path / "replies", *lines)
    (tmp_path / "prices.json").write_text(json.dumps(PRICES))
    return tmp_path


def question(text: str) -> dict[str, Any]:
    return {"type": "general", "general_type": "shape", "question": text, "answer": "Square"}


def draft(environment: dict[str, str], *more: str) -> Result:
    return CliRunner().invoke(command, ["draft", "harbour", *more], env=environment)


def test_captions_and_questions_are_drafted_with_their_cost(environment: dict[str, str], harbour: Path) -> None:
    more = ("--replay", str(harbour / "replies"), "--prices", str(harbour / "prices.json"))
    told = draft(environment, "--captions", "concise", "--questions", *more)
    assert told.exit_code == 0, told.output
    assert "harbour: 40 drafts, 40 calls" in told.stdout
    assert "USD 0." in told.stdout
    assert "1 of 21 scenes lack the image" in told.stderr
    again = draft(environment, "--captions", "concise", "--questions", *more)
    assert "harbour: nothing to do" in again.stdout
    assert "Nothing to do: no scene lacks a text of this drafter." in again.stderr


def test_an_estimate_is_a_table_or_json_and_asks_nobody(environment: dict[str, str], harbour: Path) -> None:
    more = ("--captions", "concise,complex", "--questions", *AT, "--estimate")
    table = draft(environment, *more)
    assert [line.split()[0] for line in table.stdout.splitlines()] == [
        "calls",
        "Concise",
        "Complex",
        "Questions",
        "All",
    ]
    assert "60" in table.stdout.splitlines()[-1]
    assert "give --prices FILE" in table.stderr
    told = json.loads(draft(environment, *more, "--json").stdout)
    assert (told["calls"], told["cost"], told["basis"]) == (60, None, "rules of thumb")


def test_a_limit_is_told_and_a_higher_one_goes_on(
    environment: dict[str, str], harbour: Path, sessions: SessionMaker
) -> None:
    more = ("--captions", "concise", "--replay", str(harbour / "replies"), "--prices", str(harbour / "prices.json"))
    told = draft(environment, *more, "--max-cost", "0.005")
    assert told.exit_code == 0, told.output
    assert "The limit of USD 0.0050 is reached" in told.stderr
    [before] = found(sessions, "select count(*) from draft")
    assert 0 < before < 20
    assert f"harbour: {20 - before} drafts" in draft(environment, *more, "--max-cost", "1").stdout
    assert found(sessions, "select state from run") == ["done"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ((), "say what to write"),
        (("--captions", "short"), "there is no caption 'short'"),
        (("--captions", ",", *AT), "say which captions"),
        (("--questions",), "give --model and --base-url, or --replay"),
        (("--questions", "--model", "m"), "give --model and --base-url"),
        (("--questions", "--model", "m", "--base-url", "host/v1"), "must look like https://host/v1"),
        (("--questions", *AT, "--max-cost", "1"), "a limit needs prices"),
        (("--questions", *AT, "--prices", "{prices}", "--max-cost", "inf"), "it must be a number"),
        (("--questions", *AT, "--prices", "{prices}", "--max-cost", "1e308"), "it must be a number"),
        (("--questions", *AT, "--image-tokens", "1" + "0" * 30), "--image-tokens"),
        (
            ("--questions", "--base-url", "http://127.0.0.1:9/v1", "--model", "\udcff"),
            "model or prompt cannot be stored",
        ),
        (("--questions", *AT, "--prices", "{prices}"), "no price for the model 'm'; the models in it: replay"),
        (("--questions", *AT, "--prices", "none.json"), "the price list cannot be read"),
        (("--questions", *AT, "--per-scene", "41"), "1 to 40 questions"),
        (("--questions", *AT, "--prompt", "concise_caption.1"), "for a concise_caption, which is not asked for"),
        (("--questions", *AT, "--prompt", "questions.0"), "there is no prompt 'questions.0'"),
        (("--questions", *AT, "--prompt", "questions.1", "--prompt", "questions_sar.1"), "two prompts"),
        (("--questions", *AT, "--prompt-file", "{prompt}"), "lacks the placeholder $number"),
        (("--drafter", "none"), "there is no drafter 'none'; choose from corpus, endpoint, replay"),
        (("--drafter", "corpus", "--captions", "concise"), "the corpus writes questions only"),
        (("--questions", "--replay", "none"), "cannot be read"),
        (("--corpus", "--estimate"), "the corpus asks no model"),
    ],
)
def test_what_cannot_be_done_is_refused_before_any_call(
    environment: dict[str, str], harbour: Path, sessions: SessionMaker, more: tuple[str, ...], told: str
) -> None:
    prompt = harbour / "mine.1.txt"
    prompt.write_text("kind: question\nshows: sar\nfills: number\n---\nAsk.\n---\nAsk some questions.")
    places = {"{prices}": str(harbour / "prices.json"), "{prompt}": str(prompt)}
    result = draft(environment, *(places.get(word, word) for word in more))
    assert result.exit_code != 0
    error = result.exception
    is_usage = isinstance(error, SystemExit) or not isinstance(error, Exception)
    said = " ".join((result.output if is_usage else sentence_of(error) or "").split())
    assert told.lower() in said.lower()
    assert found(sessions, "select count(*) from run") == [0]


def test_where_the_reasons_of_failures_are_is_told(environment: dict[str, str], harbour: Path) -> None:
    write_replies(harbour / "refused", *(reply(f"sar/scene {number}.tif", refusal="No.") for number in range(20)))
    told = draft(environment, "--captions", "concise", "--replay", str(harbour / "refused"))
    assert "harbour: 20 failed" in told.stdout
    [command_line] = [line for line in told.stderr.splitlines() if "--refusals" in line]
    shown = CliRunner().invoke(command, command_line.partition("trihedral ")[2].split(), env=environment)
    assert shown.output.count('no concise caption: refused ("No.")') == 20


def test_a_dataset_without_optical_images_is_told_what_to_give(
    environment: dict[str, str], sessions: SessionMaker, tmp_path: Path
) -> None:
    make_dataset(sessions, AssetStore(tmp_path / "data" / "assets"), tmp_path, count=1)
    result = draft(environment, "--captions", "concise", *AT)
    assert isinstance(result.exception, Exception)
    assert "Give --show sar" in (sentence_of(result.exception) or "")


def test_ctrl_c_stores_what_came_and_the_same_command_goes_on(
    environment: dict[str, str], harbour: Path, sessions: SessionMaker
) -> None:
    slow = [reply(f"sar/scene {number}.tif", delay_s=0.3) for number in range(20)]
    write_replies(harbour / "replies", *slow)
    words = ("draft", "harbour", "--captions", "concise", "--replay", str(harbour / "replies"), "--concurrency", "1")
    program = "from app.cli import main; main()"
    command_line = [sys.executable, "-c", program, *words]
    with subprocess.Popen(
        command_line, env={**os.environ, **environment}, stderr=subprocess.PIPE, text=True
    ) as process:
        until = time.monotonic() + 60
        while found(sessions, "select count(*) from draft") == [0]:
            assert time.monotonic() < until
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on" in told
    assert "Traceback" not in told
    [before] = found(sessions, "select count(*) from draft")
    assert 0 < before < 20
    done = draft(environment, *words[2:-2])
    assert f"{20 - before} drafts" in done.stdout, done.output


def test_the_runs_page_shows_calls_tokens_and_cost(
    environment: dict[str, str],
    harbour: Path,
    sessions: SessionMaker,
    client: TestClient,  # noqa: F811
) -> None:
    more = ("--replay", str(harbour / "replies"), "--prices", str(harbour / "prices.json"))
    draft(environment, "--captions", "concise", *more)
    [run_id, micro] = found(sessions, "select run_id, (counts ->> 'cost_micro_usd')::int from run")[0]
    page = words(client.get(f"/runs/{run_id}").text)
    assert "drafts 20" in page
    assert "calls 20" in page
    assert f"cost {in_words({'cost_micro_usd': micro})}" in page
