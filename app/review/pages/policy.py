"""How much of a dataset is reviewed: its strata, what a policy would cost before it is set, and what a sample says of
the rest. Works without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.intake.queries.datasets import DatasetFacts
from app.intake.queries.policies import Decision, Policy, Stratum, policy_decisions, pool_names
from app.intake.workflow.hiding import HiddenShareError, share_of_percent
from app.intake.workflow.policies import (
    MOST_REVIEWS,
    PolicyError,
    checked_policy,
    policy_in_words,
    stratum_title,
)
from app.intake.workflow.running import require_dataset
from app.review.queries.change_runs import NewestRun, newest_run
from app.review.queries.sampling import StoredResult, list_results
from app.review.workflow.policies import set_policy
from app.review.workflow.policy_rows import SampleRow, Strata, strata_of
from app.review.workflow.previewing import Preview, preview_policy
from app.review.workflow.projecting import LEAST_VERDICTS, hours_in_words
from app.review.workflow.sampling import begin_take_over, find_sampled
from app.review.workflow.strata import counted_strata
from app.web.database import DbSession
from app.web.errors import STATUSES
from app.web.guard import CurrentViewer
from app.web.rendering import render
from pipeline.vocabulary import KIND_TITLES, SPLITS

router = APIRouter()

DECISIONS_SHOWN: Final = 20

Name = Annotated[str, Path(max_length=200)]
PolicyId = Annotated[int, Path(ge=1, lt=2**63)]
Word = Annotated[str, Form(max_length=63)]


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as it was filled in; empty: any."""

    split: str = ""
    kind: str = ""
    drafter: str = ""
    mode: str = "reviews"
    reviews: str = "1"
    percent: str = "10"
    pool: str = "main"

    def policy(self) -> Policy:
        """What is asked for.

        Raises
        ------
        PolicyError
            If a number is none.
        """
        drafter_id = _number(self.drafter, "the number of a drafter") if self.drafter else None
        stratum = Stratum(self.split or None, self.kind or None, drafter_id)
        if self.mode == "none":
            return Policy(stratum, "none")
        share = None
        if self.mode == "sample":
            try:
                share = share_of_percent(self.percent)
            except HiddenShareError as error:
                raise PolicyError(error.message) from None
        return Policy(stratum, self.mode, _number(self.reviews, "a number of reviews"), share, self.pool or "main")


@dataclass(frozen=True, slots=True)
class PolicyPage:
    template: ClassVar[str] = "review/policy.html"

    name: str
    reviews_wanted: int
    """The dataset's own number, for all that no policy takes."""
    strata: Strata
    is_counted: bool
    run: NewestRun | None
    results: Sequence[tuple[str, StoredResult]]
    decisions: Sequence[tuple[str, str, Decision]]
    """(stratum, what was decided, decision), the newest first."""
    asked: Asked
    message: str
    splits: Sequence[str]
    kinds: Mapping[str, str]
    pools: Mapping[str, str]
    most_reviews: int
    least_verdicts: int


@dataclass(frozen=True, slots=True)
class PolicyConfirmPage:
    template: ClassVar[str] = "review/policy_confirm.html"

    name: str
    title: str
    words: str
    pool: str
    asked: Asked
    preview: Preview | None
    """None while a large dataset is being counted."""
    hours: Mapping[str, str]
    """In words: now, then, dataset_now, dataset_then."""
    least_verdicts: int


@dataclass(frozen=True, slots=True)
class SampleConfirmPage:
    template: ClassVar[str] = "review/sample_confirm.html"

    name: str
    sample: SampleRow | None
    """None while a large dataset is being counted."""
    review_policy_id: int


def asked_of_form(
    split: Word = "", kind: Word = "", drafter: Word = "", mode: Word = "reviews", reviews: Word = "1",
    percent: Word = "10", pool: Word = "main",
) -> Asked:  # fmt: skip
    """The form's fields."""
    return Asked(split.strip(), kind.strip(), drafter.strip(), mode, reviews, percent, pool.strip())


@router.get("/datasets/{name}/policy", name="policy_page")
def policy_page(
    request: Request,
    session: DbSession,
    name: Name,
    split: Annotated[str, Query(max_length=63)] = "",
    kind: Annotated[str, Query(max_length=63)] = "",
    drafter: Annotated[str, Query(max_length=63)] = "",
) -> Response:
    """The strata, and the form: of the stratum in the address where there is one."""
    return render(request, _page(session, require_dataset(session, name), Asked(split, kind, drafter)))


@router.post("/datasets/{name}/policy", name="set_review_policy")
def set_one(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    name: Name,
    asked: Annotated[Asked, Depends(asked_of_form)],
    step: Annotated[str, Form(max_length=20)] = "ask",
) -> Response:
    """First shows what it would cost; then (``step=set``) decides on it."""
    dataset = require_dataset(session, name)
    try:
        policy = checked_policy(session, asked.policy())
        if step == "set":
            set_policy(session, name, policy, viewer.pseudonym)
            return RedirectResponse(f"/datasets/{name}/policy", 303)
    except PolicyError as refused:
        return render(request, _page(session, dataset, asked, refused.message), STATUSES[refused.meaning])
    return render(request, _confirm(session, dataset, policy, asked))


@router.post("/datasets/{name}/policy/samples/{review_policy_id}", name="take_over_sample")
def take_over(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    name: Name,
    review_policy_id: PolicyId,
    step: Annotated[str, Form(max_length=20)] = "ask",
) -> Response:
    """First asks, with what the sample says; then (``step=take``) takes the rest over in the background."""
    dataset = require_dataset(session, name)
    if step == "take":
        run_id = begin_take_over(session, name, review_policy_id, viewer.pseudonym)
        return RedirectResponse(f"/runs/{run_id}", 303)
    find_sampled(session, dataset.dataset_id, review_policy_id)
    samples = strata_of(session, dataset, counted_strata(session, name, dataset.dataset_id)).samples
    found = next((each for each in samples if each.decision.review_policy_id == review_policy_id), None)
    return render(request, SampleConfirmPage(dataset.name, found, review_policy_id))


def _page(session: Session, dataset: DatasetFacts, asked: Asked, message: str = "") -> PolicyPage:
    counted = counted_strata(session, dataset.name, dataset.dataset_id)
    strata = strata_of(session, dataset, counted)
    held = next((form for each in strata.held if _is_same(form := _as_asked(each), asked)), None)
    return PolicyPage(
        name=dataset.name,
        reviews_wanted=dataset.reviews_wanted,
        strata=strata,
        is_counted=counted is not None,
        run=newest_run(session, dataset.dataset_id),
        results=[
            (stratum_title(Stratum(each.split, each.kind, each.drafter_id), strata.names), each)
            for each in list_results(session, dataset.dataset_id)
        ],
        decisions=[
            (stratum_title(each.policy.stratum, strata.names), policy_in_words(each.policy), each)
            for each in policy_decisions(session, dataset.dataset_id, DECISIONS_SHOWN)
        ],
        asked=asked if message or held is None else held,
        message=message,
        splits=SPLITS,
        kinds=KIND_TITLES,
        pools=pool_names(session),
        most_reviews=MOST_REVIEWS,
        least_verdicts=LEAST_VERDICTS,
    )


def _confirm(session: Session, dataset: DatasetFacts, policy: Policy, asked: Asked) -> PolicyConfirmPage:
    counted = counted_strata(session, dataset.name, dataset.dataset_id)
    strata = strata_of(session, dataset, counted)
    seen = preview_policy(dataset, strata.held, policy, counted) if counted else None
    hours = {"now": seen.now.hours, "then": seen.then.hours} if seen else {}
    hours |= {"dataset_now": seen.now.dataset_hours, "dataset_then": seen.then.dataset_hours} if seen else {}
    return PolicyConfirmPage(
        name=dataset.name,
        title=stratum_title(policy.stratum, strata.names),
        words=policy_in_words(policy),
        pool=policy.pool,
        asked=asked,
        preview=seen,
        hours={key: hours_in_words(value) for key, value in hours.items()},
        least_verdicts=LEAST_VERDICTS,
    )


def _as_asked(policy: Policy) -> Asked:
    """A policy in the form, to be changed."""
    stratum = policy.stratum
    return Asked(
        split=stratum.split or "",
        kind=stratum.kind or "",
        drafter=str(stratum.drafter_id or ""),
        mode=policy.mode,
        reviews=str(policy.reviews_wanted),
        percent=f"{100 * policy.sample_share:g}" if policy.sample_share else "10",
        pool=policy.pool,
    )


def _is_same(held: Asked, asked: Asked) -> bool:
    """Whether both are of one stratum."""
    return (held.split, held.kind, held.drafter) == (asked.split, asked.kind, asked.drafter)


def _number(given: str, what: str) -> int:
    if not (given.isascii() and given.strip().isdecimal() and len(given) <= 18):
        raise PolicyError(f"{given[:40]!a} is not {what}.")
    return int(given)
