"""In which order a dataset's packets are handed out: decided at once, carried out by a job, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.intake.workflow.running import require_dataset
from app.review.errors import InvalidOrderError
from app.review.queries import ordering as queries
from app.review.queries.ordering import Ordering
from app.work import defer

ORDER_TITLES: Final[Mapping[str, str]] = {
    "risk": "by risk: most and worst findings first",
    "random": "at random",
    "place": "by place: neighbours one after another",
    "type": "by type: captions, then each type of question",
    "import": "as imported",
}
CHUNK_PACKETS: Final = 1000
"""Some 50 ms of work, for which who renews or submits one of these packets may have to wait."""
LARGEST_SEED: Final = 2**63 - 1


def order_dataset(session: Session, dataset: str, order_by: str, seed: int, decided_by: str) -> int:
    """Decide on the order of a dataset's queue from now on, in place of any other; gives the dataset's id.

    Its packets move while reviewers go on. Nobody who is in the middle of the queue passes anything over: once the
    order is carried out all begin at its front.

    Raises
    ------
    DatasetMissingError, InvalidOrderError
    """
    if order_by not in ORDER_TITLES:
        raise InvalidOrderError(f"There is no order {order_by[:40]!a}. Choose one of {', '.join(ORDER_TITLES)}.")
    if abs(seed) > LARGEST_SEED:
        raise InvalidOrderError("A seed is a whole number of at most 18 digits. Choose a smaller one.")
    dataset_id = require_dataset(session, dataset).dataset_id
    queries.add_ordering(session, dataset_id, order_by, seed, decided_by)
    defer(session, "review.order_queue", once=True, dataset_id=dataset_id)
    return dataset_id


def order_queue(
    sessions: SessionMaker, dataset_id: int, on_chunk: Callable[[Ordering], None] = lambda _: None
) -> Ordering | None:
    """Carry out the newest order of a dataset, from where it is; gives it once it is finished.

    Broken off, it goes on; by two at once, it is as by one; where a newer one is decided on meanwhile, that is carried
    out instead.
    """
    while True:
        with transaction(sessions) as session:
            ordering = queries.newest_ordering(session, dataset_id, locked=True)
            if ordering is None or ordering.finished_at is not None:
                return ordering
            queries.move_chunk(session, ordering, CHUNK_PACKETS)
        on_chunk(ordering)


def order_new_packets(session: Session, dataset_id: int) -> None:
    """Give what was added to a dataset's queue its place, and let reviewers see it who have passed that place."""
    ordering = queries.newest_ordering(session, dataset_id, locked=True)
    if ordering is None:
        # They come as they were sealed.
        queries.forget_cursors(session, dataset_id)
    elif ordering.finished_at is not None:
        again = (ordering.order_by, ordering.seed, ordering.decided_by)
        queries.add_ordering(session, dataset_id, *again, after=ordering.after_packet_id)
        defer(session, "review.order_queue", once=True, dataset_id=dataset_id)
    # Else it is still carried out, and comes to them by itself.
