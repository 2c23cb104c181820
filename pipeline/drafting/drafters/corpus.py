"""The template corpus as a drafter: questions that follow from a scene's boxes, without any model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from threading import Event

from pipeline.drafting.box_arrays import BoxedScene
from pipeline.drafting.corpus import corpus_drafter, draft_scenes
from pipeline.drafting.drafting import Assignment, DrafterError, Need, Outcome, Request, SceneView
from pipeline.drafting.policy import Policy
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
        return corpus_drafter("complete", self._per_scene, self._seed)

    def input_sha256(self, kind: Kind, scene: SceneView) -> str:
        return ""

    def draft(self, requests: Iterable[Request], stop: Event) -> Iterator[Outcome]:
        for request in requests:
            scene = request.scene
            boxed = BoxedScene(scene.name, scene.size, scene.boxes, scene.labelled, scene.land_cover)
            [drafts] = draft_scenes([boxed], Policy(self._per_scene), seed=self._seed)
            yield Outcome(request, tuple(drafts), attempts=0)
