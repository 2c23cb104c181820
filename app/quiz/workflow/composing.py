"""Composing: drawing the questions of a quiz from a release."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from app.quiz.errors import BlindAnswersError, QuizError
from app.quiz.queries import blind_answers, candidates, questions, quizzes
from app.quiz.queries.questions import NewQuestion
from app.quiz.queries.quizzes import QuizOptions, QuizRow
from app.quiz.queries.rules import QuizRules
from app.quiz.workflow.answers import JUDGE, JUDGE_VERSION
from app.quiz.workflow.choosing import new_question
from app.quiz.workflow.drawing import Candidate, Drawing, apportion, draw_all, imbalances
from app.quiz.workflow.forms import MOST_FORMS_TOLD
from app.quiz.workflow.rules import LARGEST_SEED, checked_name, checked_options, checked_rules, checked_seed
from app.quiz.workflow.shortage import strata_of, too_few, unbalanced
from app.quiz.workflow.surveying import Stratum, Survey, survey
from app.release.workflow import get_release
from pipeline.vocabulary import QUESTION_TYPES

KEPT_AT_ONCE: Final = 5_000


def compose(
    session: Session,
    name: str,
    release: str,
    rules: QuizRules,
    options: QuizOptions,
    created_by: str,
    *,
    seed: int | None = None,
    blind: Mapping[str, str] | None = None,
) -> QuizRow:
    """Draw a quiz from a release. The same release, rules, blind answers and seed give the same questions.

    In are verified questions that were read, or whose boxes were judged; true of the SAR image alone; in the chosen
    splits and sources. Question forms that a model answers without the image more often than the majority answer and
    chance are left out.

    Parameters
    ----------
    release : str
        ``NAME@3``, or ``NAME`` for the newest.
    seed : int, optional
        Drawn, and kept with the quiz, where none is given.
    blind : mapping, optional
        ``{text id: prediction}`` of a model that did not see the images.

    Raises
    ------
    QuizError, BlindAnswersError
        If the name, a rule or an option cannot be, or no blind answer is of this release.
    TooFewEligibleError
        If there are fewer questions than asked for, or their answers cannot be balanced; nothing is stored.
    """
    row = get_release(session, release)
    checked_name(name)
    options, rules = checked_options(options), checked_rules(rules, row.rules["datasets"])
    seed = secrets.randbelow(LARGEST_SEED) if seed is None else checked_seed(seed)
    found = survey(session, row.release_id, rules, options, seed, blind)
    if blind and not found.blind_answers:
        raise BlindAnswersError(
            f"None of the {len(blind):,} blind answers is of a question of {row.label} that this quiz could ask. Take"
            " the ids from the release's own files."
        )
    asked, practice = _draw(rules, found)
    new = _copies(session, row.release_id, asked, practice, found, options, seed)
    classes = candidates.list_classes(session, row.release_id)
    counts = _counts(rules, found, asked, len(blind or ()))
    quiz_id = quizzes.insert_quiz(
        session, name, row.release_id, rules.as_json(), seed, counts, classes, options, created_by
    )
    if quiz_id is None:
        raise QuizError(f"There is a quiz {name} already. Give the new one another name.")
    questions.insert_questions(session, quiz_id, new)
    _keep(session, quiz_id, found)
    return quizzes.get_quiz(session, quiz_id)


def targets_of(rules: QuizRules, eligible: Mapping[Stratum, int]) -> dict[Stratum, int]:
    """How many questions of each stratum: as the release has them, or as many of each type and then of each source."""
    if rules.proportions == "release":
        return apportion(rules.questions, eligible, eligible)
    types: Counter[str] = Counter()
    for (question_type, _), count in eligible.items():
        types[question_type] += count
    of_type = apportion(rules.questions, dict.fromkeys(_in_order(types), 1.0), types)
    targets: dict[Stratum, int] = {}
    for question_type, wanted in of_type.items():
        there = {stratum: count for stratum, count in eligible.items() if stratum[0] == question_type}
        targets |= apportion(wanted, dict.fromkeys(there, 1.0), there)
    return targets


def _draw(rules: QuizRules, found: Survey) -> tuple[list[Candidate], list[Candidate]]:
    eligible = found.eligible
    if sum(eligible.values()) < rules.questions + rules.practice:
        raise too_few(rules.questions + rules.practice, found.gates)
    drawing = Drawing(is_balanced=rules.is_balanced)
    draw_all(found.pool, targets_of(rules, eligible), drawing)
    asked = _in_types(drawing.drawn)
    if rules.is_balanced and (faults := imbalances(asked)):
        raise unbalanced(faults, found.gates)
    _draw_practice(rules, found, drawing)
    return asked, drawing.drawn[len(asked) :]


def _draw_practice(rules: QuizRules, found: Survey, drawing: Drawing) -> None:
    """Of one type after the other, on other ground than what is asked where there is such."""
    strata = sorted(found.eligible, key=lambda stratum: (QUESTION_TYPES.index(stratum[0]), stratum[1]))
    wanted = len(drawing.drawn) + rules.practice
    while len(drawing.drawn) < wanted:
        before = len(drawing.drawn)
        for question_type in _in_order({stratum[0] for stratum in strata}):
            if len(drawing.drawn) < wanted:
                of_type = [stratum for stratum in strata if stratum[0] == question_type]
                drawing.draw([each for stratum in of_type for each in found.pool.of_stratum(stratum)])
        if len(drawing.drawn) == before:
            raise too_few(rules.questions + rules.practice, found.gates)


def _in_order(types: Mapping[str, int] | set[str]) -> list[str]:
    return [question_type for question_type in QUESTION_TYPES if question_type in types]


def _in_types(drawn: Sequence[Candidate]) -> list[Candidate]:
    """By type and source, so that an admin reads like with like; each participant has an order of their own."""
    return sorted(drawn, key=lambda each: (QUESTION_TYPES.index(each.question_type), each.dataset))


def _copies(
    session: Session,
    release_id: int,
    asked: Sequence[Candidate],
    practice: Sequence[Candidate],
    found: Survey,
    options: QuizOptions,
    seed: int,
) -> list[NewQuestion]:
    ids = [candidate.text_sha256 for candidate in (*asked, *practice)]
    details = candidates.list_details(session, release_id, ids)
    return [
        new_question(
            candidate,
            details[candidate.text_sha256],
            found.tallies,
            release_id,
            position=position,
            is_practice=is_practice,
            with_choices=options.answer_form == "choices",
            seed=seed,
        )
        for is_practice, chosen in ((False, asked), (True, practice))
        for position, candidate in enumerate(chosen, start=1)
    ]


def _counts(rules: QuizRules, found: Survey, asked: Sequence[Candidate], given: int) -> dict[str, Any]:
    """What the quiz's page tells of how it was drawn."""
    taken = Counter(candidate.stratum for candidate in asked)
    strata = [
        {**line, "taken": taken[line["question_type"], line["dataset"]]}
        for line in strata_of(found.gates)
        if line["question_type"] in rules.question_types
    ]
    left_out = sorted(found.blind_forms, key=lambda form: (-found.tallies[form].questions, form))
    predicted = len(found.blind_answers)
    blind = {
        "judge": JUDGE,
        "judge_version": JUDGE_VERSION,
        "given": given,
        "used": predicted,
        "right": sum(is_right for _, _, is_right in found.blind_answers),
    }
    return {
        "strata": strata,
        "forms": len(found.tallies),
        "forms_left_out": [found.tallies[form].as_json(form) for form in left_out],
        "forms_told": MOST_FORMS_TOLD,
        "blind": blind if given else None,
    }


def _keep(session: Session, quiz_id: int, found: Survey) -> None:
    answers = found.blind_answers
    for start in range(0, len(answers), KEPT_AT_ONCE):
        blind_answers.insert_blind_answers(session, quiz_id, answers[start : start + KEPT_AT_ONCE])
