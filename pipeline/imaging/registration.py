"""Does the optical partner lie on the SAR image? Edges are compared block by block, over low ground.

High objects answer another question: in SAR their tops lean toward the radar, in the photograph their shadows fall away
from the sun, so that roofs and crowns fit at an offset at which the ground does not. What stands out brightly in SAR,
and what is shadow or wood in the photograph, is therefore left out. Where little else remains the answer is "unknown",
however well the roofs fit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.block_offsets import LEAST_BLOCK_PX, Offset, Peak, block_offsets, steadiness, wide_peak
from pipeline.imaging.edge_direction import SMOOTHINGS_PX, Edges, near_bright, near_dark, optical_edges, sar_edges
from pipeline.imaging.image_pair import ImagePair
from pipeline.imaging.prepared import Registration

REGISTERED_PX: Final = 2.0
"""An offset up to which a pair counts as registered."""
SHIFTED_PX: Final = 12.0
"""An offset up to which the pair is taken for the right one, off by a little; beyond it for misregistered."""
AGREEING_PX: Final = 1.5
"""Distance from the common offset up to which a block agrees."""
COMPARED_SIDE_PX: Final = 1024
"""Larger images are averaged to no more than this before they are compared; the offset found is then placed on full
pixels."""
LEAST_LOW_SHARE: Final = 0.6
"""Of the ground. In simulated cities, where the truth is known, less gave the roofs' offset for the ground's."""
_LEAST_HEIGHT: Final = 6.0
"""Of a peak. Images of different places, or turned by half a circle, reached 5.0 in 90 trials."""
_LEAST_AGREEING: Final = 4
_WIDE_REACH_PX: Final = 128
_BLOCK_REACH_PX: Final = 16
_PARTS: Final = (3, 2)
"""Block sides as parts of the image: larger blocks see more, but are fewer and overlap."""
_MOST_BLOCK_PX: Final = 192
_LEAST_SHARE: Final = 0.25
"""Of the blocks with a distinct offset of their own, that must agree."""
_STEADY_PX: Final = 1.0
_LEAST_STEADINESS: Final = 0.95
"""Of the offset in random draws of blocks, within a pixel. From there on all offsets of simulated low ground were
within a pixel of the truth; with 1.5 pixels for one, 5 of 62 were up to 1.3 off."""
_BIAS_PX: Final = 2.5
"""Where high objects and shadows pull all edges further from low ground than this, what was left in of them pulls the
low ground by up to a pixel."""
_PLACED_SIDE_PX: Final = 192
_PLACED_SQUARES: Final = 16
_FAR_PX: Final = 30.0
_FAR_HEIGHT: Final = 8.0
"""Of a peak of all edges so far off that it is no lean of roofs."""
_LEAST_FAR_LOW_SHARE: Final = 0.3
_FAR_AGREEING_PX: Final = 8.0


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Edges of both images on one grid, and what of them is low ground."""

    images: ImagePair
    sar: Edges
    optical: Edges
    """Of the finer scale, as those of SAR; the broader is got where it is wanted."""
    high_in_sar: NDArray[np.bool_]
    high_in_optical: NDArray[np.bool_]
    low_share: float
    step: int
    """Pixels of the scene to one of these."""

    @property
    def reach_px(self) -> int:
        _, rows, cols = self.sar.shape
        return min(_WIDE_REACH_PX, int(rows) // 4, int(cols) // 4)

    def low_edges(self) -> tuple[Edges, Edges]:
        """Edges of low ground at both scales, of SAR and optical image."""
        images, broader = self.images, SMOOTHINGS_PX[1:]
        sar = np.concatenate([self.sar, sar_edges(images.sar, images.sar_valid, broader)])
        optical = np.concatenate([self.optical, optical_edges(images.optical, images.optical_valid, broader)])
        return _low(sar, self.high_in_sar), _low(optical, self.high_in_optical)


@dataclass(frozen=True, slots=True)
class _Consensus:
    """An offset, and what blocks found of their own; in pixels of the evidence."""

    offset: Offset
    spread: float
    blocks: int
    agreeing: int


def check_registration(
    sar: NDArray[np.uint8],
    sar_valid: NDArray[np.bool_],
    optical: NDArray[np.uint8],
    optical_valid: NDArray[np.bool_],
    *,
    look_azimuth_deg: float | None = None,
) -> Registration:
    """Find by how much the optical image is off the SAR image, or that it cannot be told.

    Parameters
    ----------
    sar : uint8, shape (rows, cols)
        The processed image: despeckled, logarithm, stretched.
    sar_valid, optical_valid : bool, shape (rows, cols)
        Where there is data.
    optical : uint8, shape (3, rows, cols)
        On the grid of the SAR image.
    look_azimuth_deg
        Direction in which the radar looks, clockwise from the image's up; None: unknown. With it the lean of high
        objects is told from other differences.

    Returns
    -------
    Registration
        ``registered`` up to 2 px, ``shifted`` up to 12, ``misregistered`` beyond; ``unknown``, without an offset, where
        too few blocks of low ground could be compared, or they disagree.

    Raises
    ------
    ValueError
        If the shapes differ.

    References
    ----------
    After Y. Ye et al., "Fast and robust matching for multimodal remote sensing image registration", IEEE Transactions
    on Geoscience and Remote Sensing 57 (2019), 9059-9070: edges by direction, matched by FFT. Here the directions are
    one complex number a pixel (the doubled angle) rather than nine channels.
    """
    if optical.shape != (3, *sar.shape) or sar.shape != sar_valid.shape or sar.shape != optical_valid.shape:
        raise ValueError(f"the SAR image has shape {sar.shape}, the optical one {optical.shape}, or their masks differ")
    if min(sar.shape) < 2 * LEAST_BLOCK_PX:
        return _unknown(f"the images are smaller than {2 * LEAST_BLOCK_PX} pixels")
    pair = ImagePair(sar, sar_valid, optical, optical_valid)
    evidence = _evidence_of(pair)
    everything = wide_peak(evidence.sar, evidence.optical, evidence.reach_px)
    if _is_far_off(evidence, everything, look_azimuth_deg):
        return _far_off(evidence, everything)
    if evidence.low_share < LEAST_LOW_SHARE:
        return _unknown(_too_little_low_ground(evidence, everything))
    return _by_low_ground(pair, evidence, everything, look_azimuth_deg)


def _evidence_of(pair: ImagePair) -> _Evidence:
    # A long strip is not made so narrow that it holds no blocks.
    step = max(1, min(-(-max(pair.sar.shape) // COMPARED_SIDE_PX), min(pair.sar.shape) // (2 * LEAST_BLOCK_PX)))
    small = pair.averaged(step)
    high_in_sar, high_in_optical = near_bright(small.sar, small.sar_valid), near_dark(small.optical)
    both = small.sar_valid & small.optical_valid
    low_share = float(np.mean(~(high_in_sar | high_in_optical)[both])) if both.any() else 0.0
    finer = SMOOTHINGS_PX[:1]
    edges = sar_edges(small.sar, small.sar_valid, finer), optical_edges(small.optical, small.optical_valid, finer)
    return _Evidence(small, *edges, high_in_sar, high_in_optical, low_share, step)


def _masked(edges: Edges, is_high: NDArray[np.bool_]) -> Edges:
    return np.where(is_high, np.complex64(0), edges)


def _low(edges: Edges, is_high: NDArray[np.bool_]) -> Edges:
    """Edges of low ground, each scale with the same energy, so that each has the same say."""
    edges = _masked(edges, is_high)
    energy = np.mean(edges.real**2 + edges.imag**2, axis=(1, 2), keepdims=True)
    return np.asarray(edges / np.sqrt(np.maximum(energy, np.float32(1e-12))), np.complex64)


def _by_low_ground(
    pair: ImagePair, evidence: _Evidence, everything: Peak, look_azimuth_deg: float | None
) -> Registration:
    edges = evidence.low_edges()
    low = wide_peak(*edges, evidence.reach_px)
    if low.height < _LEAST_HEIGHT:
        return _unknown("the edges of low ground in the two images agree at no offset more than by chance")
    found = _consensus(edges, low)
    if steadiness(*edges, low, _BLOCK_REACH_PX, _STEADY_PX) < _LEAST_STEADINESS:
        return _unknown("which offset of low ground is best depends on few blocks", found.blocks)
    if found.agreeing < max(_LEAST_AGREEING, _LEAST_SHARE * found.blocks):
        return _unknown(f"{found.agreeing} of {found.blocks} blocks of low ground agree", found.blocks)
    if everything.height >= _LEAST_HEIGHT and _distance(everything.offset, found.offset) > _BIAS_PX:
        return _unknown("low ground and high objects fit at different offsets", found.blocks)
    relief = _relief(evidence, found.offset, look_azimuth_deg)
    offset = _scaled(found.offset, evidence.step) if evidence.step == 1 else _placed(pair, evidence, edges, found)
    if offset is None:
        return _unknown("the offset of low ground is not the same on full pixels", found.blocks)
    return _found(offset, found, relief, evidence.step)


def _placed(pair: ImagePair, evidence: _Evidence, edges: tuple[Edges, Edges], found: _Consensus) -> Offset | None:
    """The offset on full pixels, from the squares of low ground with the most edges; None if it is another there."""
    step, side = evidence.step, _PLACED_SIDE_PX
    moved = _whole((found.offset[0] * step, found.offset[1] * step))
    corners = _busiest(edges, side // step, [abs(part) // step + 1 for part in moved])
    squares = [pair.cut(row * step, col * step, side, moved) for row, col in corners]
    if not squares:
        return None
    # Squares with many edges count for more, the finer scale alone: it places edges better.
    finer = SMOOTHINGS_PX[:1]
    sar = np.stack([_masked(sar_edges(s.sar, s.sar_valid, finer)[0], near_bright(s.sar, s.sar_valid)) for s in squares])
    optical = np.stack(
        [_masked(optical_edges(s.optical, s.optical_valid, finer)[0], near_dark(s.optical)) for s in squares]
    )
    reach = 2 * step + 2
    rest = wide_peak(sar, optical, reach).offset
    offset = round(moved[0] + rest[0], 2), round(moved[1] + rest[1], 2)
    return offset if _distance(offset, _scaled(found.offset, step)) <= AGREEING_PX else None


def _busiest(edges: tuple[Edges, Edges], side: int, margins: list[int]) -> list[tuple[int, int]]:
    """Upper left corners of the squares with the most edges in both images, away from the border by the margins."""
    _, rows, cols = edges[0].shape
    tops = range(margins[0], rows - side - margins[0] + 1, side)
    lefts = range(margins[1], cols - side - margins[1] + 1, side)
    busy = {}
    for top in tops:
        for left in lefts:
            square = np.s_[:1, top : top + side, left : left + side]
            busy[top, left] = float(np.mean(np.abs(edges[0][square])) * np.mean(np.abs(edges[1][square])))
    return sorted(busy, key=lambda corner: busy[corner], reverse=True)[:_PLACED_SQUARES]


def _consensus(edges: tuple[Edges, Edges], peak: Peak) -> _Consensus:
    """The peak of all low ground, and how many blocks with a distinct offset of their own found it.

    The peak is nearer to the truth than the blocks' median: half as far off in simulated scenes.
    """
    best = _Consensus(peak.offset, 0.0, 0, 0)
    shorter = min(edges[0].shape[1:])
    for side in sorted({min(max(LEAST_BLOCK_PX, shorter // parts), _MOST_BLOCK_PX) for parts in _PARTS}):
        blocks = block_offsets(edges[0][:1], edges[1][:1], _whole(peak.offset), _BLOCK_REACH_PX, side)
        away = np.hypot(*(blocks.offsets[blocks.is_distinct] - peak.offset).T)
        agreeing = int((away <= AGREEING_PX).sum())
        if agreeing * best.blocks >= best.agreeing * len(away) and len(away):
            best = _Consensus(peak.offset, float(np.median(away)), len(away), agreeing)
        if agreeing >= max(_LEAST_AGREEING, 0.5 * len(away)):
            break
    return best


def _is_far_off(evidence: _Evidence, everything: Peak, look_azimuth_deg: float | None) -> bool:
    """Whether all edges fit well, but so far away that it is another cut of the ground and no lean.

    What does not stand out brightly must fit there without the rest; and where nearly all ground is high, as in woods,
    even so much may be lean.
    """
    distance = math.hypot(*everything.offset)
    if everything.height < _FAR_HEIGHT or distance < _FAR_PX or evidence.low_share < _LEAST_FAR_LOW_SHARE:
        return False
    along = _toward_radar(everything.offset, look_azimuth_deg)
    if along is not None and along > 0.95 * distance:
        return False
    plain = np.where(evidence.high_in_sar, np.complex64(0), evidence.sar)
    confirmed = wide_peak(plain, evidence.optical, evidence.reach_px)
    return confirmed.height >= _LEAST_HEIGHT and _distance(confirmed.offset, everything.offset) <= _FAR_AGREEING_PX


def _far_off(evidence: _Evidence, everything: Peak) -> Registration:
    found = _consensus((evidence.sar, evidence.optical), everything)
    offset = _scaled(found.offset, evidence.step)
    note = (
        f"The two images fit where the optical one is moved by about {_words(offset)}: they are different cuts of the "
        "ground, or one carries wrong coordinates."
    )
    spread = round(found.spread * evidence.step, 2)
    return Registration("misregistered", offset, spread, found.blocks, found.agreeing, None, note)


def _relief(evidence: _Evidence, ground: Offset, look_azimuth_deg: float | None) -> float | None:
    """How far what stands out brightly in SAR is off its place in the photograph, beyond the ground's offset."""
    high = np.where(evidence.high_in_sar, evidence.sar, np.complex64(0))
    peak = wide_peak(high, evidence.optical, _BLOCK_REACH_PX, _whole(ground))
    lean = (peak.offset[0] - ground[0], peak.offset[1] - ground[1])
    along = _toward_radar(lean, look_azimuth_deg)
    if peak.height < _LEAST_HEIGHT or along is None:
        return None
    is_lean = along > AGREEING_PX and along > 0.9 * math.hypot(*lean)
    return round(along * evidence.step, 1) if is_lean else None


def _toward_radar(offset: Offset, look_azimuth_deg: float | None) -> float | None:
    """The part of an offset (row, col) that points back to the radar, where its direction is known."""
    if look_azimuth_deg is None:
        return None
    look = math.radians(look_azimuth_deg)
    return offset[0] * math.cos(look) - offset[1] * math.sin(look)


def _found(offset: Offset, found: _Consensus, relief_px: float | None, step: int) -> Registration:
    counted = f"{found.agreeing} of {found.blocks} blocks of low ground agree"
    state = _state(offset)
    if state == "registered":
        note = f"The optical image lies on the SAR image: {counted}."
    else:
        note = f"The optical image is to be moved by {_words(offset)} to lie on the SAR image: {counted}."
    if relief_px is not None:
        note += f" Roofs lean toward the radar by about {relief_px:.0f} px beyond that, which is no misfit."
    return Registration(state, offset, round(found.spread * step, 2), found.blocks, found.agreeing, relief_px, note)


def _state(offset: Offset) -> Literal["registered", "shifted", "misregistered"]:
    distance = math.hypot(*offset)
    if distance <= REGISTERED_PX:
        return "registered"
    return "shifted" if distance <= SHIFTED_PX else "misregistered"


def _too_little_low_ground(evidence: _Evidence, everything: Peak) -> str:
    reason = f"only {evidence.low_share:.0%} of the ground is low and free of shadow"
    if everything.height < _LEAST_HEIGHT:
        return reason
    return f"{reason}; all edges together fit at {_words(_scaled(everything.offset, evidence.step))}, which may be lean"


def _unknown(reason: str, blocks: int = 0) -> Registration:
    return Registration("unknown", None, None, blocks, 0, None, f"Cannot be told: {reason}.")


def _whole(offset: Offset) -> tuple[int, int]:
    return round(offset[0]), round(offset[1])


def _scaled(offset: Offset, step: int) -> Offset:
    return round(offset[0] * step, 2), round(offset[1] * step, 2)


def _distance(a: Offset, b: Offset) -> float:
    return math.hypot(a[0] - b[0], a[1] - b[1])


def _words(offset: Offset) -> str:
    down, right = offset
    rows = f"{abs(down):.1f} px {'down' if down >= 0 else 'up'}"
    return f"{rows} and {abs(right):.1f} px {'right' if right >= 0 else 'left'}"
