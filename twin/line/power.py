"""Electrical power of a machine by its state, and what it does while nothing is to be done."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from twin.line.described import Described
from twin.units import Duration, Energy, refused
from twin.units import Power as Watts


class Power(Described):
    """Electrical power of one machine [W] by its state; not named, `waiting_repair` is as `down`, others as `idle`."""

    idle: Watts = Field(default=0.0, description="power in every state that is not named", examples=["4 kW"])
    processing: Watts | None = Field(default=None, description="power while processing", examples=["18 kW"])
    down: Watts | None = Field(default=None, description="power under repair", examples=["1 kW"])
    waiting_repair: Watts | None = Field(default=None, description="power while broken, no technician free")
    setup: Watts | None = Field(default=None, description="power during setup")
    waiting_operator: Watts | None = Field(default=None, description="power while waiting for its crew")
    blocked: Watts | None = Field(default=None, description="power while full downstream")
    starved: Watts | None = Field(default=None, description="power while empty upstream")
    maintenance: Watts = Field(default=0.0, description="power during planned maintenance")
    off_shift: Watts = Field(default=0.0, description="power outside the shifts", examples=["200 W"])
    standby: Watts | None = Field(
        default=None, description="power once starved or blocked for `standby_after`", examples=["500 W"]
    )
    standby_after: Annotated[Duration, Field(gt=0)] | None = Field(
        default=None, description="how long it stays ready before it goes to standby", examples=["10 min"]
    )
    warm_up: Energy = Field(
        default=0.0, description="energy of each start from standby or from off shift", examples=["1.2 kWh"]
    )

    @model_validator(mode="after")
    def _standby_is_said_whole(self) -> Self:
        if (self.standby is None) != (self.standby_after is None):
            raise refused("`standby` and `standby_after` go together; write standby: 500 W, standby_after: 10 min")
        return self

    @property
    def is_named(self) -> bool:
        """Whether any power or energy is named."""
        named = (getattr(self, name) for name in type(self).model_fields if name != "standby_after")
        return any(named) or self.standby is not None

    def of(self, state: str) -> float:
        """Return the power in a state [W]: as named; `waiting_repair` as `down`; any other as `idle`.

        Examples
        --------
        >>> Power.model_validate({"idle": "4 kW", "down": "1 kW"}).of("waiting_repair")
        1000.0
        """
        named: float | None = getattr(self, state)
        if named is None and state == "waiting_repair":
            named = self.down
        return self.idle if named is None else named
