"""The history of one draft, for leads: who said what of it, when, from what to what, with what view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlalchemy import RowMapping

from app.db.errors import DomainError, Meaning
from app.review.pages.titles import FLAG_TITLES, STATES, TEXT_TITLES, TONES
from app.review.queries.history import HistoryRows, history_rows
from app.review.schemas.history import Entry, entries_of, may_see_verdicts
from app.web.database import DbSession
from app.web.guard import CurrentViewer
from app.web.rendering import render
from pipeline.screening.documentation import Part, parts_of

router = APIRouter()

DraftId = Annotated[int, Path(ge=1, lt=2**63)]


class NoSuchDraftError(DomainError):
    meaning: ClassVar[Meaning] = "not_found"
    code = "no_such_draft"


@dataclass(frozen=True, slots=True)
class HistoryPage:
    template: ClassVar[str] = "review/history.html"

    draft: RowMapping
    title: str
    text: Sequence[Part]
    """With what the newest screening found."""
    answer: Sequence[Part]
    state: str
    tone: str
    entries: Sequence[Entry]
    is_hidden: bool
    """Whether verdicts are left out, because the reader may still have to judge for themselves."""
    findings: Sequence[RowMapping]
    flags: Mapping[str, str]


@router.get("/drafts/{draft_id}", name="draft_page")
def draft_page(request: Request, session: DbSession, viewer: CurrentViewer, draft_id: DraftId) -> Response:
    rows = history_rows(session, draft_id)
    if rows is None:
        raise NoSuchDraftError(f"There is no draft {draft_id}.", draft_id=draft_id)
    draft = rows.draft
    is_shown = may_see_verdicts(viewer, rows)
    findings = rows.findings if is_shown or not draft["hides_findings"] else []
    newest = [row for row in findings if row["screening_version"] == findings[0]["screening_version"]]
    state = _state(rows) if is_shown or _state(rows) != "disagreement" else "in_review"
    page = HistoryPage(
        draft=draft,
        title=TEXT_TITLES[draft["question_type"] or draft["kind"]],
        text=_marked(draft["text"], newest, ("text", "question")),
        answer=_marked(draft["answer"] or "", newest, ("answer",)),
        state=STATES[state],
        tone=TONES[state],
        entries=entries_of(rows, with_verdicts=is_shown),
        is_hidden=not is_shown,
        findings=findings,
        flags=FLAG_TITLES,
    )
    return render(request, page)


def _marked(text: str, findings: Sequence[RowMapping], fields: Sequence[str]) -> Sequence[Part]:
    return parts_of(text, [(row["start_"], row["end_"]) for row in findings if row["field"] in fields])


def _state(rows: HistoryRows) -> str:
    """What became of the draft, a key of :data:`STATES`; told from the rows that are there anyway."""
    if any(row["closed_at"] is None for row in rows.disagreement):
        return "disagreement"
    if rows.resolutions:
        current = rows.resolutions[-1]
        return "rejected" if current["outcome"] == "rejected" else "revised" if current["is_revised"] else "verified"
    if rows.draft["packet_id"] is None:
        return "loose"
    return "in_review" if rows.reviews else "waiting"
