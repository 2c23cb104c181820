"""`trihedral dataset policy`: how much of a dataset is reviewed, what that costs, and what a sample vouches for."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.import_options import Json

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.db import SessionMaker
    from app.intake.queries.datasets import DatasetFacts
    from app.intake.queries.policies import Policy
    from app.review.workflow.policy_rows import SampleRow, Strata, StratumRow
    from app.review.workflow.previewing import Outlook, Preview


def policy(
    name: str,
    split: Annotated[str | None, typer.Option(help="Only texts of this split.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only concise_caption, complex_caption or question.")] = None,
    drafter: Annotated[str | None, typer.Option(help="Only texts of this drafter: its number or name.")] = None,
    reviews: Annotated[int | None, typer.Option(help="Reviews that each text gets, or each sampled one.")] = None,
    sample: Annotated[
        float | None, typer.Option(metavar="PERCENT", help="Read only a sample: 10 reads one text in ten.")
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Take back the policy of these texts.")] = False,
    pool: Annotated[
        str | None, typer.Option(help="Who may review them; main, if it is not given, is everybody.")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Tell what it would cost; change nothing.")] = False,
    take_over: Annotated[
        bool, typer.Option("--take-over", help="Take over the rest of these texts on their sample, once it is read.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List how much is reviewed; or set it for all texts, or those of a split, kind or drafter."""
    from app.cli.opening import opened
    from app.settings import Settings

    is_set = reviews is not None or sample is not None or none
    is_twice = none and (reviews is not None or sample is not None)
    if is_twice or (take_over and (is_set or preview)):
        raise typer.BadParameter("give only one of: --reviews and --sample, --none, --take-over")
    if not (is_set or take_over) and (preview or any((split, kind, drafter, pool))):
        raise typer.BadParameter("say what of these texts: --reviews, --sample, --none or --take-over")
    with opened(Settings.from_environment()) as sessions:
        if not is_set and not take_over:
            _list(sessions, name, as_json)
            return
        mode = "none" if none else "reviews" if sample is None else "sample"
        share = None if sample is None else sample / 100
        asked = _asked(sessions, (split, kind, drafter), mode, 1 if reviews is None else reviews, share, pool or "main")
        if take_over:
            _take_over(sessions, name, asked, as_json)
        elif preview:
            _preview(sessions, name, asked, as_json)
        else:
            _set(sessions, name, asked, as_json)


def _asked(
    sessions: SessionMaker, fields: tuple[str | None, ...], mode: str, reviews: int, share: float | None, pool: str
) -> Policy:
    from app.intake.queries.policies import Policy, Stratum
    from app.intake.workflow.policies import checked_policy, find_drafter

    split, kind, drafter = fields
    with sessions() as session:
        drafter_id = None if drafter is None else find_drafter(session, drafter)
        return checked_policy(session, Policy(Stratum(split, kind, drafter_id), mode, reviews, share, pool))


def _strata(session: Session, name: str) -> tuple[DatasetFacts, Strata]:
    """Counted now, however long that takes: a command may."""
    from app.intake.workflow.running import require_dataset
    from app.review.workflow.policy_rows import strata_of
    from app.review.workflow.strata import count_strata

    dataset = require_dataset(session, name)
    return dataset, strata_of(session, dataset, count_strata(session, dataset.dataset_id))


def _list(sessions: SessionMaker, name: str, as_json: bool) -> None:
    with sessions() as session:
        _, strata = _strata(session, name)
    if as_json:
        rows = [_row_json(row) for row in strata.rows]
        samples = [_sample_json(sample) for sample in strata.samples]
        typer.echo(json.dumps({"dataset": name, "strata": rows, "samples": samples}, indent=1))
        return
    for row in strata.rows:
        typer.echo(_row_text(row))
    for sample in strata.samples:
        typer.echo(_sample_text(sample))


def _row_text(row: StratumRow) -> str:
    left = row.projection
    pool = f", pool {row.decision.policy.pool}" if row.decision and row.decision.policy.pool != "main" else ""
    if left is None:
        return f"{row.title}: {row.words}{pool}"
    unread = f", {left.left_out + left.taken_over:,} left unread" if left.left_out + left.taken_over else ""
    told = f"{left.texts:,} texts, {left.reviewed:,} reviewed, {left.to_read:,} to read{unread}"
    return f"{row.title}: {row.words}{pool}: {told}; {row.hours} left"


def _row_json(row: StratumRow) -> dict[str, Any]:
    policy = dataclasses.asdict(row.decision.policy) if row.decision else None
    return {
        "title": row.title,
        "policy": policy,
        "left": dataclasses.asdict(row.projection) if row.projection else None,
    }


def _sample_text(sample: SampleRow) -> str:
    count = sample.count
    told = f"sample of {sample.title}: {count.read:,} of {count.drawn:,} read, {count.wrong:,} wrong"
    if sample.interval is not None and sample.error_rate is not None:
        low, high = sample.interval
        told += f" ({sample.error_rate:.1%}, {low:.1%} to {high:.1%})"
    rest = sample.why_not or f"{count.to_take:,} can be taken over with --take-over."
    return f"{told}; {count.taken_over:,} taken over. {rest}"


def _sample_json(sample: SampleRow) -> dict[str, Any]:
    return {
        "title": sample.title,
        **dataclasses.asdict(sample.count),
        "error_rate": sample.error_rate,
        "interval": sample.interval and list(sample.interval),
        "why_not": sample.why_not,
    }


def _preview(sessions: SessionMaker, name: str, asked: Policy, as_json: bool) -> None:
    from app.intake.workflow.running import require_dataset
    from app.review.workflow.policy_rows import strata_of
    from app.review.workflow.previewing import preview_policy
    from app.review.workflow.strata import count_strata

    with sessions() as session:
        dataset = require_dataset(session, name)
        counted = count_strata(session, dataset.dataset_id)
        seen = preview_policy(dataset, strata_of(session, dataset, counted).held, asked, counted)
    if as_json:
        told = {"now": dataclasses.asdict(seen.now), "then": dataclasses.asdict(seen.then)}
        typer.echo(json.dumps({**told, "speed": dataclasses.asdict(seen.speed)}, indent=1, default=str))
        return
    _print_preview(seen)


def _print_preview(seen: Preview) -> None:
    typer.echo(f"now:  {_outlook_text(seen.now)}")
    typer.echo(f"then: {_outlook_text(seen.then)}")
    how = f"the median of {seen.speed.verdicts:,} verdicts" if seen.speed.is_measured else "assumed"
    typer.echo(f"at {seen.speed.seconds_a_text:.1f} s a text ({how}), of all reviewers together")
    if seen.then.stratum.begun:
        typer.echo(f"{seen.then.stratum.begun:,} packets were handed out before and stay as they are")
    if seen.mixed:
        typer.echo(f"{seen.mixed:,} sealed packets hold texts for another pool too and stay in the pool they are in")


def _outlook_text(outlook: Outlook) -> str:
    from app.review.workflow.projecting import hours_in_words

    left = outlook.stratum
    day = f", finished on {outlook.finished_on}" if outlook.finished_on else ""
    return (
        f"{left.to_read:,} of {left.texts:,} texts to read, {left.readings:,} reviews of them,"
        f" {hours_in_words(outlook.hours)}; whole dataset {hours_in_words(outlook.dataset_hours)}{day}"
    )


def _set(sessions: SessionMaker, name: str, asked: Policy, as_json: bool) -> None:
    """Decide, and bring what is sealed to it before the command ends."""
    from app.cli.progress import in_words
    from app.db import transaction
    from app.intake.workflow.rule_setting import BY_COMMAND
    from app.review.workflow.policies import apply_policy, set_policy

    with transaction(sessions) as session:
        run_id = set_policy(session, name, asked, BY_COMMAND, in_background=False)
    counts = apply_policy(sessions, run_id) if run_id else {}
    if as_json:
        typer.echo(json.dumps({"dataset": name, "run_id": run_id, **counts}, indent=1))
    elif run_id is None:
        typer.echo(f"{name}: this holds already")
    else:
        typer.echo(f"{name}: set; {in_words(counts) or 'no packet had to be changed'}")


def _take_over(sessions: SessionMaker, name: str, asked: Policy, as_json: bool) -> None:
    from app.db import transaction
    from app.intake.workflow.rule_setting import BY_COMMAND
    from app.review.workflow.sampling import SampleError, begin_take_over, take_over

    with transaction(sessions) as session:
        dataset, strata = _strata(session, name)
        found = [each for each in strata.samples if each.decision.policy.stratum == asked.stratum]
        if not found:
            raise SampleError("These texts have no sampled policy of their own: `trihedral dataset policy` lists all.")
        policy_id = found[0].decision.review_policy_id
        run_id = begin_take_over(session, dataset.name, policy_id, BY_COMMAND, in_background=False)
    counts = take_over(sessions, run_id)
    if as_json:
        typer.echo(json.dumps({"dataset": name, "run_id": run_id, **counts}, indent=1))
    else:
        typer.echo(f"{name}: {counts['taken_over']:,} texts taken over as sample-verified")
