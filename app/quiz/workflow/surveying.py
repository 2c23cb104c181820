"""What there is to draw from: the questions of a release that a quiz can ask, by form and by stratum."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.quiz.queries import candidates
from app.quiz.queries.quizzes import QuizOptions
from app.quiz.queries.rules import QuizRules
from app.quiz.workflow.drawing import Candidate, Pool
from app.quiz.workflow.forms import Form, FormTally, candidate_of, left_out

Stratum = tuple[str, str]
"""(question type, dataset)"""


@dataclass
class Survey:
    """All that can be asked, and why not the rest."""

    pool: Pool
    tallies: dict[Form, FormTally]
    blind_forms: set[Form]
    gates: dict[Stratum, Counter[str]]
    """``{stratum: {gate: questions}}``; ``eligible`` among them."""
    blind_answers: list[tuple[str, str, bool]] = field(default_factory=list)
    """(text id, prediction, whether it is right) of what was eligible before forms were left out."""

    @property
    def eligible(self) -> dict[Stratum, int]:
        """Questions by stratum, only where there are any."""
        return {stratum: count for stratum, count in sorted(self.pool.counts.items()) if count}


def wants_optical(options: QuizOptions) -> bool:
    """Whether an arm shows the optical image, so that each question needs one."""
    return bool({"optical", "both"} & set(options.arms))


def survey(
    session: Session,
    release_id: int,
    rules: QuizRules,
    options: QuizOptions,
    seed: int,
    blind: Mapping[str, str] | None = None,
) -> Survey:
    """Look at all questions of the release; with answers of a model without the image, leave out what it can answer."""
    from_blind = blind or {}
    candidates.look_at_questions(session, release_id, rules, wants_optical=wants_optical(options))
    found = Survey(_pool(rules, seed), {}, set(), _gates(session))
    for row in candidates.stream_eligible(session):
        candidate = candidate_of(row)
        predicted = from_blind.get(row.text_sha256)
        tally = found.tallies.setdefault((row.question_type, candidate.form), FormTally())
        is_right = tally.add(row, candidate.answer, predicted)
        if predicted is not None:
            found.blind_answers.append((row.text_sha256, predicted, is_right))
        found.pool.add(candidate)
    found.blind_forms = left_out(found.tallies)
    excluded = _excluded(found, options)
    if excluded:
        _leave_out(session, rules, found, excluded, seed)
    return found


def pool_of_quiz(
    session: Session,
    quiz_id: int,
    release_id: int,
    rules: QuizRules,
    options: QuizOptions,
    seed: int,
    round_: int,
    blind_forms: set[Form],
) -> tuple[Pool, dict[Form, FormTally]]:
    """What a question of a quiz that is being composed can be swapped for, and the tallies of its forms."""
    pool, tallies = _pool(rules, seed, round_), dict[Form, FormTally]()
    candidates.look_at_questions(session, release_id, rules, quiz_id, wants_optical=wants_optical(options))
    for row in candidates.stream_eligible(session):
        candidate = candidate_of(row)
        tallies.setdefault((row.question_type, candidate.form), FormTally()).add(row, candidate.answer)
        if (candidate.question_type, candidate.form) not in blind_forms:
            pool.add(candidate)
    return pool, tallies


def _pool(rules: QuizRules, seed: int, round_: int = 0) -> Pool:
    return Pool(seed, max(50, 4 * (rules.questions + rules.practice)), round_)


def _gates(session: Session) -> dict[Stratum, Counter[str]]:
    gates: dict[Stratum, Counter[str]] = defaultdict(Counter)
    for question_type, dataset, gate, count in candidates.count_gates(session):
        gates[question_type, dataset][gate] += count
    return gates


def _excluded(found: Survey, options: QuizOptions) -> dict[Form, str]:
    """Forms that are not asked, and the gate that says why."""
    excluded = dict.fromkeys(found.blind_forms, "blind")
    if options.answer_form == "choices":
        for form, tally in found.tallies.items():
            if not tally.has_choices:
                excluded.setdefault(form, "no_choices")
    return excluded


def _leave_out(session: Session, rules: QuizRules, found: Survey, excluded: Mapping[Form, str], seed: int) -> None:
    """Survey once more without the forms that are left out: the pool keeps only a part of what it was shown."""
    found.pool = _pool(rules, seed)
    for row in candidates.stream_eligible(session):
        candidate: Candidate = candidate_of(row)
        gate = excluded.get((candidate.question_type, candidate.form))
        if gate is None:
            found.pool.add(candidate)
        else:
            found.gates[candidate.stratum][gate] += 1
            found.gates[candidate.stratum]["eligible"] -= 1
