"""`trihedral dataset order`: in which order a dataset's packets are handed out."""

from __future__ import annotations

from typing import Annotated

import typer

By = Annotated[str, typer.Option("--by", help="risk, random, place, type or import.")]
Seed = Annotated[int, typer.Option(help="Decides by lot between equals.", min=-(2**63) + 1, max=2**63 - 1)]


def order(name: str, by: By, seed: Seed = 0) -> None:
    """Hand out packets by risk, at random, by place, by type, or as they were imported; reviewers go on meanwhile."""
    from app.cli.opening import opened
    from app.cli.progress import shown
    from app.db import transaction
    from app.intake.workflow.options import Progress
    from app.review.queries.ordering import Ordering
    from app.review.workflow.ordering import ORDER_TITLES, order_dataset, order_queue
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions:
        with transaction(sessions) as session:
            dataset_id = order_dataset(session, name, by, seed, "command")
        with shown(f"Ordering {name}") as on_progress:

            def tell(ordering: Ordering) -> None:
                on_progress(Progress(None, ordering.done, ordering.total, {}))

            done = order_queue(sessions, dataset_id, tell)
    if done is not None:
        typer.echo(f"{name}: {done.done:,} packets come {ORDER_TITLES[done.order_by]}")
