"""Bodies and answers about looking: what a person likes to see, and where the optical image lies."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from app.intake.views import View
from app.review.schemas.requests import Body

Share = Literal["0-100", "0.5-99.5", "1-99", "2-98", "5-95"]
Value = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
Distance = Annotated[float, Field(allow_inf_nan=False, ge=-200, le=200)]


class FixedLimitsBody(Body):
    """Limits that hold for every scene with values in this unit."""

    low: Value
    high: Value
    unit: Literal["sigma0_db", "gamma0_db", "relative_db", "dn"]

    @model_validator(mode="after")
    def low_is_lower(self) -> Self:
        if self.low >= self.high:
            raise ValueError("the lower limit lies below the upper one")
        return self


class ViewerSettingsBody(Body):
    """What is left out is as it is at first. All names and values are known, so it can only be small."""

    mode: Literal["pair", "swipe", "blink", "sar"] | None = None
    palette: Literal["grey", "viridis", "magma", "cividis"] | None = None
    share: Share | None = None
    """Limits at these percentiles of each scene's values; None: as imported."""
    fixed: FixedLimitsBody | None = None
    brightness: Annotated[float, Field(ge=0.25, le=4, allow_inf_nan=False)] | None = None
    """By how much gamma is more than at first."""
    is_inverted: bool | None = None
    is_smooth: bool | None = None
    is_processed: bool | None = None
    are_boxes_shown: bool | None = None

    def as_settings(self) -> dict[str, Any]:
        return self.model_dump(exclude_none=True)


class ViewerSettingsView(View):
    model_config = ConfigDict(frozen=True, extra="allow")


class NudgeBody(Body):
    """By how much the optical image is to be drawn moved, in all, in pixels of the scene."""

    down_px: Distance
    right_px: Distance


class NudgeView(View):
    optical_offset_px: tuple[float, float]
    pair_notice: str | None
