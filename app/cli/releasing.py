"""What `trihedral release create`, `list`, `show` and `diff` do, and what they print."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import typer
from sqlalchemy.orm import Session

from app.cli.opening import opened
from app.db import transaction
from app.release import workflow
from app.release.queries.releases import ReleaseRow
from app.release.queries.rules import Rules
from app.release.schemas import ReleaseView
from app.release.workflow import REASONS, STANDINGS, Preview, differences
from app.release.workflow.rules import checked
from app.release.workflow.sources import citation_of, sources_of
from app.settings import Settings


@contextmanager
def _session() -> Iterator[Session]:
    with opened(Settings.from_environment()) as sessions, transaction(sessions) as session:
        yield session


def create(name: str, rules: Rules, notes: str, as_json: bool) -> None:
    """Freeze, and tell what came of it."""
    with _session() as session:
        made = workflow.freeze_release(session, name, rules, notes)
    if as_json:
        shown: dict[str, Any] = {"release": made.label, "texts": made.text_count, "content_sha256": made.content_sha256}
        shown |= {key: made.counts.get(key) for key in ("verification", "left_out", "leakage", "difference")}
        typer.echo(json.dumps(shown, indent=1))
        return
    typer.echo(f"{made.label}: {made.text_count} texts ({_verified(made.counts)}), content {made.content_sha256}")
    _print_difference(made)
    _print_leakage(made.counts["leakage"]["places"])


def preview(name: str, rules: Rules, notes: str, as_json: bool) -> None:
    """What would be in, what out and why; nothing is written."""
    with _session() as session:
        ordered = checked(session, name, notes, rules)
        seen = workflow.preview_release(session, ordered)
    if as_json:
        counted = {"texts": seen.texts, "images": seen.images, "left_out": dict(seen.left_out)}
        typer.echo(json.dumps({**counted, **seen.counted, "blocks": seen.blocks(ordered) or None}, indent=1))
        return
    _print_preview(seen)
    if why := seen.blocks(ordered):
        typer.echo(f"Nothing can be frozen so: {why}")


def show_all(name: str, limit: int, as_json: bool) -> None:
    """A line a release, newest first."""
    with _session() as session:
        found = workflow.list_releases(session, None, limit, name)
    if as_json:
        views = [ReleaseView.of(row).model_dump(mode="json") for row in found]
        typer.echo(json.dumps(views, indent=1, ensure_ascii=False))
        return
    for row in found:
        datasets = ", ".join(row.rules["datasets"])
        typer.echo(f"{row.label}: {row.text_count:,} texts of {datasets}, frozen {row.created_at:%Y-%m-%d %H:%M}")
    if not found:
        typer.echo("There is no release yet: freeze one with `trihedral release create`.")


def show_one(label: str, as_json: bool) -> None:
    """All that is said of a release as a whole."""
    with _session() as session:
        row = workflow.get_release(session, label)
    if as_json:
        typer.echo(json.dumps(ReleaseView.of(row).model_dump(mode="json"), indent=1, ensure_ascii=False))
        return
    typer.echo(citation_of(row))
    typer.echo(f"verified: {_verified(row.counts) or 'not told apart'}")
    for gate in row.rules.get("gates", ()):
        typer.echo(f"gate: {gate}")
    for source in sources_of(row):
        licences = ", ".join(
            f"{licence or 'unknown'} ({images:,} images)" for licence, images in source.licences.items()
        )
        typer.echo(f"dataset {source.dataset}: licence {licences or 'not told'}")
    for sample in row.counts.get("samples", ()):
        rate, low, high = (f"{sample[key]:.1%}" for key in ("error_rate", "low", "high"))
        typer.echo(
            f"not read: {_some(sample['texts'], 'text')} of {sample['dataset']},"
            f" error rate of the sample {rate} ({low} to {high})"
        )
    for dataset, reasons in sorted(row.counts["left_out"].items()):
        told = ", ".join(f"{drafts:,} {STANDINGS.get(key, key)}" for key, drafts in sorted(reasons.items()))
        typer.echo(f"left out of {dataset}: {told}")
    _print_difference(row)
    _print_leakage(row.counts.get("leakage", {}).get("places", 0))


def difference(before: str, after: str, change: str, kind: str, as_json: bool) -> None:
    """A line a text that differs, or one JSON document; nothing of it is kept in memory, however long it is."""
    asked = differences.asked_changes(change, kind)
    with _session() as session:
        found = differences.difference_of(session, after, before)
        counts = differences.count_changes(session, found, kind)
        lines = differences.lines_of(session, found, asked)
        if as_json:
            _print_json(found, counts, lines)
            return
        told = f"{counts['added']:,} added, {counts['changed']:,} changed, {counts['removed']:,} removed"
        typer.echo(f"{found.before.label} to {found.after.label}: {told}")
        for line in lines:
            typer.echo(_line(json.loads(line)))


def _print_json(found: differences.Difference, counts: Mapping[str, int], lines: Iterator[bytes]) -> None:
    head = {"before": found.before.label, "after": found.after.label, "counts": dict(counts)}
    sys.stdout.write(json.dumps(head)[:-1] + ', "changes": [')
    for number, line in enumerate(lines):
        sys.stdout.write(("," if number else "") + "\n" + line.decode().rstrip())
    sys.stdout.write("\n]}\n")


def _line(record: Mapping[str, Any]) -> str:
    """``changed answer  ports/a.png  "How many ships?" 3 -> "How many ships?" 2``, on one line whatever is in it."""
    sides = [
        " ".join(json.dumps(record[key], ensure_ascii=False) for key in keys if record[key])
        for keys in (("text_before", "answer_before"), ("text_after", "answer_after"))
    ]
    what = record["what"] or record["reason"] or ""
    where = f"{record['dataset']}/{json.dumps(record['scene'], ensure_ascii=False)[1:-1]}"
    return "  ".join(part for part in (f"{record['change']} {what}".strip(), where, " -> ".join(filter(None, sides))))


def _print_preview(seen: Preview) -> None:
    images = _some(seen.images, "image")
    typer.echo(f"in: {_some(seen.texts, 'text')} about {images}; out: {_some(sum(seen.left_out.values()), 'text')}")
    for row in seen.rows:
        told = [f"{row.verified:,} in"]
        told += [f"{row.left_out[key]:,} {words}" for key, words in STANDINGS.items() if row.left_out.get(key)]
        typer.echo(f"{row.dataset} {row.split}: {', '.join(told)}")
    for licence, texts, shown in seen.licences:
        typer.echo(f"licence {licence or 'unknown'}: {_some(texts, 'text')}, {_some(shown, 'image')}")
    _print_leakage(seen.places)


def _some(number: int, noun: str) -> str:
    """``1 text``, ``2,000 texts``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _print_leakage(places: int) -> None:
    if places:
        typer.echo(f"{places:,} {'place lies' if places == 1 else 'places lie'} on more than one side of the split")


def _print_difference(row: ReleaseRow) -> None:
    counted = row.counts.get("difference")
    if counted is None:
        return
    gone = ", ".join(f"{texts:,} {REASONS.get(reason, reason)}" for reason, texts in sorted(counted["removed"].items()))
    told = f"{counted['added']:,} added, {counted['changed']:,} changed, {sum(counted['removed'].values()):,} removed"
    typer.echo(f"since {counted['before']}: {told}{f' ({gone})' if gone else ''}")


def _verified(counts: Mapping[str, Any]) -> str:
    """``120 reviewed, 880 sample-verified``."""
    parts = counts.get("verification", {}).items()
    return ", ".join(f"{texts} {how.replace('_', '-')}" for how, texts in sorted(parts))
