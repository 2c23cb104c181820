"""`trihedral dataset boxes`: whether boxes are judged first, and what came of it."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from app.cli.import_options import Json

First = Annotated[
    bool | None,
    typer.Option("--first/--no-first", help="Whether packets sealed from now on begin with the scene's boxes."),
]
Sample = Annotated[
    str | None,
    typer.Option(metavar="PERCENT", help="Of the texts that follow from judged boxes, how many are read all the same."),
]


def boxes(name: str, first: First = None, sample: Sample = None, as_json: Json = False) -> None:
    """Set whether a scene's boxes are judged before its texts; tell what reviewers said of boxes and of the sample."""
    from app.cli.opening import opened
    from app.db import transaction
    from app.intake.workflow.box_policy import set_box_policy
    from app.intake.workflow.running import require_dataset
    from app.review.schemas.box_figures import figure_rows
    from app.review.workflow.box_figures import box_figures_of
    from app.settings import Settings

    with opened(Settings.from_environment()) as sessions, transaction(sessions) as session:
        policy = set_box_policy(session, name, boxes_first=first, sample_percent=sample)
        found = figure_rows(box_figures_of(session, require_dataset(session, name).dataset_id))
    if as_json:
        told = {"boxes_first": policy.boxes_first, "sample_share": policy.sample_share, "packets": policy.packets}
        typer.echo(json.dumps({"dataset": name, **told, "figures": found}, indent=1, ensure_ascii=False))
        return
    begins = "packets sealed from now on begin with the boxes" if policy.boxes_first else "every text is read"
    typer.echo(f"{name}: {begins}; {policy.packets} packets do now; {policy.sample_share:.4g} of what follows is read")
    for row in found:
        counts = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in row.items() if isinstance(value, int))
        typer.echo(f"{row['level']} {row['name']}: {counts}")
