"""The reporting checklist for human baselines, filled in from what the quiz knows, as Markdown.

Numbers are those of the checklist; the words are ours. What only the people who ran the quiz know is an empty line.

References
----------
K. L. Wei et al., "Recommendations and Reporting Checklist for Rigorous & Transparent Human Baselines in Model
Evaluations", 2025, arXiv:2506.13776, appendix B.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from app.quiz.schemas.checklist_facts import analysis, design, documentation, execution, paper, recruitment
from app.quiz.workflow.results import ALL, Results
from app.quiz.workflow.rules import ARM_TITLES
from app.quiz.workflow.shares import Share
from pipeline.vocabulary import QUESTION_TYPE_TITLES

EMPTY: Final = "____________________"
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+!|~>&<-])")


def checklist(results: Results) -> str:
    """The whole page: what was measured, then the checklist section by section."""
    quiz = results.standing.quiz
    sections = (
        ("0 Paper", paper(results)),
        ("1 Design and implementation", design(results)),
        ("2 Recruitment", recruitment(results)),
        ("3 Execution", execution(results)),
        ("4 Analysis", analysis(results)),
        ("5 Documentation", documentation(results)),
    )
    head = [
        f"# Human baseline: {_plain(quiz.name)}",
        "",
        "The reporting checklist of Wei et al. (2025, arXiv:2506.13776, appendix B), by its numbers. What the quiz"
        f" knows is filled in; where it says {EMPTY}, write what only you know. Read all of it before you publish it.",
        "",
        *_table(results),
    ]
    return "\n".join([*head, *(line for title, items in sections for line in _section(title, items))]) + "\n"


def _section(title: str, items: Iterable[tuple[str, str, str | None]]) -> list[str]:
    lines = ["", f"## {title}", ""]
    for number, name, told in items:
        lines.append(f"- **{number} {name}.** {EMPTY if told is None else _told(told)}")
    return lines


def _told(told: str) -> str:
    """Words of ours and of others, with an empty line where the words end in one."""
    text = told.removesuffix("…")
    return f"{_plain(text)} {EMPTY}" if told.endswith("…") else _plain(text)


def _table(results: Results) -> list[str]:
    columns = [*results.columns, ALL]
    titles = ["", *(QUESTION_TYPE_TITLES.get(name, "All") for name in columns)]
    lines = [_line(titles), _line(["---", *("---:" for _ in columns)])]
    for row in (*results.rows, *results.baselines):
        arm = f", {ARM_TITLES[row.arm]}" if row.arm else ""
        people = "" if row.people is None else f", {row.people} people" if row.people != 1 else ", 1 person"
        lines.append(_line([_plain(f"{row.title}{arm}{people}"), *(_share(row.cells[name]) for name in columns)]))
    return [*lines, "", "Right of asked, share, 95 % interval."]


def _share(share: Share) -> str:
    if share.value is None:
        return "–"
    counts = "" if share.right is None else f"{share.right}/{share.asked} = "
    interval = "" if share.low is None or share.high is None else f" [{share.low:.2f}, {share.high:.2f}]"
    note = f" ({share.note})" if share.note else ""
    return f"{counts}{share.value:.2f}{interval}{note}"


def _line(texts: Sequence[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _plain(text: str) -> str:
    """On one line, and no Markdown of its own."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
