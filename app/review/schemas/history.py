"""A draft's history as leads read it: one entry an event, in the order of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import RowMapping

from app.review.queries.history import HistoryRows
from app.review.workflow.differences import Change, differences
from app.review.workflow.verdicts import FlaggedSpan
from app.web.policy import REVIEWERS
from app.web.viewer import Viewer

Tone = Literal["", "ok", "info", "warning", "error"]

ERASED: Final = "erased"
"""Who it was, where the person is gone and only the pseudonym is left."""

VERDICTS: Final[Mapping[str, tuple[str, Tone]]] = {
    "accept": ("accepted", "ok"),
    "revise": ("revised", "info"),
    "reject": ("rejected", "error"),
    "unsure": ("unsure", "warning"),
}
ORIGINS: Final[Mapping[str, str]] = {
    "single": "by a key for this text",
    "accept_all": "with all that were seen",
    "fix": "a suggested wording, confirmed",
    "tally": "counted in the image",
    "box_set": "follows from judged boxes",
}
CHOICES: Final[Mapping[str, str]] = {
    "side": "took one side",
    "written": "wrote another text",
    "as_drafted": "kept the draft as it is",
    "reject": "rejected it",
}
REASONS: Final[Mapping[str, str]] = {
    "unsure": "a reviewer was unsure",
    "verdicts_differ": "verdicts differ",
    "texts_differ": "revised texts differ",
    "scene_differs": "reviewers differ about the scene",
}
BASES: Final[Mapping[str, str]] = {
    "reviews": "reviews of the text",
    "box_set": "judged boxes that it follows from",
    "sample": "a sample of texts like it",
}
SUPPORTS: Final[Mapping[str, str]] = {"sar": "SAR", "sar_with_optical": "SAR with optical"}


@dataclass(frozen=True, slots=True)
class Rewording:
    """One field as it was and as it became; nothing but ``same`` where it was left alone."""

    field: str
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class FlaggedWords:
    flag: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    at: dt.datetime
    what: str
    who: str | None = None
    """A display name, or :data:`ERASED`; None where nobody did it."""
    badge: str = ""
    tone: Tone = ""
    aside: str = ""
    is_quiet: bool = False
    """Whether it counts in no outcome: superseded, extra, before what was hidden was shown."""
    rewordings: Sequence[Rewording] = ()
    flags: Sequence[str] = ()
    spans: Sequence[FlaggedWords] = ()
    facts: Sequence[tuple[str, str]] = ()
    note: str = ""
    address: str = ""


def may_see_verdicts(viewer: Viewer, rows: HistoryRows) -> bool:
    """Whether the verdicts are shown: to who may still judge the draft or decide on it, only behind their own.

    An admin who neither reviews nor adjudicates sees everything at any time.
    """
    if not viewer.roles & REVIEWERS or rows.resolutions:
        return True
    return any(row["reviewer"] == viewer.pseudonym for row in rows.reviews)


def entries_of(rows: HistoryRows, *, with_verdicts: bool) -> list[Entry]:
    """What happened to the draft, the oldest first; without what people said of it where that is hidden."""
    entries = [*_made(rows), *_outcomes(rows)]
    if with_verdicts:
        numbers = _numbers(rows)
        entries += [
            *_reviews(rows, numbers),
            *_before(rows),
            *_decisions(rows, numbers),
            *_comments(rows),
            *_boxes(rows),
        ]
    return sorted(entries, key=lambda entry: entry.at)


def _made(rows: HistoryRows) -> Iterator[Entry]:
    draft = rows.draft
    yield Entry(draft["created_at"], "Drafted", aside=f"run {draft['run_id']}", address=f"/runs/{draft['run_id']}")
    for row in rows.screenings:
        found = sum(each["screening_version"] == row["screening_version"] for each in rows.findings)
        yield Entry(
            row["screened_at"],
            "Screened",
            aside=f"version {row['screening_version']}",
            badge=f"{found} {'finding' if found == 1 else 'findings'}",
            tone="info" if found else "",
            address=f"/runs/{row['run_id']}",
        )
    if draft["packet_id"] is not None:
        place = f"text {draft['position']} of {draft['draft_count']} in packet {draft['packet_number']} of the scene"
        yield Entry(draft["sealed_at"], "Sealed", aside=place)


def _numbers(rows: HistoryRows) -> dict[int, str]:
    """What each review is called."""
    return {row["review_id"]: f"review {number}" for number, row in enumerate(rows.reviews, 1)}


def _reviews(rows: HistoryRows, numbers: Mapping[int, str]) -> Iterator[Entry]:
    for row in rows.reviews:
        unusable = row["scene_verdict"] == "unusable"
        badge, tone = VERDICTS[row["verdict"]] if row["verdict"] else ("scene unusable", "error")
        asides = [f"revision {row['revision']}"] if row["revision"] > 1 else []
        asides += ["superseded"] if row["is_superseded"] else []
        asides += ["an extra opinion, counted nowhere"] if row["is_extra"] else []
        asides += [f"scene unusable: {row['unusable_reason'].replace('_', ' ')}"] if unusable else []
        yield Entry(
            row["submitted_at"],
            numbers[row["review_id"]].capitalize(),
            who=row["who"] or ERASED,
            badge=badge,
            tone=tone,
            aside=", ".join(asides),
            is_quiet=row["is_superseded"] or row["is_extra"],
            rewordings=_rewordings(rows.draft, row),
            flags=row["flags"] or (),
            spans=_spans(rows.draft, row["spans"] or ()),
            facts=_looked(row) if row["verdict"] else (),
        )


def _before(rows: HistoryRows) -> Iterator[Entry]:
    for row in rows.before:
        is_first = row["stage"] == "first"
        badge, tone = VERDICTS[row["verdict"]]
        yield Entry(
            row["created_at"],
            "Before the findings were shown" if is_first else "From the SAR image alone",
            who=row["who"] or ERASED,
            badge=badge,
            tone=tone,
            aside="had seen the scene's optical image before" if row["has_seen_optical"] else "",
            is_quiet=True,
            rewordings=_rewordings(rows.draft, row),
            flags=row["flags"],
        )


def _decisions(rows: HistoryRows, numbers: Mapping[int, str]) -> Iterator[Entry]:
    for number, row in enumerate(rows.disagreement):
        if number == 0:
            yield Entry(row["opened_at"], "Disagreement", aside=REASONS[row["reason"]], tone="warning", badge="differs")
        if row["choice"] is None:
            continue
        sides = [f"that of {numbers[row['side_review_id']]}"] if row["side_review_id"] in numbers else []
        sides += [f"scene unusable: {row['unusable_reason'].replace('_', ' ')}"] if row["unusable_reason"] else []
        yield Entry(
            row["decided_at"],
            "Adjudicated",
            who=row["who"] or ERASED,
            badge=CHOICES[row["choice"]],
            tone="error" if row["choice"] == "reject" else "ok",
            aside=", ".join(sides),
            flags=row["flags"],
            note=row["note"] or "",
        )


def _outcomes(rows: HistoryRows) -> Iterator[Entry]:
    for row in rows.resolutions:
        is_verified = row["outcome"] == "verified"
        facts = [("support", SUPPORTS[row["support"]])] if row["support"] else []
        if row["basis"] == "sample":
            facts += [
                ("sample", f"{row['read']:,} read, {row['wrong']:,} wrong ({row['low']:.1%} to {row['high']:.1%})")
            ]
        yield Entry(
            row["resolved_at"],
            "Outcome" if row["revision"] == 1 else f"Outcome, revision {row['revision']}",
            badge=row["outcome"],
            tone="ok" if is_verified else "error",
            aside=f"rests on {BASES[row['basis']]}",
            is_quiet=row is not rows.resolutions[-1],
            rewordings=_changed(rows.draft, row["text"], row["answer"]) if is_verified else (),
            facts=facts,
        )
    for row in rows.releases:
        name = f"{row['name']}@{row['number']}"
        yield Entry(row["created_at"], "Released", badge=name, tone="ok", address=f"/releases/{name}")


def _boxes(rows: HistoryRows) -> Iterator[Entry]:
    for row in rows.box_reviews:
        told = [("right", "right"), ("wrong_class", "wrong class"), ("spurious", "spurious"), ("missing", "missing")]
        is_cited = row["box_review_id"] == rows.draft["box_review_id"]
        yield Entry(
            row["created_at"],
            "Boxes judged",
            who=row["who"] or ERASED,
            aside="the text was derived from them" if is_cited else "the text's answer was derived anew from them",
            facts=[(words, str(row[name])) for name, words in told if row[name]],
        )


def _comments(rows: HistoryRows) -> Iterator[Entry]:
    for row in rows.comments:
        several = f"to {row['reviewers']} reviewers" if row["reviewers"] > 1 else "to a reviewer"
        aside = several if row["reviewers"] else "to the leads"
        yield Entry(row["created_at"], "Comment", who=row["who"] or ERASED, aside=aside, note=row["text"])


def _rewordings(draft: RowMapping, said: RowMapping) -> list[Rewording]:
    if said["revised_text"] is None:
        return []
    answer = draft["answer"] if said["revised_answer"] is None else said["revised_answer"]
    return _changed(draft, said["revised_text"], answer)


def _changed(draft: RowMapping, text: str | None, answer: str | None) -> list[Rewording]:
    """The fields that became something else than the draft has."""
    pairs = (
        ("text" if draft["answer"] is None else "question", draft["text"], text),
        ("answer", draft["answer"], answer),
    )
    return [
        Rewording(field, differences(before or "", after or ""))
        for field, before, after in pairs
        if after is not None and before != after
    ]


def _spans(draft: RowMapping, spans: Sequence[Mapping[str, Any]]) -> list[FlaggedWords]:
    fields = {"answer": draft["answer"] or ""}
    return [
        FlaggedWords(span.flag, fields.get(span.field, draft["text"])[span.start : span.end])
        for span in (FlaggedSpan(**stored) for stored in spans)
    ]


def _looked(row: RowMapping) -> list[tuple[str, str]]:
    """How the text was looked at: only what is known. For who asks how a verdict came about, never to rank people."""
    view = row["view"] or {}
    facts = [("given", ORIGINS[row["origin"]]), ("support", SUPPORTS[row["support"]])]
    if row["marks"]:
        facts.append(("marks", str(len(row["marks"]))))
    if view.get("ms") is not None:
        facts.append(("in focus", f"{view['ms'] / 1000:,.1f} s"))
    if view.get("zoom"):
        facts.append(("zoom", f"{view['zoom']:.2f} screen pixels a pixel"))
    if view.get("limits"):
        facts.append(("limits", " to ".join(f"{value:,.1f}" for value in view["limits"])))
    if view.get("panel"):
        facts.append(("panels", str(view["panel"])))
    if view.get("window"):
        x_min, y_min, width, height = view["window"]
        facts.append(("in sight", f"{width:,.0f} × {height:,.0f} px from ({x_min:,.0f}, {y_min:,.0f})"))
    if view.get("both_loaded") is not None:
        facts.append(("both images on screen", "yes" if view["both_loaded"] else "no"))
    return facts
