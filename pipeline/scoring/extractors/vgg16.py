"""VGG16, the paper's extractor: the 512 pooled features. Its weights come in no package, so a local file is given."""

from __future__ import annotations

import pickle
import struct
from pathlib import Path
from typing import Final

from pipeline.scoring.extraction import Extractor, ExtractorError, ImageVectors, missing
from pipeline.scoring.torch_images import Normalisation, pooled

_NORMALISATION: Final = Normalisation(size=224, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))


_UNREADABLE: Final = (
    *(RuntimeError, ValueError, TypeError, AttributeError, OSError, EOFError, KeyError),
    *(pickle.UnpicklingError, struct.error),
)
"""What torch raises for files that hold something else."""


def _open(weights: Path | None) -> ImageVectors:
    if weights is None or not weights.is_file():
        told = "give the local file of weights that torchvision publishes for vgg16 (a state dictionary)"
        raise ExtractorError(f"vgg16 comes without weights; {told}")
    try:
        import torch
        from torchvision.models import vgg16
    except ImportError as error:
        raise missing(error) from error
    model = vgg16(weights=None)
    try:
        model.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    except _UNREADABLE as error:
        raise ExtractorError(f"{weights}: these are no weights of vgg16 ({error})"[:500]) from error
    model.eval()
    return pooled(model.features, _NORMALISATION)


EXTRACTOR: Final = Extractor(
    name="vgg16",
    kind="image",
    about="VGG16 of ImageNet, 512 pooled features of the image at 224 × 224; its weights are a local file",
    open_images=_open,
)
