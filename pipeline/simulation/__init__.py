"""Scenes that code makes, with exact truth: for the demo and as the tests' source of truth.

places -> landscapes -> fleet, terrain -> objects -> ground      a canvas is painted
radar, optics                                                    two sensors see it
scenes                                                           and the truth is kept
captions, writing                                                the demo's files (writing needs rasterio)
"""

from __future__ import annotations

from pipeline.simulation.places import PLACES, Place
from pipeline.simulation.scenes import KINDS, SceneTruth, SimulatedScene, simulate_demo, simulate_scene

__all__ = ["KINDS", "PLACES", "Place", "SceneTruth", "SimulatedScene", "simulate_demo", "simulate_scene"]
