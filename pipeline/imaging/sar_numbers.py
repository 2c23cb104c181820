"""Which numbers the ``sar`` file holds: decided once for a scene, then the same for its chips, strips and overviews.

What was measured is kept: dB as int16 in steps of 0.01 dB (float32 where the range needs it), or integer digital
numbers as they came.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.hundredths import MOST_DB, NODATA, STEP_DB, hundredths, hundredths_of_db
from pipeline.imaging.logarithm import decibels
from pipeline.imaging.prepared import Quantity
from pipeline.imaging.quantity import Interpretation, linear, of_power
from pipeline.imaging.survey import Survey

_LEAST_FLOOR: Final = float(np.finfo(np.float32).smallest_normal)


@dataclass(frozen=True, slots=True)
class SarNumbers:
    """What a scene's ``sar`` file holds, and what each number stands for."""

    quantity: Quantity
    """Of the source's numbers."""
    dtype: np.dtype[Any]
    scale: float
    """Stored number × scale = value in ``unit``."""
    nodata: float | None
    unit: str
    averaged: str
    """What overviews are means of, in a sentence."""
    floor: float = 0.0
    """Linear: what smaller values are raised to before the logarithm, the smallest positive one of the scene."""
    lifts_zeros: bool = False
    """Whether valid zeros become 1."""
    notes: tuple[str, ...] = ()

    @property
    def is_db(self) -> bool:
        return self.unit != "dn"

    def stored(
        self, values: NDArray[Any], valid: NDArray[np.bool_], linear_values: NDArray[np.float32] | None = None
    ) -> NDArray[Any]:
        """The source's values, of the whole scene or a part of it, as they are stored; shape (rows, cols).

        ``linear_values`` saves time where :meth:`linear` has been called already.
        """
        if not self.is_db:
            return self._digital_numbers(values, valid)
        if self.quantity == "db":
            if self.dtype.kind == "i":
                return hundredths_of_db(values, valid)
            return np.where(valid, values, np.nan).astype(np.float32)
        given = self.linear(values, valid) if linear_values is None else linear_values
        return self._db(given, valid, self.floor, is_amplitude=self.is_amplitude)

    @property
    def is_amplitude(self) -> bool:
        """Whether what is averaged is to be squared before."""
        return self.quantity == "amplitude"

    def linear(self, values: NDArray[Any], valid: NDArray[np.bool_]) -> NDArray[np.float32]:
        """The source's values as linear power or amplitude, NaN where they are not valid."""
        return linear(values, valid, self.quantity)

    def of_means(self, means: NDArray[np.float64], valid: NDArray[np.bool_]) -> NDArray[Any]:
        """Means of power as they are stored."""
        if self.is_db:
            floor = self.floor**2 if self.is_amplitude else self.floor
            return self._db(means.astype(np.float32), valid, floor, is_amplitude=False)
        rounded = np.floor(of_power(np.where(valid, means, 0), self.quantity) + 0.5)
        marked: NDArray[Any] = np.where(valid, rounded, self.nodata or 0).astype(self.dtype)
        return marked

    def _db(
        self, values: NDArray[np.float32], valid: NDArray[np.bool_], floor: float, *, is_amplitude: bool
    ) -> NDArray[Any]:
        if self.dtype.kind == "i":
            return hundredths(values, valid, max(floor, _LEAST_FLOOR), is_amplitude=is_amplitude)
        raised = np.maximum(np.where(valid, values, np.float32(np.nan)), np.float32(floor))
        return decibels(raised, is_amplitude=is_amplitude).astype(np.float32)

    def _digital_numbers(self, values: NDArray[Any], valid: NDArray[np.bool_]) -> NDArray[Any]:
        least = 1 if self.lifts_zeros else 0
        if values.dtype == self.dtype and not least and valid.all():
            return values
        # Negative powers are zero; what has no data may be NaN.
        raised = np.where(valid, np.maximum(values, values.dtype.type(least)), values.dtype.type(0))
        kept: NDArray[Any] = raised.astype(self.dtype)
        if self.nodata:
            kept[~valid] = self.nodata
        return kept


def sar_numbers(survey: Survey, found: Interpretation, dtype: str, unit_db: str) -> SarNumbers:
    """Decide it from all pixels of a scene: integers stay digital numbers, unless they are dB; floats become dB.

    Parameters
    ----------
    survey
        Of the whole scene, where it has data.
    dtype : str
        Of the source.
    unit_db : str
        Of values in dB.
    """
    if found.quantity == "dn" or (not dtype.startswith("float") and found.quantity != "db"):
        return _of_digital_numbers(survey, found.quantity, np.dtype(np.uint8 if dtype == "uint8" else np.uint16))
    averaged = "overviews are means of linear power, then dB"
    notes: tuple[str, ...] = ()
    if found.quantity == "db":
        floor, extremes = 0.0, (survey.least, survey.most)
    else:
        floor, extremes, notes = _floor_of(survey, found.is_amplitude)
    if max(map(abs, extremes)) <= MOST_DB:
        return SarNumbers(
            found.quantity, np.dtype(np.int16), STEP_DB, float(NODATA), unit_db, averaged, floor, notes=notes
        )
    return SarNumbers(found.quantity, np.dtype(np.float32), 1.0, math.nan, unit_db, averaged, floor, notes=notes)


def _floor_of(survey: Survey, is_amplitude: bool) -> tuple[float, tuple[float, float], tuple[str, ...]]:
    """What zeros are raised to, the extremes in dB, and what to note."""
    zeros = survey.zeros + survey.negatives
    # As float32, like the values; one below its range would be zero.
    smallest = max(float(np.float32(survey.smallest_positive)), _LEAST_FLOOR)
    floor = smallest if math.isfinite(smallest) else _LEAST_FLOOR
    db = decibels(np.array([floor, max(survey.most, floor)]), is_amplitude=is_amplitude)
    notes = (f"{zeros} zeros were raised to the smallest positive value",) if zeros else ()
    return floor, (float(db[0]), float(db[1])), notes


def _of_digital_numbers(survey: Survey, quantity: Quantity, dtype: np.dtype[Any]) -> SarNumbers:
    averaged = {
        "amplitude": "overviews are roots of mean squares, as amplitude was taken for",
        "intensity": "overviews are means of the numbers, as power was taken for",
        "dn": "overviews are means of the numbers, since their scaling is unknown",
    }[quantity]
    if not survey.has_holes:
        return SarNumbers(quantity, dtype, 1.0, None, "dn", averaged)
    if not survey.zeros + survey.negatives:
        return SarNumbers(quantity, dtype, 1.0, 0.0, "dn", averaged)
    highest = float(np.iinfo(dtype).max)
    if survey.most < highest:
        return SarNumbers(quantity, dtype, 1.0, highest, "dn", averaged)
    note = "valid zeros were raised to 1, since 0 marks no data and no number was free"
    return SarNumbers(quantity, dtype, 1.0, 0.0, "dn", averaged, lifts_zeros=True, notes=(note,))
