"""Sites: what labour, electricity and capital cost at a place, each number with its source and year.

The cost of labour is stated as published: to the employer, per hour *worked*, absence already in it.
`twin.economics.labour` says how a plant whose absence differs is reckoned.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Generic, Literal, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, Field, model_validator

from twin.errors import InputError
from twin.line.described import Described
from twin.line.load import load_model
from twin.line.names import nearest
from twin.line.work_calendar import ALWAYS_OPEN, HOUR, PATTERNS, WEEK, Shifts, scheduled_hours_per_week
from twin.line.yaml_file import read_text
from twin.units import EnergyPrice, HourlyCost, Share, quoted, refused, validator

if TYPE_CHECKING:
    from pathlib import Path

BASE_SKILL = "operator"
"""The skill whose cost per hour worked stands for the wages of a site; the other skills keep their ratio to it."""

ASSUMPTION = "assumption"

UTC = "UTC"
"""The time zone of a site that names none."""

WageCase = Literal["low", "mode", "high"]
Value = TypeVar("Value")
HoursPerYear = Annotated[float, Field(gt=0, le=8760, allow_inf_nan=False)]
ShareBelowOne = Annotated[Share, Field(lt=1)]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        close = get_close_matches(name, available_timezones(), n=1)
        remedy = f"did you mean {close[0]}?" if close else "write its IANA name, such as Europe/Paris"
        raise InputError(f"there is no time zone {quoted(name)}; {remedy}") from None
    return name


Zone = Annotated[str, AfterValidator(validator(_zone))]
"""A time zone by its IANA name, written "Europe/Paris"."""


class Sourced(Described):
    """A number that says where it comes from: a published source with its year, or an assumption."""

    source: str = Field(
        min_length=1,
        description="where the number comes from; a guess begins with the word assumption",
        examples=["INSEE, labour cost index"],
    )
    year: Annotated[int, Field(ge=1990, le=2100)] | None = Field(
        default=None, description="the year it holds for; only an assumption may leave it out", examples=["2025"]
    )

    @model_validator(mode="after")
    def _a_source_has_a_year(self) -> Self:
        if self.year is None and not self.is_assumption:
            raise refused(
                "`year` is missing; write the year the number holds for, or begin the source with the word assumption"
            )
        return self

    @property
    def is_assumption(self) -> bool:
        """Whether the number is a guess."""
        return self.source.startswith(ASSUMPTION)


class Figure(Sourced, Generic[Value]):
    """One number and its source."""

    value: Value = Field(description="the number, with its unit", examples=["6 %"])


class Wage(Sourced):
    """What an hour worked of one skill costs the employer [EUR/h], and how far the sources lie apart."""

    low: HourlyCost | None = Field(default=None, description="lowest plausible cost", examples=["40 EUR/h"])
    mode: HourlyCost = Field(description="most plausible cost per hour worked", examples=["46.5 EUR/h"])
    high: HourlyCost | None = Field(default=None, description="highest plausible cost", examples=["52 EUR/h"])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low, mode, high = (self.at(case) for case in ("low", "mode", "high"))
        if not 0 < low <= mode <= high:
            raise refused(
                f"low, mode and high are {low:g}, {mode:g} and {high:g} EUR/h; "
                "write them above 0, none less than the one before"
            )
        return self

    def at(self, case: WageCase) -> float:
        """Give the low, mode or high cost [EUR/h]; where only the mode is stated, that."""
        value: float | None = getattr(self, case)
        return self.mode if value is None else value


class Site(Described):
    """A place to produce at: what people, energy and capital cost there.

    `cost_per_hour_worked` holds no premium of a shift pattern; `shift_premium` adds it as a share.
    `absence` is the share of paid hours that this plant loses to absence; `absence_in_cost` the share that the
    published cost and hours a year already contain, the same unless stated.
    """

    name: str = Field(description="the site's name", examples=["france"])
    country: str = Field(description="the country's name for people", examples=["France"])
    zone: Zone = Field(
        default=UTC,
        description="time zone in which shifts begin and end, by its IANA name",
        examples=["Europe/Paris"],
    )
    currency: str = Field(
        default="EUR", description="money used, and the rates at which it was converted", examples=["EUR"]
    )
    cost_per_hour_worked: dict[str, Wage] = Field(
        description="cost to the employer of an hour worked, by skill",
        examples=["{operator: {mode: 46.5 EUR/h, source: ..., year: 2025}}"],
    )
    shift_premium: dict[str, Figure[Share]] = Field(
        description="what each shift pattern adds to the cost of an hour",
        examples=["{3x8: {value: 12 %, source: assumption}}"],
    )
    hours_per_year: Figure[HoursPerYear] = Field(
        description="hours that a person really works in a year", examples=["{value: 1525, source: assumption}"]
    )
    absence: Figure[ShareBelowOne] = Field(
        description="share of paid hours lost to absence here", examples=["{value: 6 %, source: assumption}"]
    )
    absence_in_cost: Figure[ShareBelowOne] | None = Field(
        default=None,
        description="share of absence that cost_per_hour_worked and hours_per_year contain (default: that of absence)",
        examples=["{value: 5 %, source: assumption}"],
    )
    electricity: Figure[EnergyPrice] = Field(
        description="price of electricity without VAT", examples=["{value: 0.172 EUR/kWh, source: ..., year: 2024}"]
    )
    discount_rate: Figure[Share] = Field(
        description="nominal weighted cost of capital after tax", examples=["{value: 8 %, source: assumption}"]
    )

    @model_validator(mode="after")
    def _knows_an_operator(self) -> Self:
        if BASE_SKILL not in self.cost_per_hour_worked:
            raise refused(f"cost_per_hour_worked has no {BASE_SKILL}; wages are compared by the cost of one")
        return self

    @model_validator(mode="after")
    def _premiums_of_known_patterns(self) -> Self:
        for pattern in self.shift_premium:
            if pattern not in PATTERNS:
                raise refused(f"shift_premium has no pattern {nearest(pattern, PATTERNS)}")
        return self

    @property
    def published_absence(self) -> float:
        """Share of absence that the published cost per hour worked contains."""
        return (self.absence_in_cost or self.absence).value

    def wage(self, skill: str = BASE_SKILL, case: WageCase = "mode") -> float:
        """Give the cost to the employer of an hour worked [EUR/h].

        A pool may be named by its skill and more: `operator_grinding` is paid as an operator unless the site says
        otherwise.

        Raises
        ------
        InputError
            If the site states none for the skill.
        """
        paid = next((name for name in (skill, skill.partition("_")[0]) if name in self.cost_per_hour_worked), None)
        if paid is None:
            raise InputError(
                f"site {self.name}: cost_per_hour_worked has no skill {nearest(skill, self.cost_per_hour_worked)}; "
                f"a pool called more than its skill, as {BASE_SKILL}_{skill}, is paid by the word before the _"
            )
        return self.cost_per_hour_worked[paid].at(case)

    def premium(self, shifts: Shifts) -> float:
        """Give what the shifts add to the cost of an hour [share].

        Raises
        ------
        InputError
            If the site states none for their pattern.
        """
        pattern = paid_as(shifts)
        if pattern not in self.shift_premium:
            raise InputError(f"site {self.name}: shift_premium has no pattern {nearest(pattern, self.shift_premium)}")
        return self.shift_premium[pattern].value


def paid_as(shifts: Shifts) -> str:
    """Give the pattern by which shifts are paid: their own, or for explicit times that with as many shifts a day.

    Examples
    --------
    >>> paid_as(Shifts.model_validate({"times": {"mon": ["06:00-14:00", "14:00-22:00"], "sat": ["06:00-14:00"]}}))
    '2x8'
    """
    if shifts.pattern is not None:
        return shifts.pattern
    if scheduled_hours_per_week(shifts) * HOUR >= WEEK:
        return ALWAYS_OPEN[0]
    most = max(len(of_day) for of_day in (shifts.times or {}).values())
    return f"{min(most, 3)}x8"


def load_site(path: Path) -> Site:
    """Return the site that a file describes.

    Parameters
    ----------
    path
        A YAML file of at most 1 MB.

    Raises
    ------
    InputError
        With every problem found, each as `file:line path: found; expected; remedy`.
    """
    return load_model(read_text(path), str(path), Site, lambda _site, _lost: [])
