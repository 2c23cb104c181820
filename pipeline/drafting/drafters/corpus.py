"""The template corpus as a drafter: questions that follow from a scene's boxes, without any model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from threading import Event

from pipeline.drafting.corpus import CORPUS_DRAFTER, draft_questions
from pipeline.drafting.drafting import Assignment, DrafterError, Need, Outcome, Request, SceneView
from pipeline.records import Drafter, Kind


class CorpusDrafter:
    """Writes questions only; the same scenes and options give the same ones."""

    def __init__(self, assignment: Assignment) -> None:
        if "question" not in assignment.kinds:
            raise DrafterError("the corpus writes questions only: captions come from a drafter with a model")
        self.kinds: tuple[Kind, ...] = ("question",)
        self._per_scene, self._seed = assignment.per_scene, assignment.seed

    def needs(self, kind: Kind) -> frozenset[Need]:
        return frozenset({"boxes"})

    def identity(self, kind: Kind) -> Drafter:
        sample = {} if self._per_scene is None else {"per_scene": self._per_scene, "seed": self._seed}
        return replace(CORPUS_DRAFTER, parameters={**CORPUS_DRAFTER.parameters, **sample})

    def input_sha256(self, kind: Kind, scene: SceneView) -> str:
        return ""

    def draft(self, requests: Iterable[Request], stop: Event) -> Iterator[Outcome]:
        for request in requests:
            scene = request.scene
            drafts = draft_questions(
                scene.boxes, scene.size, scene.labelled, seed=self._seed, per_scene=self._per_scene
            )
            yield Outcome(request, tuple(drafts), attempts=0)
