"""`trihedral screen`: a dataset's drafts under its rules, and the setting of these."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from app.db import SessionMaker
    from app.intake.workflow.options import RunReport
    from pipeline.screening import RuleSet


def screen(
    name: Annotated[str, typer.Argument(help="The dataset.")],
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="RULE=SETTING", help="error, warning, info or off; a family sets all of its rules."
        ),
    ] = None,
    rules: Annotated[
        Path | None, typer.Option(help='Settings from a JSON file, {"rule": "setting"}, instead of those that hold.')
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Every rule as it comes, before --set.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be screened; change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Screen the drafts that were not under these rules, and seal packets of loose ones for review."""
    from app.cli.opening import opened, say
    from app.cli.progress import shown
    from app.intake.workflow.screening import screen_dataset
    from app.settings import Settings

    changes = dict(map(_pair, settings or ()))
    instead = {} if reset and rules is None else None if rules is None else _read(rules)
    with opened(Settings.from_environment()) as sessions:
        chosen = _decide(sessions, name, instead, changes, is_dry=dry_run)
        if dry_run:
            _print_plan(name, chosen, _count_waiting(sessions, name, chosen), as_json)
            return
        with shown(f"Screening {name}") as on_progress:
            report = screen_dataset(sessions, name, on_progress=on_progress)
        held = _count_held(sessions, name)
    _print_report(report, chosen, as_json)
    if held:
        scenes = "1 scene gets" if held == 1 else f"{held:,} scenes get"
        say(f"{scenes} no packets until somebody decides on the pair: on the dataset's page, under Pairs.")


def _pair(given: str) -> tuple[str, str]:
    name, is_pair, setting = (part.strip() for part in given.partition("="))
    if not (name and is_pair and setting):
        raise typer.BadParameter(f"{given!a} is not like colour.tone=off", param_hint="--set")
    return name, setting


def _read(path: Path) -> dict[str, str]:
    try:
        read: Any = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter(f"{path} is not JSON ({error})", param_hint="--rules") from error
    if not isinstance(read, dict) or not all(isinstance(setting, str) for setting in read.values()):
        raise typer.BadParameter(f'{path} must hold an object, such as {{"colour.tone": "off"}}', param_hint="--rules")
    return read


def _decide(
    sessions: SessionMaker, name: str, instead: dict[str, str] | None, changes: dict[str, str], *, is_dry: bool
) -> RuleSet:
    """The rules that hold from now on; stored unless nothing is asked for, or it is only asked what would be."""
    from app.db import transaction
    from app.intake.workflow.rule_setting import BY_COMMAND, checked_rules, rules_of, set_rules
    from app.intake.workflow.running import require_dataset

    with transaction(sessions) as session:
        now = rules_of(session, require_dataset(session, name).dataset_id)
        if instead is None and not changes:
            return now
        base = dict(now.settings) if instead is None else dict(checked_rules(instead).settings)
        asked = _changed(base, changes)
        return checked_rules(asked) if is_dry else set_rules(session, name, asked, BY_COMMAND)


def _changed(base: dict[str, str], changes: dict[str, str]) -> dict[str, str]:
    """A family that is set anew goes before what its rules were set to; a rule that is set with it before that."""
    from pipeline.screening.rule_set import family_of

    kept = {rule: setting for rule, setting in base.items() if family_of(rule) not in changes}
    return {**kept, **changes}


def _count_waiting(sessions: SessionMaker, name: str, rules: RuleSet) -> int:
    from app.db import transaction
    from app.intake.queries.screening import count_unscreened
    from app.intake.workflow.running import require_dataset

    with transaction(sessions) as session:
        return count_unscreened(session, require_dataset(session, name).dataset_id, rules.version)


def _count_held(sessions: SessionMaker, name: str) -> int:
    from app.db import transaction
    from app.intake.queries.pairs import count_pairs
    from app.intake.workflow.running import require_dataset

    with transaction(sessions) as session:
        return sum(state.held for state in count_pairs(session, require_dataset(session, name).dataset_id))


def _print_plan(name: str, rules: RuleSet, waiting: int, as_json: bool) -> None:
    if as_json:
        plan = {"dataset": name, "version": rules.version, "rules": dict(rules.settings), "drafts": waiting}
        typer.echo(json.dumps(plan, indent=1))
        return
    typer.echo(f"{name}: {waiting:,} drafts would be screened under version {rules.version}")
    for line in _set_otherwise(rules):
        typer.echo(line)


def _set_otherwise(rules: RuleSet) -> Sequence[str]:
    return [f"  {rule}: {setting}" for rule, setting in rules.settings.items()]


def _print_report(report: RunReport, rules: RuleSet, as_json: bool) -> None:
    from app.cli.progress import in_words

    if as_json:
        told = {"dataset": report.dataset, "run_id": report.run_id, "counts": dict(report.counts)}
        typer.echo(json.dumps([{**told, "version": rules.version}], indent=1))
        return
    typer.echo(f"{report.dataset}: {in_words(report.counts) or 'nothing to do'}")
