"""Scenes that code makes, with exact truth: for the demo and as the tests' source of truth.

places -> landscapes -> fleet, terrain -> objects, vessels -> ground      a canvas is painted
radar -> clutter, geometry, focusing; optics                              two sensors see it, at two dates
scenes, settings, truth                                                   and the truth is kept
captions, writing, layouts, mosaic                                        files of the demo, of published layouts, of
                                                                          any size (these need rasterio)
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
