"""How a dataset is screened: all rules with what they found, their settings, and the drafts that a rule found fault
with. Works without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.db.errors import DomainError, Meaning
from app.intake.queries import findings, rule_settings
from app.intake.queries.findings import DraftWithFindings
from app.intake.queries.rule_settings import ScreeningRun
from app.intake.workflow.rule_setting import RulesError, begin_screening, rules_of, set_rules
from app.intake.workflow.running import require_dataset
from app.web.database import DbSession
from app.web.guard import CurrentViewer
from app.web.rendering import render
from pipeline.records import Draft
from pipeline.screening.documentation import FamilyDocument, Part, RuleDocument, documentation, parts_of
from pipeline.screening.rule_set import SETTINGS
from pipeline.vocabulary import KIND_TITLES, QUESTION_TYPE_TITLES

router = APIRouter()

DRAFTS_A_PAGE: Final = 20
TITLES: Final[Mapping[str, str]] = {"text": "", "question": "", "answer": "Answer"}
MEANINGS: Final[Mapping[str, str]] = {
    "error": "certain: the text is wrong or says what radar cannot show",
    "warning": "likely: an expert decides",
    "info": "to be looked at",
    "off": "not looked for",
}

Name = Annotated[str, Path(max_length=200)]
Key = Annotated[int, Query(ge=0, lt=2**63)]


class NoSuchRuleError(DomainError):
    meaning: ClassVar[Meaning] = "not_found"
    code = "no_such_rule"


@dataclass(frozen=True, slots=True)
class ScreeningPage:
    template: ClassVar[str] = "intake/screening.html"

    name: str
    families: Sequence[FamilyDocument]
    settings: Mapping[str, str]
    """Of the rules that are set otherwise than they come."""
    choices: Mapping[str, str]
    """What a rule may be set to, and what it means."""
    version: str
    counts: Mapping[str, int]
    """Findings by rule, under this version."""
    newest: ScreeningRun | None


@dataclass(frozen=True, slots=True)
class ShownText:
    """One field of a draft, in parts."""

    title: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class ShownDraft:
    """A draft with what one rule found in it."""

    scene_id: int
    scene: str
    kind: str
    texts: Sequence[ShownText]
    messages: Sequence[str]
    suggestions: Sequence[str]


@dataclass(frozen=True, slots=True)
class RuleFindingsPage:
    template: ClassVar[str] = "intake/rule_findings.html"

    name: str
    rule: RuleDocument
    family: FamilyDocument
    setting: str
    count: int
    rows: Sequence[ShownDraft]
    after: int | None
    is_first: bool


@router.get("/datasets/{name}/screening", name="screening_page")
def screening_page(request: Request, session: DbSession, name: Name) -> Response:
    dataset = require_dataset(session, name)
    rules = rules_of(session, dataset.dataset_id)
    page = ScreeningPage(
        name=dataset.name,
        families=documentation(),
        settings=rules.settings,
        choices=MEANINGS,
        version=rules.version,
        counts=findings.count_findings(session, dataset.dataset_id, rules.version),
        newest=rule_settings.newest_run(session, dataset.dataset_id),
    )
    return render(request, page)


@router.post("/datasets/{name}/screening", name="set_screening_rules")
def set_screening_rules(
    session: DbSession, viewer: CurrentViewer, name: Name, setting: Annotated[list[str] | None, Form()] = None
) -> Response:
    """Set the rules, each as ``rule=setting``, and have the dataset screened; then the run is shown."""
    set_rules(session, name, dict(map(_pair, setting or ())), viewer.pseudonym)
    return RedirectResponse(f"/runs/{begin_screening(session, name)}", 303)


@router.get("/datasets/{name}/screening/{rule}", name="rule_findings_page")
def rule_findings_page(request: Request, session: DbSession, name: Name, rule: Name, after: Key = 0) -> Response:
    dataset = require_dataset(session, name)
    family, document = _documented(rule)
    rules = rules_of(session, dataset.dataset_id)
    found = findings.drafts_with_findings(
        session, dataset.dataset_id, rule, rules.version, after=after, limit=DRAFTS_A_PAGE
    )
    page = RuleFindingsPage(
        name=dataset.name,
        rule=document,
        family=family,
        setting=rules.settings.get(rule, document.severity),
        count=findings.count_findings(session, dataset.dataset_id, rules.version).get(rule, 0),
        rows=[_shown(each) for each in found],
        after=found[-1].draft_id if len(found) == DRAFTS_A_PAGE else None,
        is_first=after == 0,
    )
    return render(request, page)


def _pair(given: str) -> tuple[str, str]:
    rule, _, setting = given.partition("=")
    if setting not in SETTINGS:
        raise RulesError(f"{given[:80]!a} is no setting of a rule: choose from {', '.join(SETTINGS)}.")
    return rule, setting


def _documented(rule: str) -> tuple[FamilyDocument, RuleDocument]:
    for family in documentation():
        for document in family.rules:
            if document.name == rule:
                return family, document
    raise NoSuchRuleError(f"There is no rule {rule[:80]!a}. The page of the dataset's screening lists all.")


def _shown(found: DraftWithFindings) -> ShownDraft:
    draft = found.draft
    fields = [("text" if draft.answer is None else "question", draft.text)]
    fields += [] if draft.answer is None else [("answer", draft.answer)]
    texts = [
        ShownText(
            TITLES[field],
            parts_of(text, [(each.start, each.end) for each in found.findings if each.field == field]),
        )
        for field, text in fields
    ]
    messages = dict.fromkeys(each.message for each in found.findings)
    suggestions = dict.fromkeys(each.suggestion for each in found.findings if each.suggestion is not None)
    return ShownDraft(found.scene_id, found.scene, _kind(draft), texts, list(messages), list(suggestions))


def _kind(draft: Draft) -> str:
    return KIND_TITLES[draft.kind] if draft.question_type is None else QUESTION_TYPE_TITLES[draft.question_type]
