"""``python -m pipeline score-captions``: what can be asked of it, and what it prints."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def add_score_captions(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to those of ``python -m pipeline``; its code is imported when it runs."""
    about = "BLEU-1 to BLEU-4, ROUGE-L and CIDEr of captions against references, as pycocoevalcap computes them"
    command = commands.add_parser("score-captions", help=about, description=about)
    references = '{"id": ["reference", ...]}, one text or more an id'
    command.add_argument("references", metavar="REFERENCES.json", type=Path, help=references)
    command.add_argument(
        "predictions", metavar="PREDICTIONS.json", type=Path, help='{"id": "prediction"}, the same ids'
    )
    modes = "ptb: words as COCO counts them (default); raw: texts as they are, as the scripts of SARLANG-1M take them"
    command.add_argument("--mode", choices=("ptb", "raw"), default="ptb", help=modes)
    command.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> int:
    from pipeline.scoring.caption_files import score_caption_files
    from pipeline.scoring.captions import CaptionError

    try:
        scores = score_caption_files(chosen.references, chosen.predictions, chosen.mode)
    except CaptionError as error:
        print(error, file=sys.stderr)
        return 1
    for note in scores.notes:
        print(f"warning: {note}", file=sys.stderr)
    print(json.dumps(scores.published(), indent=1))
    return 0
