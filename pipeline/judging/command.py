"""``python -m pipeline judge``: what can be asked of it, and what it prints."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pipeline.drafting.endpoints import Endpoint

KEY_VARIABLE: Final = "OPENAI_API_KEY"
"""The key never appears on a command line, where other users of the machine could read it."""
_JUDGES: Final = ("exact", "synonyms", "sarlang-substring", "llm")
_TELL_EVERY: Final = 500


def add_judge(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to those of ``python -m pipeline``; its code is imported when it runs."""
    about = "which predicted answers are right, by a named judge; null where it cannot decide"
    command = commands.add_parser("judge", help=about, description=about)
    lines = '{"id", "question", "question_type", "answer", "prediction"} a line'
    command.add_argument("source", metavar="IN.jsonl", type=Path, help=lines)
    command.add_argument("target", metavar="OUT.jsonl", type=Path, help="the same lines with is_right and the judge")
    judges = (
        "exact: the same words; synonyms: the same meaning by a list; sarlang-substring: the published script's, at"
    )
    judges += f" fault; llm: a model is asked (key in {KEY_VARIABLE}, its replies are kept in OUT.jsonl.replies)"
    command.add_argument("--judge", choices=_JUDGES, default="exact", help=judges)
    model = command.add_argument_group("for --judge llm")
    model.add_argument("--model", help="its name at the endpoint")
    model.add_argument("--base-url", metavar="URL", help="of an OpenAI-compatible endpoint, up to and with /v1")
    model.add_argument("--replay", metavar="DIR", type=Path, help="prepared replies instead of an endpoint")
    model.add_argument("--own-temperature", action="store_true", help="for models that do not take temperature 0")
    model.add_argument("--concurrency", metavar="N", type=_count, default=8, help="questions at a time (default 8)")
    command.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> int:
    from pipeline.drafting.replay import ReplayError
    from pipeline.scoring.answer_files import AnswerFileError

    if chosen.target.exists() and chosen.source.exists() and chosen.source.samefile(chosen.target):
        print(f"{chosen.target}: this is the file that is read; name another for the result", file=sys.stderr)
        return 2
    try:
        return _by_model(chosen) if chosen.judge == "llm" else _by_rule(chosen)
    except (AnswerFileError, ReplayError) as error:
        print(error, file=sys.stderr)
        return 1


def _by_rule(chosen: argparse.Namespace) -> int:
    from pipeline.scoring.answer_files import judge_file
    from pipeline.scoring.judges import JUDGES

    judge = JUDGES[chosen.judge]
    named = {"judge": judge.name, "judge_version": judge.version}
    print(_told(judge_file(chosen.source, chosen.target, judge.decide, named)))
    return 0


def _by_model(chosen: argparse.Namespace) -> int:
    from pipeline.drafting.endpoints import Endpoint
    from pipeline.drafting.replay import ReplayServer

    with ExitStack() as opened:
        base_url, model, key = chosen.base_url, chosen.model, os.environ.get(KEY_VARIABLE)
        if chosen.replay is not None:
            base_url, model, key = opened.enter_context(ReplayServer(chosen.replay)).base_url, model or "replay", None
        if not base_url or not model:
            print("--judge llm needs --model and --base-url, or --replay", file=sys.stderr)
            return 2
        temperature = None if chosen.own_temperature else 0.0
        endpoint = Endpoint(base_url, model, key, temperature, is_replay=chosen.replay is not None)
        return _asked(chosen, endpoint)


def _asked(chosen: argparse.Namespace, endpoint: Endpoint) -> int:
    from pipeline.judging.asking import JudgeFailedError
    from pipeline.judging.run import judge_with_model

    def tell(done: int, wanted: int) -> None:
        if done % _TELL_EVERY == 0:
            print(f"{done} of {wanted} replies", file=sys.stderr)

    try:
        counts = judge_with_model(chosen.source, chosen.target, endpoint, chosen.concurrency, tell)
    except JudgeFailedError as error:
        print(f"{error.failure.detail}. The replies so far are kept; run the same command to go on.", file=sys.stderr)
        return 1
    print(_told(counts))
    return 0


def _told(counts: Mapping[str, Any]) -> str:
    judged = sum(counts.values())
    share = f" ({counts['right'] / judged:.4f})" if judged else ""
    return f"{counts['right']:,} of {judged:,} right{share}, {counts['undecided']:,} undecided"


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 256")
    return int(text)
