"""Scenes that code makes, with exact truth: for the demo and as the tests' source of truth.

settings, staging                                     what a scene is to be
landscapes -> fleet, terrain -> objects, vessels      a canvas (ground) is painted
radar -> clutter, geometry, focusing; optics          two sensors see it, at two dates
framing, land_cover, truth                            and what is true of both images is kept
scenes                                                the whole of it
captions, rasters, writing, layouts, mosaic           files: of the demo, in published layouts, of any size
                                                      (but for captions these need rasterio)
"""

from __future__ import annotations

from pipeline.simulation.places import PLACES, Place
from pipeline.simulation.scenes import SimulatedScene, simulate, simulate_demo, simulate_scene
from pipeline.simulation.settings import KINDS, SceneSettings
from pipeline.simulation.truth import ObjectTruth, PairTruth, SceneTruth, Sensing

__all__ = [
    "KINDS",
    "PLACES",
    "ObjectTruth",
    "PairTruth",
    "Place",
    "SceneSettings",
    "SceneTruth",
    "Sensing",
    "SimulatedScene",
    "simulate",
    "simulate_demo",
    "simulate_scene",
]
