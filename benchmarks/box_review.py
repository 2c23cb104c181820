"""Boxes judged as a set, against text by text: texts resolved an action and a minute; and is all derived right?

    python -m benchmarks.box_review [COCO ...] [--scenes 50] [--per-scene 10] [--sample 0.1]
        [--key-s 0.3] [--text-s 5] [--box-s 2] [--draw-s 6]

COCO are annotation files, or a folder of them (SARDet-100K's Annotations); without any, scenes are made. Their boxes
are taken for the truth. What is imported has mistakes planted: boxes of another class, missing ones, and some that are
not there.
The same corpus is drafted twice, and a script that knows the truth reviews it through the real workflow on a real
database: once text by text, once by its boxes. Seconds are stated, not measured: they are what an expert is taken to
need for a key, for reading a text beside two images, for looking at a box, for drawing one. Ends with 1 where a derived
answer, or a verified text, is not what an independent count says.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.assets import AssetStore
from app.db import SessionMaker, embedded, make_engine, make_sessionmaker, migrate, transaction
from app.intake.workflow.box_policy import set_box_policy
from app.intake.workflow.corpus import CorpusOptions, draft_corpus
from app.intake.workflow.screening import screen_dataset
from app.review.workflow import BoxSubmission, GivenVerdict, ReviewConfig, Submission, claim, review_boxes, submit
from benchmarks.counted_answers import counted, still_asks
from benchmarks.planted_boxes import Case, add_cases, made_scenes, planted, real_scenes

CONFIG = ReviewConfig()


@dataclass
class Cost:
    """What a way of reviewing took, and what came of it."""

    keys: int = 0
    drags: int = 0
    seconds: float = 0.0
    texts: int = 0
    derived: int = 0
    read: int = 0
    faults: list[str] = field(default_factory=list)

    def told(self, way: str) -> str:
        actions = self.keys + self.drags
        return (
            f"{way}: {self.texts} texts in {actions} actions ({self.drags} of them drawn boxes) and"
            f" {self.seconds / 60:.1f} minutes: {self.texts / actions:.2f} an action,"
            f" {60 * self.texts / self.seconds:.1f} a minute; {self.read} read, {self.derived} new texts derived"
        )


@dataclass(frozen=True)
class Seconds:
    """What an expert is taken to need."""

    key: float
    text: float
    box: float
    draw: float


@dataclass(frozen=True)
class Handed:
    """A claimed packet with its scene's case and its texts: draft, program, answer."""

    assignment_id: uuid.UUID
    packet_id: int
    case: Case
    texts: Sequence[tuple[int, str, str]]


class Script:
    """One reviewer who knows the truth."""

    def __init__(self, session: Session, name: str, cases: Sequence[Case], seconds: Seconds) -> None:
        self.session, self.name, self.cases, self.seconds = session, name, cases, seconds
        query = text("insert into pseudonym default values returning pseudonym")
        self.reviewer: uuid.UUID = session.execute(query).scalar_one()
        self.cost = Cost()
        self.outcomes: Counter[str] = Counter()
        self.seen: set[int] = set()

    def packets(self) -> Iterator[Handed]:
        while (assignment_id := claim(self.session, self.reviewer, self.name, [], CONFIG).assignment_id) is not None:
            query = text("""select a.packet_id, s.name, d.draft_id, d.program, d.answer
                from assignment a join packet_draft m using (packet_id) join draft d using (draft_id)
                join scene s on s.scene_id = d.scene_id where a.assignment_id = :id order by m.position""")
            rows = self.session.execute(query, {"id": assignment_id}).all()
            number = int(rows[0].name.split()[-1].removesuffix(".tif"))
            texts = [(row.draft_id, row.program, row.answer) for row in rows]
            yield Handed(assignment_id, rows[0].packet_id, self.cases[number], texts)

    def truth(self, case: Case, program: str) -> str | None:
        """The answer from what is really there; None where there is none, or the question is no more."""
        if not still_asks(program, case.imported, case.truth):
            return None
        return counted(program, case.truth, case.size, case.looked_for)

    def read(self, handed: Handed, draft_id: int, program: str, answer: str) -> GivenVerdict:
        """One text by itself: one key where it is true, else one more for why."""
        is_true = self.truth(handed.case, program) == answer
        self.press(1 if is_true else 2, self.seconds.text)
        self.cost.read += 1
        return GivenVerdict(draft_id, "accept" if is_true else "reject")

    def press(self, keys: int, looking_s: float = 0.0) -> None:
        self.cost.keys += keys
        self.cost.seconds += keys * self.seconds.key + looking_s

    def send(self, handed: Handed, verdicts: Sequence[GivenVerdict]) -> None:
        self.press(1)
        given = Submission(uuid.uuid4(), handed.assignment_id, handed.packet_id, "usable", None, tuple(verdicts))
        submit(self.session, self.reviewer, given)

    def text_by_text(self) -> Cost:
        """Each text is read, with a verdict of its own."""
        for handed in self.packets():
            self.send(handed, [self.read(handed, *each) for each in handed.texts])
            self.cost.texts += len(handed.texts)
        return self.cost

    def by_boxes(self) -> Cost:
        """Boxes first; texts only where they are drawn to be read."""
        judged: dict[int, dict[int, tuple[str, str | None, bool]]] = {}
        for handed in self.packets():
            is_derived = handed.packet_id in judged
            told = judged[handed.packet_id] if is_derived else self.judge(handed, judged)
            verdicts = []
            for draft_id, program, answer in handed.texts:
                outcome, new, is_sampled = told[draft_id]
                self.compare(handed, program, answer, outcome, new)
                if is_sampled:
                    verdicts.append(self.read(handed, draft_id, program, answer))
                else:
                    verdict = "accept" if outcome == "same" else "reject"
                    verdicts.append(GivenVerdict(draft_id, verdict, origin="box_set"))
            self.send(handed, verdicts)
            self.cost.derived += len(handed.texts) if is_derived else 0
            self.cost.texts += 0 if is_derived else len(handed.texts)
        return self.cost

    def judge(
        self, handed: Handed, judged: dict[int, dict[int, tuple[str, str | None, bool]]]
    ) -> dict[int, tuple[str, str | None, bool]]:
        """Confirm the set; what it gives for the packet, and for those that come of it."""
        self.look_at_boxes(handed.case)
        found = review_boxes(
            self.session, self.reviewer, BoxSubmission(uuid.uuid4(), handed.assignment_id, handed.case.said), CONFIG
        )
        told = {each.draft_id: (each.outcome, each.answer, each.is_sampled) for each in found.texts}
        query = text("select distinct packet_id from packet_draft where draft_id = any(:ids)")
        for packet_id in self.session.execute(query, {"ids": list(told)}).scalars():
            judged[packet_id] = told
        return told

    def look_at_boxes(self, case: Case) -> None:
        """Each once; before another packet of the scene they stand as they were left."""
        if id(case) in self.seen:
            self.press(1, self.seconds.box)
            return
        self.seen.add(id(case))
        for said in case.said:
            if said.verdict == "missing":
                self.press(2, self.seconds.draw)
                self.cost.drags += 1
            else:
                self.press(2 if said.verdict == "wrong_class" else 1, self.seconds.box)
        self.press(1)

    def compare(self, handed: Handed, program: str, answer: str, outcome: str, new: str | None) -> None:
        """Hold what was derived to the independent count."""
        self.outcomes[outcome] += 1
        right = self.truth(handed.case, program)
        derived = {"same": answer, "changed": new, "gone": None}[outcome]
        if derived != right:
            self.cost.faults.append(f"{program}: {outcome} {derived!r}, but there is {right!r}")


def wrong_texts(session: Session, name: str, cases: Sequence[Case]) -> tuple[int, list[str]]:
    """How many texts are verified, and those of them that are not true."""
    query = text("""select s.name, d.program, r.answer from resolution r join draft d using (draft_id)
        join scene s using (scene_id) join dataset t using (dataset_id)
        where t.name = :name and r.outcome = 'verified'""")
    rows = session.execute(query, {"name": name}).all()
    wrong = []
    for row in rows:
        case = cases[int(row.name.split()[-1].removesuffix(".tif"))]
        if counted(row.program, case.truth, case.size, case.looked_for) != row.answer:
            wrong.append(f"{name}, {row.name}: {row.program} verified as {row.answer!r}")
    return len(rows), wrong


def cases_of(given: argparse.Namespace) -> list[Case]:
    """So many cases; of fewer real scenes each is taken again, with other mistakes."""
    rng = random.Random(given.seed)
    found = real_scenes(given.coco) if given.coco else made_scenes(given.scenes, rng)
    if not found:
        sys.exit(f"There is no image with a box in {', '.join(map(str, given.coco))}.")
    boxes = sum(len(scene[2]) for scene in found)
    kind = "real" if given.coco else "made"
    print(f"{given.scenes} scenes of {len(found)} {kind} ones with {boxes / len(found):.1f} boxes each")
    return [planted(*found[at % len(found)], rng) for at in range(given.scenes)]


def run(sessions: SessionMaker, store: AssetStore, folder: Path, given: argparse.Namespace) -> list[str]:
    cases = cases_of(given)
    seconds = Seconds(given.key_s, given.text_s, given.box_s, given.draw_s)
    costs, faults = {}, []
    for name in ("texts", "boxes"):
        add_cases(sessions, store, folder, name, cases)
        with transaction(sessions) as session:
            set_box_policy(session, name, boxes_first=name == "boxes", sample_percent=str(100 * given.sample))
        draft_corpus(sessions, CorpusOptions(name, per_scene=given.per_scene))
        screen_dataset(sessions, name)
        with transaction(sessions) as session:
            script = Script(session, name, cases, seconds)
            costs[name] = script.by_boxes() if name == "boxes" else script.text_by_text()
            verified, wrong = wrong_texts(session, name, cases)
        faults += [*costs[name].faults, *wrong]
        print(costs[name].told({"texts": "text by text", "boxes": "boxes first"}[name]) + f", {verified} verified")
        if script.outcomes:
            counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(script.outcomes.items()))
            print(f"derived answers held to an independent count: {counts}; {len(costs[name].faults)} differ")
    quicker = costs["boxes"].texts / costs["boxes"].seconds / (costs["texts"].texts / costs["texts"].seconds)
    one, other = (cost.keys + cost.drags for cost in (costs["texts"], costs["boxes"]))
    print(f"boxes first: {quicker:.1f} times as many texts a minute, {one / other:.1f} times as many an action")
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("coco", nargs="*", type=Path)
    parser.add_argument("--scenes", type=int, default=50)
    parser.add_argument("--per-scene", type=int, default=10, help="at most so many questions a scene")
    parser.add_argument("--sample", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=0)
    stated = {"key": (0.3, "a key"), "text": (5, "reading a text"), "box": (2, "a look at a box")}
    stated |= {"draw": (6, "drawing a box")}
    for name, (value, what) in stated.items():
        parser.add_argument(f"--{name}-s", type=float, default=value, help=f"seconds for {what}")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trihedral-") as name:
        folder = Path(name)
        # Root's server runs as another account, which must get to its data.
        folder.chmod(0o755)
        with embedded.use(folder / "data") as server:
            migrate.upgrade(server.url)
            engine = make_engine(server.url)
            faults = run(make_sessionmaker(engine), AssetStore(folder / "assets"), folder, given)
            engine.dispose()
    for fault in faults[:20]:
        print(f"FAULT {fault}")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
