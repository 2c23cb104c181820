"""Plans: a release is looked at before it is frozen. Small ones are made at once, large ones by a worker."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.db.errors import DomainError, Meaning
from app.release.queries import plans, previewing
from app.release.queries.plans import PlanRow
from app.release.queries.rules import Rules
from app.release.workflow.freezing import freeze_release
from app.release.workflow.previewing import Preview, preview_release
from app.release.workflow.rules import checked
from app.work import Queued, StopAskedError, defer, queued
from app.work.retrying import MAY_PASS

AT_ONCE: Final = 20_000
"""Drafts of which a preview, and the release, are made while the page waits: about four seconds on a busy machine."""
ASSUMED_A_SECOND: Final = 5_000.0
"""Texts, until the first release that a worker froze tells."""

Check = Callable[[], None]


class NoSuchPlanError(DomainError):
    meaning: ClassVar[Meaning] = "not_found"
    code = "no_such_plan"


class PlanStateError(DomainError):
    """What is asked for does not go with how far the plan is."""

    meaning: ClassVar[Meaning] = "conflict"
    code = "plan_state"


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as it stands."""

    row: PlanRow
    rules: Rules
    preview: Preview | None


def make_plan(session: Session, name: str, notes: str, rules: Rules, decided_by: uuid.UUID) -> int:
    """Write down what is to be frozen, and count what it would hold; gives the plan's id.

    Raises
    ------
    ReleaseError, NameTakenError
        If the name, the notes, a dataset or a gate is not acceptable.
    """
    ordered = checked(session, name, notes, rules)
    is_small = _is_small(session, ordered)
    state = "counted" if is_small else "counting"
    plan_id = plans.insert_plan(session, name, notes, ordered.to_json(), str(decided_by), state)
    if is_small:
        plans.store_preview(session, plan_id, preview_release(session, ordered, plan_id).counted)
    else:
        _begin(session, "release.count_plan", get_plan(session, plan_id).row)
    return plan_id


def get_plan(session: Session, plan_id: int) -> Plan:
    """The plan, or :class:`NoSuchPlanError`."""
    row = plans.find_plan(session, plan_id)
    if row is None:
        raise NoSuchPlanError(f"There is no plan {plan_id} of a release.", release_plan_id=plan_id)
    return Plan(row, Rules.of_json(row.rules), Preview.of(row.preview) if row.preview else None)


def freeze_plan(session: Session, plan_id: int) -> PlanRow:
    """Freeze what was planned, as it stands now: at once, or by a worker where it is large. Asked twice, it is once.

    Raises
    ------
    NoSuchPlanError
    PlanStateError
        If it is still being counted.
    EmptyReleaseError, BlockedReleaseError, NameTakenError
        If a small one cannot be frozen; the plan stays as it was. A large one has failed then, and says why.
    """
    state = plans.lock_plan(session, plan_id)
    plan = get_plan(session, plan_id)
    if plan.preview is None:
        raise PlanStateError("This plan is not counted yet. Look at what it holds first.", state=state)
    if state == "frozen":
        return plan.row
    if state != "freezing" and _is_small(session, plan.rules) and not _is_being_frozen(session, plan.row.name):
        _freeze(session, plan)
    else:
        checked(session, plan.row.name, plan.row.notes, plan.rules)
        plans.ask_for(session, plan_id, "freezing")
        _begin(session, "release.freeze_plan", plan.row)
    return get_plan(session, plan_id).row


def recount_plan(session: Session, plan_id: int) -> PlanRow:
    """Count anew what a plan would hold: reviewing goes on meanwhile.

    Raises
    ------
    NoSuchPlanError
    PlanStateError
        If it is being frozen, or is a release already.
    """
    state = plans.lock_plan(session, plan_id)
    plan = get_plan(session, plan_id)
    if state in {"freezing", "frozen"}:
        raise PlanStateError("This plan is being frozen or is a release already. Make a new one.", state=state)
    if _is_small(session, plan.rules):
        plans.store_preview(session, plan_id, preview_release(session, plan.rules, plan_id).counted)
    else:
        plans.ask_for(session, plan_id, "counting")
        _begin(session, "release.count_plan", plan.row)
    return get_plan(session, plan_id).row


def is_lost(session: Session, row: PlanRow) -> bool:
    """Whether a worker should be at it and none ever will, since its job has gone: it has to be begun anew."""
    jobs = queued(session, ["release.count_plan", "release.freeze_plan"], release_plan_id=row.release_plan_id)
    return row.is_open and jobs == Queued()


def count_plan(sessions: SessionMaker, plan_id: int, check: Check = lambda: None) -> None:
    """The work of a large preview."""
    with transaction(sessions) as session:
        if not plans.take_up(session, plan_id, "counting"):
            return
    check()

    def count(session: Session) -> None:
        if plans.lock_plan(session, plan_id) == "counting":
            rules = get_plan(session, plan_id).rules
            plans.store_preview(session, plan_id, preview_release(session, rules, plan_id).counted)

    _carry_out(sessions, plan_id, count)


def run_freezing(sessions: SessionMaker, plan_id: int, check: Check = lambda: None) -> None:
    """The work of freezing a large release. It is all there or not at all: a killed worker leaves nothing behind, and
    the next one does it anew."""
    with transaction(sessions) as session:
        if not plans.take_up(session, plan_id, "freezing"):
            return
    check()

    def freeze(session: Session) -> None:
        # A worker that is only cut off, not dead, may still be at it: then this one waits here, and finds it frozen.
        if plans.lock_plan(session, plan_id) == "freezing":
            _freeze(session, get_plan(session, plan_id))

    _carry_out(sessions, plan_id, freeze)


def list_open_plans(session: Session) -> list[PlanRow]:
    """What workers are to count and freeze."""
    return plans.list_open_plans(session)


def count_drafts(session: Session, rules: Rules) -> int:
    """About how many drafts its datasets have."""
    sizes = previewing.count_drafts(session)
    return sum(sizes.get(name, 0) for name in rules.datasets)


def expected_s(session: Session, texts: int) -> float:
    """How long it takes a worker to freeze so many texts, at the pace of the last release."""
    return texts / (plans.last_pace(session) or ASSUMED_A_SECOND)


def _is_small(session: Session, rules: Rules) -> bool:
    return count_drafts(session, rules) <= AT_ONCE


def _is_being_frozen(session: Session, name: str) -> bool:
    """Whether a worker freezes a number of this name, for which a page would have to wait."""
    return any(row.state == "freezing" and row.name.lower() == name.lower() for row in plans.list_open_plans(session))


def _begin(session: Session, job: str, row: PlanRow) -> None:
    """Where the same job is waiting already, that one."""
    defer(session, job, lock=f"freeze {row.name.lower()}", once=True, release_plan_id=row.release_plan_id)


def _freeze(session: Session, plan: Plan) -> None:
    release = freeze_release(session, plan.row.name, plan.rules, plan.row.notes)
    plans.store_frozen(session, plan.row.release_plan_id, release.release_id)


def _carry_out(sessions: SessionMaker, plan_id: int, do: Callable[[Session], None]) -> None:
    """In one transaction. What may pass by itself is raised, so that it is tried again; all else is written down."""
    try:
        with transaction(sessions) as session:
            do(session)
    except (*MAY_PASS, StopAskedError):
        raise
    except Exception as error:
        told = (
            error.message if isinstance(error, DomainError) else f"{type(error).__name__}. The worker's log has more."
        )
        with transaction(sessions) as session:
            plans.store_failure(session, plan_id, told)
        if not isinstance(error, DomainError):
            raise  # a fault of the program: the worker's log is to have it
