"""``python -m pipeline``: preprocessing, drafting, screening and counting on plain files, without any database.

Each command's code is imported only when it runs. Bad input ends with one sentence on standard error: code 2 where the
command was called wrongly, code 1 where a file could not be used.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pipeline.judging.command import add_judge
from pipeline.scoring.captions_command import add_score_captions
from pipeline.scoring.figures_command import add_agreement, add_similarity

_TELL_S: Final = 10.0
"""Between two lines on how far a run is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        code: int = chosen.run(chosen)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.stderr.close()
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"{where}{error.strerror or error}", file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipeline", description="Trihedral's pipeline on plain files.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_preprocess(commands)
    _add_draft_boxes(commands)
    _add_screen(commands)
    _add_categories(commands)
    add_score_captions(commands)
    add_agreement(commands)
    add_similarity(commands)
    add_judge(commands)
    return parser


def _add_preprocess(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    about = (
        "refined Lee filter, logarithm, stretch: the 8-bit image that a model is fed, as a COG; coordinates are kept"
    )
    command = commands.add_parser("preprocess", help=about, description=about)
    command.add_argument("source", metavar="IN", type=Path, help="GeoTIFF, PNG, JPEG or BMP, or a folder of them")
    out = "file to write; a folder where IN is one, in which results of the same input and options are kept"
    command.add_argument("target", metavar="OUT", type=Path, help=out)
    command.add_argument("--band", metavar="N", help="number from 1, or description such as VV")
    command.add_argument("--looks", metavar="L", type=_positive, help="equivalent number of looks (else estimated)")
    stated = command.add_mutually_exclusive_group()
    meanings = {"intensity": "intensity", "amplitude": "amplitude", "db": "dB", "dn": "digital numbers, not filtered"}
    for quantity, meaning in meanings.items():
        help_ = f"the values are {meaning} (else told by type and range)"
        stated.add_argument(f"--{quantity}", dest="quantity", action="store_const", const=quantity, help=help_)
    share = "a pixel's own share in the filter: of Lee (1981), or of Lee (1980), which keeps point targets brighter"
    command.add_argument("--weight", choices=("lee1981", "lee1980"), default="lee1981", help=share)
    flat = "use the whole window where its variance is under T times that of speckle (1.2 to 1.5 smooths flat ground)"
    command.add_argument("--flat-test", metavar="T", type=_positive, help=flat)
    despeckled = "also write the filtered values: float32, linear, NaN kept; a folder where IN is one"
    command.add_argument("--despeckled", metavar="FILE.tif", type=Path, help=despeckled)
    command.add_argument("--workers", metavar="N", type=_count, default=1, help="files, or strips of one, at a time")
    command.set_defaults(run=_preprocess)


def _add_draft_boxes(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    about = "questions and answers from the boxes of a COCO file; all its categories count as labelled"
    command = commands.add_parser("draft-boxes", help=about, description=about)
    command.add_argument("source", metavar="COCO.json", type=Path)
    command.add_argument("target", metavar="OUT.jsonl", type=Path)
    command.add_argument("--seed", metavar="N", type=int, default=0, help="of choice and wording (default 0)")
    which = command.add_mutually_exclusive_group()
    named = "paper: as many of each type, for the images and boxes, as SARLANG-1M has (default); complete: all"
    which.add_argument("--policy", choices=("paper", "complete"), default="paper", help=named)
    which.add_argument("--per-scene", metavar="N", type=_count, help="instead, at most so many questions an image")
    command.set_defaults(run=_draft_boxes)


def _add_screen(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    about = "findings for drafts in a JSON lines file"
    command = commands.add_parser("screen", help=about, description=about)
    command.add_argument("source", metavar="IN.jsonl", type=Path)
    command.add_argument("target", metavar="OUT.jsonl", type=Path)
    command.set_defaults(run=_screen)


def _add_categories(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    about = "how many object categories, question types and land covers the drafts of a JSON lines file name"
    command = commands.add_parser("categories", help=about, description=about)
    command.add_argument("source", metavar="IN.jsonl", type=Path, help="what screen reads, or draft-boxes writes")
    command.add_argument("--json", dest="as_json", action="store_true", help="as JSON, for scripts")
    command.set_defaults(run=_categories)


def _preprocess(chosen: argparse.Namespace) -> int:
    from pipeline.imaging.command import Choices, preprocess
    from pipeline.imaging.errors import ImageError
    from pipeline.imaging.prepared import Speckle

    speckle = Speckle(looks=chosen.looks, weight=chosen.weight, flat_test=chosen.flat_test)
    choices = Choices(band=chosen.band, quantity=chosen.quantity, speckle=speckle)
    counts = {"written": 0, "kept": 0, "refused": 0}
    started = told_at = time.monotonic()
    try:
        run = preprocess(chosen.source, chosen.target, choices, despeckled=chosen.despeckled, workers=chosen.workers)
        # Closed at once when the user stops the run, so that no decoder goes on.
        with contextlib.closing(run.outcomes) as outcomes:
            for outcome in outcomes:
                for note in outcome.notes:
                    print(note, file=sys.stderr)
                print(outcome.summary, file=sys.stderr if outcome.state == "refused" else sys.stdout)
                counts[outcome.state] += 1
                if time.monotonic() - told_at >= _TELL_S:
                    told_at = time.monotonic()
                    print(_progress(sum(counts.values()), run.total, told_at - started), file=sys.stderr)
    except ImageError as error:
        print(error, file=sys.stderr)
        return 1
    if run.total > 1:
        kept = f"{counts['kept']} kept, " if counts["kept"] else ""
        print(f"{counts['written']} of {run.total} files written, {kept}{counts['refused']} refused")
    return 1 if counts["refused"] else 0


def _progress(done: int, total: int, elapsed_s: float) -> str:
    rate = done / elapsed_s
    return f"{done} of {total} files, {rate:.2g} a second, about {(total - done) / rate:.0f} s left"


def _draft_boxes(chosen: argparse.Namespace) -> int:
    from pipeline.drafting.coco_boxes import CocoError
    from pipeline.drafting.command import draft_boxes

    if _is_same_file(chosen.source, chosen.target):
        return 2
    try:
        written = draft_boxes(
            chosen.source, chosen.target, seed=chosen.seed, per_scene=chosen.per_scene, policy=chosen.policy
        )
    except CocoError as error:
        print(error, file=sys.stderr)
        return 1
    told = ", ".join(f"{kind} {number:,}" for kind, number in sorted(written.counts.items()))
    print(f"{written.counts.total():,} questions{': ' if told else ''}{told}")
    for kind, wanted in written.short.items():
        print(f"{kind}: the boxes give {written.counts[kind]:,} of {wanted:,} that the policy wants", file=sys.stderr)
    return 0


def _screen(chosen: argparse.Namespace) -> int:
    from pipeline.screening.command import ScreenError, screen_file

    if _is_same_file(chosen.source, chosen.target):
        return 2
    try:
        screen_file(chosen.source, chosen.target)
    except ScreenError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _categories(chosen: argparse.Namespace) -> int:
    import json

    from pipeline.extraction.command import CategoriesError, count_categories
    from pipeline.extraction.counting import told_lines

    try:
        counts = count_categories(chosen.source)
    except CategoriesError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(counts, indent=1, ensure_ascii=False) if chosen.as_json else "\n".join(told_lines(counts)))
    return 0


def _is_same_file(source: Path, target: Path) -> bool:
    """Say whether the result would take its own input's place, and tell so."""
    if not (source.exists() and target.exists() and source.samefile(target)):
        return False
    print(f"{target}: this is the file that is read; name another for the result", file=sys.stderr)
    return True


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number")
    return value


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
