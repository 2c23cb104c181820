"""The three pictures by which people who take a quiz learn how radar sees: simulated, so that they tell no real ground.

``python -m pipeline.simulation.lesson static/img/quiz`` makes those that are in the repository.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.simulation.scenes import SimulatedScene, simulate_scene
from pipeline.simulation.settings import SceneSettings

SEED: Final = 5
SIDE_PX: Final = 384
PICTURES: Final = {"town": ("city", 3), "river": ("river_bridge", 4), "fields": ("farmland", 6)}
"""File: kind of scene, and which."""
_QUALITY: Final = 80
_PERCENTILES: Final = (1.0, 99.6)


def write_lesson(folder: Path) -> list[Path]:
    """Write the pictures as JPEG of 384 × 768 pixels: on the left by a camera, on the right by radar."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, (kind, index) in PICTURES.items():
        scene = simulate_scene(SEED, index, SceneSettings(kind=kind, rows=SIDE_PX, cols=SIDE_PX))
        target = folder / f"{name}.jpg"
        Image.fromarray(side_by_side(scene)).save(target, quality=_QUALITY, optimize=True)
        written.append(target)
    return written


def side_by_side(scene: SimulatedScene) -> NDArray[np.uint8]:
    """Camera and radar, shape (rows, 2 × cols, 3); the radar's power in dB between two percentiles."""
    power_db = 10 * np.log10(np.maximum(scene.power, 1e-6))
    low, high = np.percentile(power_db, _PERCENTILES)
    grey = (np.clip((power_db - low) / (high - low), 0, 1) * 255).astype(np.uint8)
    return np.hstack([scene.optical, np.repeat(grey[:, :, None], 3, axis=2)])


if __name__ == "__main__":
    write_lesson(Path(sys.argv[1]))
