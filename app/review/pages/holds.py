"""The queue of a dataset: its order, for an admin; who has what in hand and what is blocked, for a lead."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.intake.workflow.running import require_dataset
from app.review.errors import InvalidOrderError
from app.review.queries import holds
from app.review.queries.holds import HoldCount
from app.review.queries.ordering import Ordering, newest_ordering
from app.review.queries.pools import PoolRow, pools_of_dataset
from app.review.workflow.holding import ReviewConfig
from app.review.workflow.ordering import ORDER_TITLES, order_dataset
from app.review.workflow.releasing import HoldsOfDataset, Key, holds_of, quiet_of, release_hold, release_stale
from app.web.database import DbSession
from app.web.errors import STATUSES
from app.web.guard import CurrentViewer
from app.web.rendering import render

router = APIRouter()

Name = Annotated[str, Path(max_length=200)]

SHOWN_AGAIN: Final = 200
"""Characters of a seed that is not taken, in the form that comes back."""


@dataclass(frozen=True, slots=True)
class DatasetQueuePage:
    template: ClassVar[str] = "review/dataset_queue.html"

    name: str
    ordering: Ordering | None
    orders: Mapping[str, str]
    pools: Sequence[PoolRow]
    holds: HoldCount
    message: str
    """Why the order that was sent is not taken."""
    order_by: str
    seed: str
    """As they stand in the form."""


@dataclass(frozen=True, slots=True)
class HoldsPage:
    template: ClassVar[str] = "review/holds.html"

    name: str
    holds: HoldsOfDataset
    after: str | None
    """The key of the next page."""
    is_first: bool
    released: int | None
    """How many were taken back just now; None where none was asked for."""


@router.get("/datasets/{name}/queue", name="dataset_queue_page")
def dataset_queue_page(request: Request, session: DbSession, name: Name) -> Response:
    return render(request, _queue(request, session, name))


@router.post("/datasets/{name}/queue", name="order_queue")
def order(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    name: Name,
    order_by: Annotated[str, Form(max_length=40)] = "",
    seed: Annotated[str, Form()] = "",
) -> Response:
    try:
        order_dataset(session, name, order_by, _seed(seed), str(viewer.pseudonym))
    except InvalidOrderError as refused:
        page = _queue(request, session, name, refused.message, order_by, seed[:SHOWN_AGAIN])
        return render(request, page, STATUSES[refused.meaning])
    return RedirectResponse(f"/datasets/{name}/queue", 303)


@router.get("/datasets/{name}/holds", name="holds_page")
def holds_page(
    request: Request,
    session: DbSession,
    name: Name,
    after: Annotated[str, Query(max_length=100)] = "",
    released: Annotated[int | None, Query(ge=0, lt=2**31)] = None,
) -> Response:
    key = _key(after)
    found = holds_of(session, name, request.app.state.review_config, key)
    following = found.next and f"{found.next[0].isoformat()}~{found.next[1]}"
    return render(request, HoldsPage(name, found, following, key is None, released))


@router.post("/datasets/{name}/holds/release", name="release_holds")
def release(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    name: Name,
    which: Annotated[uuid.UUID | Literal["stale"], Form()],
) -> Response:
    config: ReviewConfig = request.app.state.review_config
    if which == "stale":
        released = release_stale(session, name, viewer.pseudonym, config)
    else:
        released = int(release_hold(session, name, which, viewer.pseudonym, config))
    return RedirectResponse(f"/datasets/{name}/holds?released={released}", 303)


def _queue(
    request: Request, session: Session, name: str, message: str = "", order_by: str = "", seed: str = ""
) -> DatasetQueuePage:
    """With the order that holds in the form; where there is a message, with what was sent."""
    dataset_id = require_dataset(session, name).dataset_id
    config: ReviewConfig = request.app.state.review_config
    ordering = newest_ordering(session, dataset_id)
    held = (ordering.order_by, str(ordering.seed)) if ordering else ("", "0")
    chosen = (order_by, seed) if message else held
    return DatasetQueuePage(
        name=name,
        ordering=ordering,
        orders=ORDER_TITLES,
        pools=pools_of_dataset(session, dataset_id),
        holds=holds.count_holds(session, dataset_id, quiet_of(config)),
        message=message,
        order_by=chosen[0],
        seed=chosen[1],
    )


def _seed(written: str) -> int:
    if not written.strip():
        return 0
    try:
        return int(written)
    except ValueError:
        shown = f"“{written[:40]}”" if written.isprintable() else f"{written[:40]!a}"
        raise InvalidOrderError(f"{shown} is no seed. Give a whole number, such as 7.") from None


def _key(after: str) -> Key | None:
    """The key behind which a page begins; anything else begins at the front."""
    at, _, assignment_id = after.partition("~")
    try:
        moment, found = dt.datetime.fromisoformat(at), uuid.UUID(assignment_id)
    except ValueError:
        return None
    return (moment, found) if moment.tzinfo is not None else None
