"""What the quiz knows of each question of the checklist: (number, name, answer).

No answer where only the people who ran it know; one that ends in ``…`` where they have to add something.
"""

from __future__ import annotations

from app.quiz.workflow.results import ALL, Results
from app.quiz.workflow.shares import OUT_OF_SCOPE
from app.quiz.workflow.sheets import PERSON

Item = tuple[str, str, str | None]


def paper(results: Results) -> list[Item]:
    """Section 0."""
    return [
        ("0.1", "Paper title", None),
        ("0.2", "Link", None),
        ("0.3", "Year", None),
        ("0.4", "Venue", None),
        ("0.5", "Type of evaluation", "Capabilities: answering questions about radar images."),
        ("0.6", "Mode", "Text and images."),
        ("0.7", "Language", None),
        ("0.8", "Items in the data set", f"{_there(results):,} questions of {results.standing.quiz.release}."),
        ("0.9", "Items that models were run on", None),
        ("0.10", "Model samples an item", None),
    ]


def design(results: Results) -> list[Item]:
    """Section 1."""
    quiz, standing = results.standing.quiz, results.standing
    seconds = quiz.seconds_per_question
    limit = f"{seconds} s a question, by the server's clock" if seconds else "no limit of time; times were measured"
    forms = len(quiz.counts.get("forms_left_out") or ())
    proportions = "as the release has them" if quiz.rules.get("proportions") == "release" else "in equal numbers"
    sampling = (
        f"Stratified random sample by question type and source, {proportions}, seed {quiz.seed}; verified questions"
        f" only; {forms} question forms left out that a model answers without the image."
    )
    return [
        ("1.1", "Number of people", _people(results)),
        ("1.2", "Items of the baseline", f"{len(standing.questions)} questions."),
        ("1.2.1", "Sampling of items", sampling),
        ("1.3", "Answers an item", _range([each.figures.asked for each in results.items])),
        ("1.4", "Items a person", _range(_per_person(results))),
        ("1.5", "Adjusted to people and models", "Partial: regions are drawn instead of written as coordinates. …"),
        ("1.6", "Iterative design", None),
        ("1.7", "Effort", f"For people {limit}. For models: …"),
        ("1.8", "Power analysis", "Beforehand: …"),
        ("1.8.1", "Detectable difference", _power(results)),
        ("1.9", "Ethics review", None),
        ("1.10", "Pre-registration", f"{_frozen(results)} Registered: …"),
    ]


def recruitment(results: Results) -> list[Item]:
    """Section 2."""
    quiz = results.standing.quiz
    groups = ", ".join(each.name for each in results.standing.groups) or "none"
    asks = "; ".join(quiz.asks) or "nothing"
    kept = "its texts could be known" if quiz.public_answers else "its texts were held back from releases while it ran"
    return [
        ("2.1", "Population of interest", f"Groups: {groups}. For whom they stand: …"),
        ("2.1.1", "Criteria", f"People were asked about themselves: {asks}. Criteria: …"),
        ("2.2", "How people were found", "By invitation links into groups. Who was given one: …"),
        ("2.3", "Quality control in recruitment", None),
        ("2.3.1", "Criteria of quality control", None),
        ("2.3.2", "Excluded in recruitment", None),
        ("2.4", "Authors among them", None),
        (
            "2.5",
            "Known items",
            "Yes: reviewers by their own links were not asked about ground they had reviewed, others declared what they"
            f" know and were not asked about it; {kept}. The release holds the texts: nobody who took part had it? …",
        ),
        ("2.6", "Training", f"{_practice(results)} before what counts, with feedback."),
        ("2.6.1", "Type of training", "What SAR shows, in pictures; practice questions with feedback."),
        ("2.6.2", "Pay for training", None),
        ("2.7", "Pay", None),
        ("2.7.1", "Amount", None),
        ("2.7.2", "Bonus", None),
        ("2.7.3", "Same for all", None),
    ]


def execution(results: Results) -> list[Item]:
    """Section 3."""
    quiz = results.standing.quiz
    viewer = ["zoom" if quiz.may_zoom else "no zoom", "contrast" if quiz.may_set_contrast else "no contrast"]
    shown = f"class list {'shown' if quiz.shows_classes else 'not shown'}"
    form = "chosen from choices" if quiz.answer_form == "choices" else "typed freely"
    withdrawn = sum(each.withdrawn for each in results.standing.groups)
    unfinished = sum(each.unfinished for each in results.standing.groups)
    counts = "counted as far as they came" if results.standing.with_unfinished else "not counted"
    return [
        ("3.1", "Items in a sitting", "All, one at a time; people may leave and come back by their own link."),
        ("3.1.1", "Order", "Random, each person's own; choices too."),
        (
            "3.2",
            "Quality control in execution",
            "Partial: each question is answered once, by the server's clock; no attention checks.",
        ),
        ("3.2.1", "Criteria", f"Who withdrew is not counted; who did not finish is {counts}."),
        ("3.2.2", "Excluded in execution", f"{withdrawn} withdrew, {unfinished} did not finish."),
        ("3.3", "Same interface", "No: people saw the pages of a browser."),
        ("3.3.1", "Graphical interface against API", f"People: {', '.join(viewer)}, {shown}. Models: …"),
        ("3.3.2", "Adjustment", "Both can be given the same processed 8-bit image. Models were given: …"),
        ("3.4", "Same instructions", f"The same question; answers {form}. Prompt of the models: …"),
        ("3.4.1", "Adjustment", None),
        ("3.5", "Same tools", None),
        ("3.5.1", "Enforced", "No: people took it in their own browser."),
        ("3.6", "Explanations", "No."),
    ]


def analysis(results: Results) -> list[Item]:
    """Section 4."""
    standing = results.standing
    by_person = sum(each.get(PERSON) is not None for each in standing.judged.values())
    undecided = sum(row.cells[ALL].undecided for row in results.rows if not row.arm)
    methods = sorted({row.cells[ALL].method for row in results.rows if row.cells[ALL].method})
    how = ", ".join("Wilson's formula" if each == "wilson" else f"resampling {each}" for each in methods) or "none"
    differ = "; ".join(
        f"{each.first} against {each.second}: {each.value:+.2f} from {each.low:+.2f} to {each.high:+.2f}"
        for each in results.groups_differ
    )
    judge = f"judge {standing.judge} version {results.judge_version}"
    return [
        ("4.1", "Statistical significance", f"Between groups: {differ or 'not compared'}. Against models: …"),
        ("4.1.1", "Test", "95 % intervals of differences on the same questions, by resampling."),
        ("4.2", "Uncertainty", f"Yes: 95 % intervals by {how}."),
        ("4.2.1", "Type of estimate", "Point and interval."),
        ("4.3", "Same metric", "Yes, where models are evaluated here: the share of right answers, no majority vote."),
        ("4.4", "Same criteria", f"Yes, where models are evaluated here by the same {judge}."),
        (
            "4.5",
            "Same method",
            f"Answers were judged by {judge}; a person who saw neither group nor participant decided {by_person}"
            f" different answers; {undecided} answers stayed undecided and count as not right.",
        ),
        ("4.6", "Robust to quality control", "Compare with the results that count who did not finish: …"),
    ]


def documentation(results: Results) -> list[Item]:
    """Section 5."""
    quiz = results.standing.quiz
    groups = results.standing.groups
    began = "; ".join(
        f"{each.name}: {each.finished} finished of {each.finished + each.unfinished + each.withdrawn} who began"
        for each in groups
    )
    times = "; ".join(
        f"{row.title}: median {row.timing.median_s:.0f} s a question ({row.timing.quarter_s:.0f} to"
        f" {row.timing.three_quarters_s:.0f}), {row.timing.timed_out} ran out of time"
        for row in results.rows
        if not row.arm and row.timing is not None and row.timing.median_s is not None
    )
    consent = f"Consent: {quiz.consent}" if quiz.consent else "Consent and instructions: the text of Trihedral."
    return [
        ("5.1.1", "Who they are", None),
        ("5.1.2", "Instructions", f"{consent} …"),
        ("5.1.3", "Time", times or "Nobody answered."),
        ("5.1.4", "AI tools of people", None),
        ("5.1.5", "Completion", began or "Nobody began."),
        ("5.2", "Data available", "Answers by pseudonym can be downloaded as CSV; published at: …"),
        ("5.2.1", "By person", "Yes, in that file."),
        ("5.2.2", "Why not", None),
        ("5.3", "Materials available", f"Questions and images are in {quiz.release}; published at: …"),
        ("5.4", "Code available", None),
    ]


def _there(results: Results) -> int:
    """Questions of the release for which the quiz stands."""
    return sum(
        line["eligible"] + sum(count for gate, count in line["left_out"].items() if gate not in OUT_OF_SCOPE)
        for line in results.standing.quiz.counts["strata"]
    )


def _people(results: Results) -> str:
    rows = [row for row in results.rows if not row.arm]
    told = ", ".join(f"{row.people} {row.title}" for row in rows) or "none"
    return f"{sum(row.people or 0 for row in rows)}: {told}."


def _per_person(results: Results) -> list[int]:
    counted: dict[int, int] = {}
    for each in results.standing.given:
        counted[each.participant_id] = counted.get(each.participant_id, 0) + 1
    return list(counted.values())


def _range(counts: list[int]) -> str:
    if not counts:
        return "None."
    return f"{min(counts)}." if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}."


def _power(results: Results) -> str:
    if results.power.why_not:
        return f"Not known: {results.power.why_not}"
    told = ", ".join(f"{line.points:g} points with {line.each}" for line in results.power.lines)
    return f"As people differ here, with 80 % power between two groups: {told} people each."


def _frozen(results: Results) -> str:
    quiz = results.standing.quiz
    if quiz.frozen_at is None or quiz.opened_at is None:
        return "Questions were fixed before anybody took them."
    return f"Questions were frozen on {quiz.frozen_at:%Y-%m-%d}, before it was opened on {quiz.opened_at:%Y-%m-%d}."


def _practice(results: Results) -> str:
    count = results.standing.practice
    return f"{count} practice question{'' if count == 1 else 's'}" if count else "No practice questions"
