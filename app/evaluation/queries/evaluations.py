"""Evaluations: making them, finding them, moving them on; and the predictions that they hold."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.evaluation.queries.items import Target
from app.intake.queries.copying import copy_rows

_COLUMNS: Final = """
e.evaluation_id, e.release_id, r.name || '@' || r.number as release, e.split, e.quiz_id, z.name as quiz, e.task,
e.kinds, e.source, e.model, e.recipe, e.state, e.items, e.predictions, e.prompt_tokens, e.completion_tokens,
e.cost_micro, e.currency, e.error, e.created_by, e.created_at, e.scored_at, e.withdrawn_at
"""
_FROM: Final = "from evaluation e join release r using (release_id) left join quiz z using (quiz_id)"
_FIND: Final = text(f"select {_COLUMNS} {_FROM} where e.evaluation_id = :evaluation_id")
_LIST: Final = text(
    f"select {_COLUMNS} {_FROM} where e.evaluation_id < :before order by e.evaluation_id desc limit :limit"
)
_OF_TARGET: Final = f"""
select {_COLUMNS} {_FROM} where {{target}} and e.withdrawn_at is null order by e.evaluation_id desc limit :limit
"""
_SPLIT: Final = "e.release_id = :release_id and e.split = :split"
_QUIZ: Final = "e.quiz_id = :quiz_id"
_SAME: Final = text(f"""
select {_COLUMNS} {_FROM}
where e.release_id = :release_id and e.split is not distinct from cast(:split as text)
    and e.quiz_id is not distinct from cast(:quiz_id as bigint) and e.source = 'predict' and e.task = :task
    and e.kinds = cast(:kinds as text[]) and e.model = :model and e.recipe = cast(:recipe as jsonb)
    and e.withdrawn_at is null
order by e.evaluation_id desc limit 1
""")  # noqa: S608  (parts of our own)
_INSERT: Final = text("""
insert into evaluation (release_id, split, quiz_id, task, kinds, source, model, recipe, state, items, currency,
    cost_micro, created_by)
values (:release_id, :split, :quiz_id, :task, :kinds, :source, :model, cast(:recipe as jsonb), 'predicting', :items,
    :currency, case when cast(:currency as text) is null then null else 0 end, :created_by)
returning evaluation_id
""")
_GROW: Final = text("""
update evaluation set predictions = predictions + :predictions
where evaluation_id = :evaluation_id
""")
_KEEP: Final = text("""
with made as (
    insert into prediction (evaluation_id, item_id, scene, question_type, prediction, finish_reason)
    values (:evaluation_id, :item_id, :scene, :question_type, :prediction, :finish_reason)
    on conflict (evaluation_id, item_id) do nothing returning 1
)
update evaluation set predictions = predictions + (select count(*) from made),
    prompt_tokens = prompt_tokens + :prompt_tokens, completion_tokens = completion_tokens + :completion_tokens,
    cost_micro = case when currency is null then null else cost_micro + :cost_micro end
where evaluation_id = :evaluation_id
""")
_SPEND: Final = text("""
update evaluation set prompt_tokens = prompt_tokens + :prompt_tokens,
    completion_tokens = completion_tokens + :completion_tokens,
    cost_micro = case when currency is null then null else cost_micro + :cost_micro end
where evaluation_id = :evaluation_id
""")
_MOVE: Final = text("""
update evaluation set state = :state, error = :error,
    scored_at = case when :state = 'scored' then clock_timestamp() else scored_at end
where evaluation_id = :evaluation_id
""")
_WITHDRAW: Final = text("""
update evaluation set withdrawn_at = clock_timestamp() where evaluation_id = :evaluation_id and withdrawn_at is null
""")
_PREDICTED: Final = text("select item_id from prediction where evaluation_id = :evaluation_id")
_TARGETS: Final = text("""
select r.name || '@' || r.number as release, e.split, z.name as quiz,
    count(*) filter (where e.task = 'captions') as captions, count(*) filter (where e.task = 'questions') as questions,
    max(e.created_at) as newest
from evaluation e join release r using (release_id) left join quiz z using (quiz_id)
where e.withdrawn_at is null
group by r.release_id, r.name, r.number, e.split, z.name
order by r.release_id desc, e.split, z.name limit :limit
""")


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """An evaluation without what it holds."""

    evaluation_id: int
    release_id: int
    release: str
    split: str | None
    quiz_id: int | None
    quiz: str | None
    task: str
    kinds: Sequence[str]
    source: str
    model: str
    recipe: Mapping[str, Any]
    state: str
    items: int
    predictions: int
    prompt_tokens: int
    completion_tokens: int
    cost_micro: int | None
    currency: str | None
    error: str | None
    created_by: str
    created_at: dt.datetime
    scored_at: dt.datetime | None
    withdrawn_at: dt.datetime | None

    @property
    def target(self) -> Target:
        return Target(self.release_id, self.release, self.split, self.quiz_id, self.quiz)

    @property
    def is_partial(self) -> bool:
        return self.predictions < self.items


@dataclass(frozen=True, slots=True)
class ListedTarget:
    """A split or quiz that something was evaluated on."""

    release: str
    split: str | None
    quiz: str | None
    captions: int
    questions: int
    newest: dt.datetime


@dataclass(frozen=True, slots=True)
class NewPrediction:
    """A prediction as it is stored."""

    item_id: str
    scene: str
    question_type: str | None
    prediction: str
    finish_reason: str = ""


@dataclass(frozen=True, slots=True)
class NewEvaluation:
    """What is to be known of an evaluation before its predictions come."""

    task: str
    kinds: Sequence[str]
    source: str
    model: str
    recipe: Mapping[str, Any]
    items: int
    created_by: str
    currency: str | None = None


def insert_evaluation(session: Session, target: Target, new: NewEvaluation) -> int:
    values = {
        **_key(target),
        "task": new.task,
        "kinds": list(new.kinds),
        "source": new.source,
        "model": new.model,
        "recipe": json.dumps(new.recipe),
        "items": new.items,
        "currency": new.currency,
        "created_by": new.created_by,
    }
    found: int = session.execute(_INSERT, values).scalar_one()
    return found


def find_evaluation(session: Session, evaluation_id: int) -> EvaluationRow | None:
    row = session.execute(_FIND, {"evaluation_id": evaluation_id}).one_or_none()
    return EvaluationRow(**row._mapping) if row else None


def find_same(session: Session, target: Target, new: NewEvaluation) -> EvaluationRow | None:
    """The newest evaluation of the same model by the same recipe on the same target, which a new run goes on with."""
    values = {
        **_key(target), "task": new.task, "kinds": list(new.kinds), "model": new.model, "recipe": json.dumps(new.recipe)
    }  # fmt: skip
    row = session.execute(_SAME, values).one_or_none()
    return EvaluationRow(**row._mapping) if row else None


def list_evaluations(session: Session, before: int, limit: int) -> list[EvaluationRow]:
    """Newest first, withdrawn ones too."""
    return [EvaluationRow(**row._mapping) for row in session.execute(_LIST, {"before": before, "limit": limit})]


def list_of_target(session: Session, target: Target, limit: int) -> list[EvaluationRow]:
    """Those that stand in its leaderboard, the newest first."""
    query = text(_OF_TARGET.format(target=_SPLIT if target.quiz_id is None else _QUIZ))
    values = {"release_id": target.release_id, "split": target.split} if target.quiz_id is None else {}
    values |= {} if target.quiz_id is None else {"quiz_id": target.quiz_id}
    return [EvaluationRow(**row._mapping) for row in session.execute(query, {**values, "limit": limit})]


def list_targets(session: Session, limit: int) -> list[ListedTarget]:
    """What was evaluated on, newest releases first."""
    return [ListedTarget(**row._mapping) for row in session.execute(_TARGETS, {"limit": limit})]


def add_predictions(session: Session, evaluation_id: int, predictions: Iterable[NewPrediction]) -> int:
    """Store many predictions and count them. Returns how many."""
    columns = ("evaluation_id", "item_id", "scene", "question_type", "prediction", "finish_reason")
    rows = (
        (evaluation_id, each.item_id, each.scene, each.question_type, each.prediction, each.finish_reason)
        for each in predictions
    )
    count = copy_rows(session, "prediction", columns, rows)
    session.execute(_GROW, {"evaluation_id": evaluation_id, "predictions": count})
    return count


def keep_prediction(
    session: Session, evaluation_id: int, made: NewPrediction, tokens: tuple[int, int], cost_micro: int
) -> None:
    """Store one prediction, unless its item has one already, and count what it took in any case."""
    values = {**asdict(made), **_spent(tokens, cost_micro)}
    session.execute(_KEEP, {"evaluation_id": evaluation_id, **values})


def spend(session: Session, evaluation_id: int, tokens: tuple[int, int], cost_micro: int) -> None:
    """Count what a call took that gave no prediction."""
    session.execute(_SPEND, {"evaluation_id": evaluation_id, **_spent(tokens, cost_micro)})


def _spent(tokens: tuple[int, int], cost_micro: int) -> dict[str, int]:
    return {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "cost_micro": cost_micro}


def predicted_ids(session: Session, evaluation_id: int) -> set[str]:
    """The items that have a prediction already."""
    return set(session.execute(_PREDICTED, {"evaluation_id": evaluation_id}).scalars())


def move(session: Session, evaluation_id: int, state: str, error: str | None = None) -> None:
    session.execute(_MOVE, {"evaluation_id": evaluation_id, "state": state, "error": error})


def withdraw(session: Session, evaluation_id: int) -> None:
    session.execute(_WITHDRAW, {"evaluation_id": evaluation_id})


def _key(target: Target) -> dict[str, Any]:
    return {"release_id": target.release_id, "split": target.split, "quiz_id": target.quiz_id}
