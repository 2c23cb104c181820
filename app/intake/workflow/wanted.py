"""Which texts of which scenes a drafter has not written yet, and what it is shown of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, cast

from sqlalchemy.orm import Session

from app.assets import AssetStore
from app.intake.queries import drafting, scenes
from app.intake.queries.drafting import OutcomeKey, SceneInputs
from app.intake.workflow.patience import Patient
from app.intake.workflow.pictures import in_advance, picture_of, picture_size
from pipeline.drafting.drafting import Need, Request, SceneDrafter, SceneView
from pipeline.drafting.prompts import PICTURES, PictureName
from pipeline.records import Kind

SURVEYED_SCENES: Final = 2000
DRAWN_SCENES: Final = 256


@dataclass(frozen=True, slots=True)
class WantedScene:
    """A scene, as a drafter may know it without pictures, and what is missing of it."""

    scene_id: int
    view: SceneView
    missing: Mapping[Kind, OutcomeKey]
    unfit: tuple[Kind, ...]
    """Kinds for which the scene lacks an image, or land cover."""


@dataclass
class Survey:
    """What there is to do, counted before anything is done."""

    scenes: int = 0
    missing: Counter[Kind] = field(default_factory=Counter)
    unfit: Counter[Kind] = field(default_factory=Counter)
    sizes: Counter[tuple[Kind, int, int]] = field(default_factory=Counter)
    """Of missing texts, by kind and (rows, cols) of the picture that is shown."""

    @property
    def total(self) -> int:
        return sum(self.missing.values())


@dataclass(frozen=True)
class Wanted:
    """What one drafter is to write of one dataset."""

    dataset_id: int
    drafter: SceneDrafter
    drafter_ids: Mapping[Kind, int]

    def survey(self, session: Session) -> Survey:
        """Go through all scenes; a few columns of each."""
        found, after = Survey(), 0
        while chunk := self._chunk(session, after, SURVEYED_SCENES):
            for wanted in chunk:
                found.scenes += 1
                found.unfit.update(wanted.unfit)
                found.missing.update(wanted.missing.keys())
                size = picture_size(*wanted.view.size)
                found.sizes.update((kind, *size) for kind in wanted.missing)
            after = chunk[-1].scene_id
        return found

    def from_to(self, patient: Patient, after: int, until: int | None = None) -> Iterator[WantedScene]:
        """The scenes behind ``after``, up to and with ``until``, that lack something; read as they are drawn."""
        while chunk := patient.do(partial(self._chunk, after=after, limit=DRAWN_SCENES, is_full=True)):
            for wanted in chunk:
                if until is not None and wanted.scene_id > until:
                    return
                if wanted.missing:
                    yield wanted
            after = chunk[-1].scene_id

    def _chunk(self, session: Session, after: int, limit: int, *, is_full: bool = False) -> list[WantedScene]:
        listed = drafting.scan_scenes(session, self.dataset_id, after=after, limit=limit)
        done = drafting.outcomes_of(session, [each.scene_id for each in listed], list(self.drafter_ids.values()))
        wanted = [self._wanted(each, done) for each in listed]
        if is_full and any("boxes" in self.drafter.needs(kind) for kind in self.drafter_ids):
            return _with_boxes(session, wanted)
        return wanted

    def _wanted(self, scene: SceneInputs, done: set[OutcomeKey]) -> WantedScene:
        view, missing, unfit = _view(scene), {}, []
        for kind, drafter_id in self.drafter_ids.items():
            if not view.has(self.drafter.needs(kind)):
                unfit.append(kind)
                continue
            key = OutcomeKey(scene.scene_id, drafter_id, kind, self.drafter.input_sha256(kind, view))
            # Drafts of before inputs were kept have an empty one.
            if not done or (key not in done and replace(key, input_sha256="") not in done):
                missing[kind] = key
        return WantedScene(scene.scene_id, view, missing, tuple(unfit))


def requests_of(
    wanted: Iterator[WantedScene], drafter: SceneDrafter, store: AssetStore
) -> Iterator[tuple[Request, OutcomeKey]]:
    """Requests with all that the drafter is shown; pictures are made once a scene, and a few scenes in advance."""

    def shown(scene: WantedScene) -> tuple[WantedScene, SceneView]:
        needs = frozenset[Need]().union(*(drafter.needs(kind) for kind in scene.missing))
        pictures = {name: picture_of(store, scene.view.assets[name]) for name in PICTURES if name in needs}
        return scene, replace(scene.view, pictures=pictures)

    for scene, view in in_advance(wanted, shown):
        for kind, key in scene.missing.items():
            yield Request(view, kind), key


def _view(scene: SceneInputs) -> SceneView:
    assets: dict[PictureName, str] = {"sar": scene.processed_sha256}
    if scene.optical_sha256 is not None:
        assets["optical"] = scene.optical_sha256
    return SceneView(
        name=scene.name,
        size=(scene.rows, scene.cols),
        spacing_m=None if scene.spacing_m is None else cast("tuple[float, float]", tuple(scene.spacing_m)),
        assets=assets,
        land_cover=scene.land_cover or {},
    )


def _with_boxes(session: Session, wanted: list[WantedScene]) -> list[WantedScene]:
    stored = {each.scene_id: each for each in scenes.load_scenes(session, [each.scene_id for each in wanted])}
    return [
        replace(
            each,
            view=replace(
                each.view,
                boxes=stored[each.scene_id].boxes,
                labelled=stored[each.scene_id].metadata.labelled,
            ),
        )
        for each in wanted
    ]
