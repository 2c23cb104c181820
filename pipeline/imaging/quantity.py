"""What the numbers of an image are: dB, linear power, amplitude, or digital numbers of unknown scaling."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.errors import ImageError
from pipeline.imaging.prepared import Quantity
from pipeline.imaging.survey import Survey

_LEAST_DB: Final = -100.0
_MOST_DB: Final = 100.0
_FEWEST_NEGATIVE: Final = 0.02
"""Share of negative values under which they are left over from noise subtraction, not dB."""
_DEEPEST_DB: Final = -450.0
"""Beyond this the power is zero in float32, and no backscatter at all."""
_HIGHEST_DB: Final = 300.0
_COMMON_FILLS: Final = (-9999.0, -32768.0, -32767.0, -999.0, -99999.0)


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What the numbers are taken for, and on what ground."""

    quantity: Quantity
    is_stated: bool
    warning: str | None = None

    @property
    def is_amplitude(self) -> bool:
        return self.quantity == "amplitude"


def interpret(survey: Survey, dtype: str, stated: Quantity | None, path: Path) -> Interpretation:
    """Take the user's word, else tell by type and range.

    uint8: digital numbers, not filtered. uint16 and int16: amplitude. Float: dB where many values are negative and all
    within ±100, else power.

    Parameters
    ----------
    survey
        Of all pixels of the image, at least one of which has data.
    dtype : str
        Of the image.

    Raises
    ------
    ImageError
        If the values cannot be what they are said to be, or could be several things.
    """
    if stated is not None:
        return _as_stated(survey, dtype, stated, path)
    if survey.least < 0:
        return _of_negative_values(survey, dtype, path)
    if dtype == "uint8":
        return Interpretation("dn", False)
    if dtype in ("uint16", "int16"):
        return Interpretation("amplitude", False, f"{dtype} was taken as amplitude; state it if it is not")
    return Interpretation("intensity", False, "values without a negative one were taken as power; state it if not")


def _as_stated(survey: Survey, dtype: str, stated: Quantity, path: Path) -> Interpretation:
    least, most = survey.least, survey.most
    if stated == "db":
        return _stated_db(survey, path)
    if least < 0 and stated != "intensity":
        what = "amplitude" if stated == "amplitude" else "digital numbers"
        reason = f"was stated to hold {what}, but has negative values (down to {least:g}){_advice(survey)}"
        raise ImageError(path, reason)
    if stated == "dn" and dtype.startswith("float"):
        if survey.fractions or most > np.iinfo(np.uint16).max:
            reason = (
                f"was stated to hold digital numbers, but has {'fractions' if survey.fractions else f'{most:g}'};"
                " state intensity, amplitude or db"
            )
            raise ImageError(path, reason)
        return Interpretation(stated, True)
    if stated == "intensity" and least < 0:
        return _stated_power_with_negatives(survey, path)
    return Interpretation(stated, True)


def _stated_db(survey: Survey, path: Path) -> Interpretation:
    if survey.most > _HIGHEST_DB:
        reason = f"was stated to hold dB, but has values up to {survey.most:g}; state intensity or amplitude"
        raise ImageError(path, reason)
    if survey.least < _DEEPEST_DB:
        reason = f"was stated to hold dB, but has values down to {survey.least:g}{_advice(survey)}"
        raise ImageError(path, reason)
    return Interpretation("db", True)


def _stated_power_with_negatives(survey: Survey, path: Path) -> Interpretation:
    share = survey.negatives / survey.valid
    if share > 0.5 or survey.least in _COMMON_FILLS:
        reason = (
            f"was stated to hold power, but {share:.1%} of its values are negative (down to {survey.least:g})"
            f"{_advice(survey)}"
        )
        raise ImageError(path, reason)
    # Noise subtraction leaves small negative powers in many products.
    note = f"negative powers ({share:.2%} of the values, down to {survey.least:g}) were set to zero"
    return Interpretation("intensity", True, note)


def _of_negative_values(survey: Survey, dtype: str, path: Path) -> Interpretation:
    least, most = survey.least, survey.most
    is_in_range = _LEAST_DB <= least <= -1 and most <= _MOST_DB
    if is_in_range and survey.negatives > _FEWEST_NEGATIVE * survey.valid:
        whole = "" if survey.fractions or dtype.startswith("float") else " in whole steps"
        note = f"values from {least:.1f} to {most:.1f} were taken as dB{whole}; state it if not"
        return Interpretation("db", False, note)
    reason = f"has values from {least:g} to {most:g}, which are neither dB nor power; state db or intensity"
    raise ImageError(path, f"{reason}{_advice(survey)}" if survey.least in _COMMON_FILLS else reason)


def _advice(survey: Survey) -> str:
    """What to do about values that do not fit what was stated."""
    if survey.least in _COMMON_FILLS:
        return f"; {survey.least:g} seems to mark no data: declare it (gdal_edit.py -a_nodata {survey.least:g})"
    if survey.least >= _LEAST_DB and survey.most <= _MOST_DB:
        return "; they look like dB: state db"
    return "; see what the file holds, and state that"


def linear(values: NDArray[Any], valid: NDArray[np.bool_], quantity: Quantity) -> NDArray[np.float32]:
    """The values as linear power or amplitude; NaN where there is no data, negative powers as zero.

    dB become power. Shape (rows, cols) in and out.
    """
    with np.errstate(over="ignore"):  # What does not fit has no data.
        result: NDArray[np.float32] = values.astype(np.float32)
    if not valid.all():
        result[~valid] = np.nan
    if quantity == "db":
        result /= np.float32(10)
        np.power(np.float32(10), result, out=result)
    else:
        np.maximum(result, np.float32(0), out=result)
    return result


def power(values: NDArray[np.float32], quantity: Quantity) -> NDArray[np.float32]:
    """What overviews are averaged in, from :func:`linear` values: power.

    Numbers of unknown scaling (dn) are averaged as they are, since nothing better is known of them.
    """
    return np.square(values) if quantity == "amplitude" else values


def of_power(values: NDArray[np.floating[Any]], quantity: Quantity) -> NDArray[np.floating[Any]]:
    """The inverse of :func:`power`."""
    return np.sqrt(values) if quantity == "amplitude" else values
