"""Grounds on which little stands, and how they are looked at."""

from __future__ import annotations

import numpy as np

from pipeline.simulation.ground import Canvas, Ground
from pipeline.simulation.settings import SceneSettings
from pipeline.simulation.staging import stage
from pipeline.simulation.truth import Sensing


def sensing_of(settings: SceneSettings) -> Sensing:
    return stage(0, 0, settings).sensing


def plain(settings: SceneSettings, ground: Ground) -> Canvas:
    """A canvas of one class."""
    sensing = sensing_of(settings)
    canvas = Canvas(
        (settings.rows, settings.cols),
        sensing.spacing_m,
        sensing.layover_px_per_m,
        sensing.look_azimuth_deg,
        np.random.default_rng(0),
    )
    everything = np.ones(canvas.shape, bool)
    canvas.paint(canvas.frame(0, 0, 0), everything, ground)
    return canvas
