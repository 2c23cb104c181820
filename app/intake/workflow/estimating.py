"""What a drafting would take, before anything is asked: calls, tokens, and cost where there are prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.intake.queries import drafting
from app.intake.workflow.drafting import DraftingOptions, remark_on, require_something_to_show
from app.intake.workflow.running import require_dataset
from app.intake.workflow.wanted import Survey, Wanted
from pipeline.drafting.drafters.endpoint import EndpointDrafter
from pipeline.drafting.drafting import SceneDrafter
from pipeline.drafting.held import HeldDrafter
from pipeline.drafting.replies import Usage
from pipeline.records import Kind

Basis = Literal["earlier runs", "rules of thumb", "no model"]

_NO_ROW: Final = 0
"""An id that no drafter has: of one that has written nothing yet."""


@dataclass(frozen=True, slots=True)
class KindEstimate:
    """Of one kind of text."""

    kind: Kind
    calls: int
    usage: Usage
    cost_micro: int | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is to be expected."""

    dataset: str
    kinds: tuple[KindEstimate, ...]
    basis: Basis
    """Whether tokens are those that earlier runs of the same drafters took a call, or come from rules of thumb."""
    currency: str | None
    remark: str
    """Why there is nothing to do, or which scenes are passed over."""

    @property
    def calls(self) -> int:
        return sum(each.calls for each in self.kinds)

    @property
    def usage(self) -> Usage:
        return sum((each.usage for each in self.kinds), Usage())

    @property
    def cost_micro(self) -> int | None:
        return None if self.currency is None else sum(each.cost_micro or 0 for each in self.kinds)


def estimate(sessions: SessionMaker, options: DraftingOptions) -> Estimate:
    """Count what is missing and what it would take. Asks nobody and writes nothing.

    Raises
    ------
    DatasetMissingError, NothingToShowError
        As the drafting itself would.
    """
    drafter, price = options.drafter, options.purse.price
    identities = {kind: drafter.identity(kind).identity for kind in drafter.kinds}
    with transaction(sessions) as session:
        dataset = require_dataset(session, options.dataset)
        ids = {kind: drafting.drafter_id_of(session, identities[kind]) or _NO_ROW for kind in identities}
        survey = Wanted(dataset.dataset_id, drafter, ids).survey(session)
        earlier = _earlier(session, identities)
    require_something_to_show(survey, options)
    usages = {kind: _usage(options, survey, kind, earlier) for kind in drafter.kinds}
    basis: Basis = "earlier runs" if earlier else "rules of thumb"
    kinds = (
        KindEstimate(kind, _calls(options, survey, kind), usage, None if price is None else price.micro(usage))
        for kind, usage in usages.items()
    )
    return Estimate(
        dataset=options.dataset,
        kinds=tuple(kinds),
        basis=basis if isinstance(_own(options), EndpointDrafter) else "no model",
        currency=None if price is None else price.currency,
        remark=remark_on(survey, options),
    )


def _earlier(session: Session, identities: dict[Kind, str]) -> tuple[float, float] | None:
    """(prompt tokens, completion tokens) a call, if these drafters were asked before and the endpoint counted."""
    calls, prompt, completion = drafting.earlier_usage(session, identities)
    return (prompt / calls, completion / calls) if calls and prompt else None


def _own(options: DraftingOptions) -> SceneDrafter:
    """The drafter itself, where it is one of a file, which may ask a model as ours do."""
    return options.drafter.own if isinstance(options.drafter, HeldDrafter) else options.drafter


def _calls(options: DraftingOptions, survey: Survey, kind: Kind) -> int:
    return survey.missing[kind] if isinstance(_own(options), EndpointDrafter) else 0


def _usage(options: DraftingOptions, survey: Survey, kind: Kind, earlier: tuple[float, float] | None) -> Usage:
    drafter, calls = _own(options), survey.missing[kind]
    if not isinstance(drafter, EndpointDrafter):
        return Usage()
    if earlier is not None:
        return Usage(round(calls * earlier[0]), round(calls * earlier[1]))
    pictures = len(drafter.needs(kind))
    prompt = sum(
        number * drafter.prompt_tokens(kind, [(rows, cols)] * pictures)
        for (of_kind, rows, cols), number in survey.sizes.items()
        if of_kind == kind
    )
    return Usage(prompt, calls * drafter.likely_tokens(kind))
