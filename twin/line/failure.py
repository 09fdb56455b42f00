"""Failures: how a machine breaks down, and what its repair takes."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, PlainSerializer, PlainValidator, model_validator

from twin.errors import InputError
from twin.line.crews import REPAIR_FIRST, Crew, Priority
from twin.line.described import Described, wrong_inside
from twin.line.distributions import Distribution, Exponential, TimeDistribution
from twin.units import TIME, Share, number, quoted, refused, seconds, write

SHORTEST = 1e-6
"""A mean time below a microsecond [s] counts as none: the clock of a long run could not show that it passed."""

MOST_POINTS = 100
"""Points that a table of wear has at most."""

Wear = tuple[tuple[float, float], ...]
"""Ages [s], each with how many times as fast the clock runs from there on."""


def read_wear(written: object) -> Wear:
    """Read a table of wear: how many times as fast a failure's clock runs, from each operating time on [s]."""
    if isinstance(written, tuple):
        return written
    if not isinstance(written, dict) or len(written) > MOST_POINTS:
        raise refused(f"{quoted(written)} is not a table of wear; write wear: {{0 h: 1, 400 h: 2, 800 h: 5}}")
    points: dict[float, float] = {}
    problems = []
    for text, written_factor in written.items():
        try:
            age, factor = seconds(text), number(written_factor)
        except InputError as error:
            problems.append(((str(text),), str(error)))
            continue
        if age in points:
            problems.append(((str(text),), f"the age {quoted(text)} is named twice; name it once"))
        if factor <= 0:
            problems.append(
                ((str(text),), f"{quoted(written_factor)} times as fast is no clock that runs; write a number above 0")
            )
        points[age] = factor
    if problems:
        raise wrong_inside(problems, written)
    if points and 0.0 not in points:
        raise refused("the table of wear begins at no age; write a point for 0 h first: {0 h: 1, 400 h: 2}")
    return tuple(sorted(points.items()))


def _write_wear(points: Wear) -> dict[str, float]:
    return {write(age, TIME): factor for age, factor in points}


class Failure(Described):
    """One way in which a machine of a station fails.

    `ttf` is the time to failure and `ttr` the time to repair [s]. Where a data sheet gives the availability instead,
    the time to failure is exponential, on the failure's clock.
    """

    ttf: TimeDistribution | None = Field(
        default=None, description="time to failure", examples=["{exponential: {mean: 40 min}}"]
    )
    ttr: TimeDistribution = Field(description="time to repair", examples=["{lognormal: {mean: 3 min, cv: 1}}"])
    availability: Annotated[Share, Field(gt=0, lt=1)] | None = Field(
        default=None, description="share of the time in which this failure leaves the machine up", examples=["0.98"]
    )
    clock: Literal["operating", "calendar"] = Field(
        default="operating", description="what ages: processing alone, or all scheduled time", examples=["operating"]
    )
    repaired_by: Crew = Field(
        default_factory=dict, description="people held during the repair", examples=["{technician: 1}"]
    )
    priority: Priority = Field(
        default=REPAIR_FIRST, description="which requests for people go first (lowest)", examples=["2"]
    )
    minor: bool = Field(default=False, description="whether it is a minor stop, counted apart", examples=["true"])
    wear: Annotated[Wear, PlainValidator(read_wear), PlainSerializer(_write_wear, return_type=object)] = Field(
        default=(),
        description="how many times as fast its clock runs, by operating time since the last maintenance",
        examples=["{0 h: 1, 400 h: 2, 800 h: 5}"],
    )

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> Self:
        if (self.ttf is None) == (self.availability is None):
            found = "neither `ttf` nor `availability` is" if self.ttf is None else "both `ttf` and `availability` are"
            raise refused(
                f"{found} given; a failure has exactly one of them; write ttf: {{exponential: {{mean: 40 min}}}}"
            )
        if self.wear and self.clock != "operating":
            raise refused("only an operating clock wears; leave out `wear`, or write clock: operating")
        if self._mean_time_to_failure < SHORTEST:
            raise refused("a machine that fails after no time makes no part; write a `ttf` (or a `ttr`) above 0 s")
        return self

    @property
    def time_to_failure(self) -> Distribution:
        """Time to failure [s]: `ttf`, or the exponential whose mean gives the `availability`.

        Of a machine that alternates between up times of mean `MTTF` and repairs of mean `MTTR` the share of time up is
        `A = MTTF / (MTTF + MTTR)`, hence `MTTF = MTTR * A / (1 - A)` (renewal-reward theorem).
        """
        if self.ttf is not None:
            return self.ttf
        return Exponential(mean=self._mean_time_to_failure)

    @property
    def _mean_time_to_failure(self) -> float:
        if self.ttf is not None:
            return self.ttf.mean
        up = self.availability or 0.0
        return self.ttr.mean * up / (1 - up)
