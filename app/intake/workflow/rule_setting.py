"""How an admin sets the rules of a dataset, and has it screened again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import ClassVar, Final

from sqlalchemy.orm import Session

from app import work
from app.db.errors import DomainError
from app.intake.queries import rule_settings, runs
from app.intake.workflow.running import require_dataset
from app.intake.workflow.screening import parameters_of
from pipeline.screening import RuleSet, RuleSettingError, rule_set
from pipeline.screening.rule_set import stored_rule_set

BY_COMMAND: Final = "command"
"""Who decided, where it was said at the command line: whoever may use that."""


class RulesError(DomainError):
    """A rule that does not exist, or a setting that there is not."""

    code: ClassVar[str] = "rule_setting"


def rules_of(session: Session, dataset_id: int) -> RuleSet:
    """The rules by which this dataset, which exists, is screened."""
    return stored_rule_set(rule_settings.settings_of(session, dataset_id))


def set_rules(session: Session, name: str, settings: Mapping[str, str], decided_by: uuid.UUID | str) -> RuleSet:
    """Set the rules of the dataset to this and nothing else; gives what holds now. What holds already is no decision.

    Raises
    ------
    DatasetMissingError
        If there is no such dataset.
    RulesError
        If there is no such rule or setting; names what is near.
    """
    rules = checked_rules(settings)
    dataset_id = require_dataset(session, name).dataset_id
    rule_settings.lock_dataset(session, dataset_id)
    if rule_settings.settings_of(session, dataset_id) != dict(rules.settings):
        rule_settings.add_settings(session, dataset_id, rules.settings, decided_by)
    return rules


def checked_rules(settings: Mapping[str, str]) -> RuleSet:
    """The rules under these settings.

    Raises
    ------
    RulesError
    """
    try:
        return rule_set(settings)
    except RuleSettingError as error:
        raise RulesError(str(error)) from error


def begin_screening(session: Session, name: str) -> int:
    """Have the dataset screened in the background, under the rules that then hold. The run that waits, or a new one.

    Raises
    ------
    DatasetMissingError
        If there is no such dataset.
    """
    dataset_id = require_dataset(session, name).dataset_id
    rule_settings.lock_dataset(session, dataset_id)
    newest = rule_settings.newest_run(session, dataset_id)
    if newest is not None and newest.state == "waiting":
        run_id = newest.run_id
    else:
        run_id = runs.add_run(session, dataset_id, "screen", parameters_of(rules_of(session, dataset_id)))
    work.defer(session, "intake.carry_out_run", lock=f"screen {dataset_id}", once=True, run_id=run_id)
    return run_id
