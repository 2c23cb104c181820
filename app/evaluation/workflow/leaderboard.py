"""The leaderboard of a split or a quiz: models, and people where a quiz was taken, in one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from app.evaluation.queries import evaluations, judgements, people, scores
from app.evaluation.queries.evaluations import EvaluationRow
from app.evaluation.queries.items import Target
from app.evaluation.queries.scores import Score
from app.evaluation.workflow.baseline import People, difference_to_people, people_of
from app.evaluation.workflow.figures import CAPTION_FIGURES, difference_figures
from app.evaluation.workflow.scoring import MODES

MOST_ROWS: Final = 200
FIRST_JUDGE: Final = "synonyms"


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A model's or a group's answers by the chosen judge."""

    evaluation: EvaluationRow | None
    people: People | None
    figures: Mapping[str, Any]
    difference: Mapping[str, Any] | None
    """Of the chosen row less this one."""

    @property
    def title(self) -> str:
        return self.evaluation.model if self.evaluation else self.people.group if self.people else ""


@dataclass(frozen=True, slots=True)
class CaptionRow:
    """A model's captions in the chosen mode, of one kind."""

    evaluation: EvaluationRow
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """What stands in it, the best first."""

    target: Target
    judges: Sequence[str]
    judge: str
    mode: str
    answers: Sequence[AnswerRow]
    captions: Mapping[str, Sequence[CaptionRow]]
    """By kind; only kinds that have a row."""
    types: Sequence[str]
    """Question types with a figure."""
    waiting: Sequence[EvaluationRow]
    """Without a figure by the chosen judge or mode: still predicting, to be scored, or never judged so."""
    against: EvaluationRow | None


def leaderboard(session: Session, target: Target, judge: str = "", mode: str = "", against: int = 0) -> Leaderboard:
    """The rows by one judge and one mode; where there is no such figure anywhere, by the first that there is."""
    rows = {row.evaluation_id: row for row in evaluations.list_of_target(session, target, MOST_ROWS)}
    found = scores.scores_of(session, list(rows))
    judges = sorted({score.measure for score in found if score.kind == "question"})
    chosen = judge if judge in judges else FIRST_JUDGE if FIRST_JUDGE in judges else next(iter(judges), FIRST_JUDGE)
    chosen_mode = mode if mode in MODES else MODES[0]
    answered = [score for score in found if score.kind == "question" and score.measure == chosen]
    models = [AnswerRow(rows[score.evaluation_id], None, score.figures, None) for score in answered]
    groups = people_of(people.list_answers(session, target, chosen))
    answers = sorted(
        [*models, *(AnswerRow(None, group, group.figures, None) for group in groups)],
        key=lambda row: -row.figures["value"],
    )
    captioned = [score for score in found if score.kind != "question" and score.measure == chosen_mode]
    compared = next((score for score in answered if score.evaluation_id == against), None)
    told = {score.evaluation_id for score in (*answered, *captioned)}
    return Leaderboard(
        target=target,
        judges=judges,
        judge=chosen,
        mode=chosen_mode,
        answers=list(_with_differences(session, target, answers, compared)) if compared else answers,
        captions=_captions(rows, captioned),
        types=sorted({name for row in answers for name in row.figures["types"]}),
        waiting=[row for row in rows.values() if row.evaluation_id not in told],
        against=rows[against] if compared else None,
    )


def _captions(rows: Mapping[int, EvaluationRow], found: Sequence[Score]) -> dict[str, list[CaptionRow]]:
    kinds: dict[str, list[CaptionRow]] = {}
    for score in sorted(found, key=lambda score: -score.figures["CIDEr"]):
        kinds.setdefault(score.kind, []).append(CaptionRow(rows[score.evaluation_id], score.figures))
    return dict(sorted(kinds.items(), reverse=True))


def _with_differences(
    session: Session, target: Target, rows: Sequence[AnswerRow], chosen: Score
) -> Iterator[AnswerRow]:
    others = [row.evaluation.evaluation_id for row in rows if row.evaluation]
    key = chosen.evaluation_id, chosen.measure, chosen.version
    paired = judgements.paired_sums(
        session, key[0], [other for other in others if other != key[0]], chosen.measure, chosen.version
    )
    right = people.right_by_item(session, *key) if target.quiz_id is not None else {}
    for row in rows:
        difference = None
        if row.people is not None:
            difference = difference_to_people(right, row.people)
        elif row.evaluation and (sums := paired.get(row.evaluation.evaluation_id)):
            difference = difference_figures(sums, by_scene=target.quiz_id is None)
        yield AnswerRow(row.evaluation, row.people, row.figures, difference)


COLUMNS: Final = (
    "on", "who", "evaluation", "kind", "measure", "figure", "question_type", "value", "low", "high", "answers", "right",
    "undecided", "method", "partial", "recipe",
)  # fmt: skip


def csv_rows(board: Leaderboard) -> Iterator[dict[str, Any]]:
    """A row a figure, for spreadsheets: keys are :data:`COLUMNS`, what does not apply is left out."""
    for row in board.answers:
        each = row.evaluation
        head = {"on": board.target.label, "who": row.title, "kind": "question", "measure": board.judge} | (
            _of(each) if each else {"on": f"the quiz {row.people.quiz}" if row.people else ""}
        )
        for name, share in (("", row.figures), *row.figures["types"].items()):
            yield {**head, "figure": "accuracy", "question_type": name, **share}
    for kind, captions in board.captions.items():
        for caption in captions:
            head = {"on": board.target.label, "who": caption.evaluation.model, "kind": kind, "measure": board.mode}
            for name in CAPTION_FIGURES:
                low, high = caption.figures["intervals"].get(name, (None, None))
                told = {"figure": name, "value": caption.figures[name], "low": low, "high": high}
                yield {**head, **_of(caption.evaluation), **told, "answers": caption.figures["images"]}


def _of(each: EvaluationRow) -> dict[str, Any]:
    partial = f"{each.predictions} of {each.items}" if each.is_partial else ""
    recipe = "; ".join(f"{name}: {value}" for name, value in each.recipe.items())
    return {"evaluation": each.evaluation_id, "partial": partial, "recipe": recipe}
