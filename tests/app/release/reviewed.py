"""Factories: a dataset whose drafts were reviewed, as the rooms before this one leave it."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.assets.store import AssetStore
from app.db.tables.accounts import Pseudonym
from app.db.tables.drafts import Draft, Drafter, Packet, PacketDraft
from app.db.tables.intake import Asset, Dataset, ObjectBox, Run, Scene
from app.db.tables.queueing import ReviewPolicy, SampleResult
from app.db.tables.review import Disagreement, DraftVerdict, Resolution, Review
from pipeline.records import digest

REVIEWER = uuid.UUID(int=1)
OTHER = uuid.UUID(int=2)


@dataclass
class Text:
    """A draft and what became of it. ``verdict`` None: not reviewed; "differs": waits to be adjudicated; "boxes": its
    boxes were judged; "sampled": taken over on a sample of which 2 of 40 were wrong."""

    text: str
    answer: str | None = None
    kind: str = "question"
    question_type: str | None = "counting"
    verdict: str | None = "accept"
    revised_text: str | None = None
    revised_answer: str | None = None
    flags: Sequence[str] = ()
    origin: str = "drafted"
    program: str | None = "count ship"
    support: str = "sar"

    def __post_init__(self) -> None:
        if self.kind == "question":
            self.answer = self.answer or "2"
        else:
            self.question_type = self.program = None


@dataclass
class View:
    """A scene with its texts."""

    name: str
    texts: Sequence[Text] = ()
    split: str = "test"
    image: bytes = b"pixels"
    is_usable: bool = True
    is_settled: bool = True
    provenance: dict[str, Any] = field(default_factory=lambda: {"looks": 4.4, "tiny": 1e-7, "whole": 1.0})


def caption(text: str, kind: str = "concise_caption", **more: Any) -> Text:
    return Text(text, kind=kind, **more)


def make_store(folder: Path) -> AssetStore:
    (folder / "assets").mkdir(parents=True, exist_ok=True)
    return AssetStore(folder / "assets")


def make_dataset(
    session: Session, store: AssetStore, views: Sequence[View], name: str = "ports", order: int | None = None
) -> None:
    """Store all of it; with ``order`` the rows are inserted in another order, under other numbers."""
    chance = random.Random(order)
    views = list(views)
    if order is not None:
        chance.shuffle(views)
    for pseudonym in (REVIEWER, OTHER):
        if session.get(Pseudonym, pseudonym) is None:
            session.execute(insert(Pseudonym).values(pseudonym=pseudonym))
    dataset_id = _add(session, Dataset, "dataset_id", name=name, source="coco")
    run_id = _add(session, Run, "run_id", dataset_id=dataset_id, kind="draft", state="done")
    drafter_id = _drafter(session)
    for view in views:
        _make_scene(session, store, view, (dataset_id, run_id, drafter_id), chance if order is not None else None)


def _make_scene(
    session: Session, store: AssetStore, view: View, ids: tuple[int, int, int], chance: random.Random | None
) -> None:
    dataset_id, run_id, drafter_id = ids
    sha256 = store_bytes(session, store, view.image)
    scene_id = _add(
        session, Scene, "scene_id", dataset_id=dataset_id, name=view.name, source_sha256=sha256, rows=64, cols=48,
        split=view.split, published_split=None, sar_sha256=sha256, processed_sha256=sha256, unit="dn",
        limits_low=0.0, limits_high=255.0, histogram={"low": 0, "high": 255, "counts": [0] * 256},
        provenance=view.provenance, original={"sar": {"name": view.name}}, metadata_={"labelled": ["ship"]},
        is_grouped=view.is_settled,
    )  # fmt: skip
    session.execute(
        insert(ObjectBox).values(scene_id=scene_id, number=1, source_box_id="17", category="ship", x_min=0.1, y_min=2,
                                 width=3.5, height=4)
    )  # fmt: skip
    texts = list(view.texts)
    if chance:
        chance.shuffle(texts)
    drafts = [(_make_draft(session, text, scene_id, run_id, drafter_id), text) for text in texts]
    if drafts:
        _review(session, dataset_id, scene_id, drafts, view)


def _make_draft(session: Session, text: Text, scene_id: int, run_id: int, drafter_id: int) -> int:
    return _add(
        session, Draft, "draft_id", scene_id=scene_id, drafter_id=drafter_id, run_id=run_id, origin=text.origin,
        kind=text.kind, question_type=text.question_type, text=text.text, answer=text.answer, program=text.program,
        box_ids=["17"] if text.program else [],
        draft_sha256=digest([text.kind, text.question_type, text.text, text.answer, text.origin]),
    )  # fmt: skip


def _review(session: Session, dataset_id: int, scene_id: int, drafts: Sequence[tuple[int, Text]], view: View) -> None:
    packet_id = _add(
        session, Packet, "packet_id", dataset_id=dataset_id, scene_id=scene_id, number=1, draft_count=len(drafts),
        reviews_wanted=1,
    )  # fmt: skip
    for position, (draft_id, _) in enumerate(drafts, start=1):
        values = {"packet_id": packet_id, "position": position, "draft_id": draft_id, "scene_id": scene_id}
        session.execute(insert(PacketDraft).values(**values))
    reviewed = [(draft_id, text) for draft_id, text in drafts if text.verdict is not None]
    if reviewed or not view.is_usable:
        reviews = [_add_review(session, packet_id, person, view) for person in (REVIEWER, OTHER)]
        for draft_id, text in reviewed:
            _decide(session, packet_id, draft_id, text, reviews)


def _add_review(session: Session, packet_id: int, reviewer: uuid.UUID, view: View) -> int:
    is_extra = reviewer == OTHER
    return _add(
        session, Review, "review_id", packet_id=packet_id, reviewer=reviewer, slot=None if is_extra else 1,
        is_extra=is_extra, submission_id=uuid.uuid4(), body_sha256="0" * 64, acknowledgement={},
        scene_verdict="usable" if view.is_usable or is_extra else "unusable",
        unusable_reason=None if view.is_usable or is_extra else "artefact",
    )  # fmt: skip


def _decide(session: Session, packet_id: int, draft_id: int, text: Text, reviews: Sequence[int]) -> None:
    verdict = "unsure" if text.verdict == "differs" else text.verdict
    if verdict in {"boxes", "sampled"}:
        _take_over(session, packet_id, draft_id, text, reviews if verdict == "boxes" else [])
        return
    for review_id in reviews:
        session.execute(
            insert(DraftVerdict).values(
                review_id=review_id, draft_id=draft_id, packet_id=packet_id, verdict=verdict,
                revised_text=text.revised_text, revised_answer=text.revised_answer, flags=list(text.flags),
                spans=[], support=text.support,
            )
        )  # fmt: skip
    if text.verdict == "differs":
        session.execute(insert(Disagreement).values(draft_id=draft_id, packet_id=packet_id, reason="unsure"))
        return
    is_verified = verdict in {"accept", "revise"}
    session.execute(
        insert(Resolution).values(
            draft_id=draft_id, outcome="verified" if is_verified else "rejected",
            text=(text.revised_text or text.text) if is_verified else None,
            answer=(text.revised_answer or text.answer) if is_verified else None,
            support=text.support if is_verified else None, is_revised=verdict == "revise", review_ids=[reviews[0]],
        )
    )  # fmt: skip


def _take_over(session: Session, packet_id: int, draft_id: int, text: Text, reviews: Sequence[int]) -> None:
    """An outcome without a verdict on the text itself."""
    dataset_id = session.execute(select(Packet.dataset_id).where(Packet.packet_id == packet_id)).scalar_one()
    result_id = None if reviews else _sample(session, dataset_id)
    session.execute(
        insert(Resolution).values(
            draft_id=draft_id, outcome="verified", text=text.text, answer=text.answer, support="sar",
            review_ids=list(reviews[:1]), basis="box_set" if reviews else "sample", sample_result_id=result_id,
        )
    )  # fmt: skip


def _sample(session: Session, dataset_id: int) -> int:
    policy_id = _add(
        session, ReviewPolicy, "review_policy_id", dataset_id=dataset_id, kind="question", mode="sample",
        sample_share=0.1, decided_by="command",
    )  # fmt: skip
    return _add(
        session, SampleResult, "sample_result_id", review_policy_id=policy_id, read=40, wrong=2, low=0.0125, high=0.168,
        decided_by="command",
    )  # fmt: skip


def store_bytes(session: Session, store: AssetStore, content: bytes) -> str:
    """The SHA-256 under which the bytes are in the store, and in the table of assets."""
    file = Path(store._root).parent / "file"
    file.write_bytes(content)
    asset = store.put(file, "image/tiff")
    if session.get(Asset, asset.sha256) is None:
        session.execute(insert(Asset).values(sha256=asset.sha256, media_type="image/tiff", bytes=asset.bytes))
    return asset.sha256


def _drafter(session: Session) -> int:
    parameters = {"temperature": 0.1, "top_p": 1.0, "small": 1e-7}
    identity = digest(parameters)
    known = session.execute(select(Drafter.drafter_id).where(Drafter.identity == identity)).scalar()
    values = {"identity": identity, "name": "corpus", "version": "1", "parameters": parameters}
    return known or _add(session, Drafter, "drafter_id", **values)


def _add(session: Session, table: Any, key: str, **values: Any) -> int:
    return session.execute(insert(table).values(**values).returning(getattr(table, key))).scalar_one()
