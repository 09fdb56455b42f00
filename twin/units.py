"""Quantities: text with a unit, as a plant writes it, to a number in the unit that the twin holds, and back.

Pint converts, over a registry that holds the units a plant writes and no others; it is imported with the first
quantity that is read, and each unit is asked of it once.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, PlainSerializer
from pydantic_core import PydanticCustomError

from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pint import UnitRegistry

SECONDS_PER_HOUR = 3600.0
SECONDS_PER_YEAR = 365 * 86400.0
"""A year is 365 days (8,760 h), the year of plant calendars and depreciation tables."""

LARGEST = 1e15
"""No quantity of a plant is larger, in the unit it is held in: what is, is a slip, and its square would overflow."""

MOST_QUOTED = 60
"""Letters of what was found that a message repeats."""

_DEFINITIONS = """
    second = [time] = s = sec
    millisecond = 0.001 * second = ms
    minute = 60 * second = min
    hour = 60 * minute = h
    day = 24 * hour = d = days
    week = 7 * day = _ = weeks
    year = 365 * day = yr = years
    watt = [power] = W
    kilowatt = 1000 * watt = kW
    megawatt = 1000000 * watt = MW
    joule = watt * second = J
    kilowatt_hour = kilowatt * hour = kWh
    megawatt_hour = megawatt * hour = MWh
    euro = [money] = EUR
    kiloeuro = 1000 * euro = kEUR
    megaeuro = 1000000 * euro = MEUR
    metre = [length] = m
    millimetre = 0.001 * metre = mm
"""

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_WRITTEN = re.compile(rf"({_NUMBER})\s*(\S.*)?")


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a number stands for.

    Parameters
    ----------
    name : str
        With its article, for messages: "a time".
    unit : str
        The unit in which the twin holds it.
    units : tuple of str
        The units that may be written.
    example : str
        For messages: "12 s, 0.2 min or 1 h".
    also : tuple of str
        Other spellings of them that are read.
    """

    name: str
    unit: str
    units: tuple[str, ...]
    example: str
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


TIME = Quantity(
    "a time",
    "s",
    ("ms", "s", "min", "h", "d", "week", "yr"),
    "12 s, 0.2 min or 1 h",
    ("sec", "day", "days", "weeks", "year", "years"),
)
POWER = Quantity("a power", "W", ("W", "kW", "MW"), "500 W, 3.5 kW or 1 MW")
ENERGY = Quantity("an energy", "J", ("J", "kWh", "MWh"), "900 J, 3.5 kWh or 1 MWh")
MONEY = Quantity("an amount of money", "EUR", ("EUR", "kEUR", "MEUR"), "5 EUR, 180 kEUR or 1.2 MEUR")
HOURLY_COST = Quantity("a cost per hour", "EUR/h", ("EUR/h", "kEUR/h"), "35.50 EUR/h")
ENERGY_PRICE = Quantity("an energy price", "EUR/kWh", ("EUR/kWh", "EUR/MWh"), "0.11 EUR/kWh or 110 EUR/MWh")
LENGTH = Quantity("a length", "m", ("m", "mm"), "12 m or 800 mm")
SPEED = Quantity("a speed", "m/s", ("m/s", "m/min"), "0.3 m/s or 18 m/min")

QUANTITIES = {
    "time": TIME,
    "power": POWER,
    "energy": ENERGY,
    "money": MONEY,
    "hourly cost": HOURLY_COST,
    "energy price": ENERGY_PRICE,
    "length": LENGTH,
    "speed": SPEED,
}
"""Every quantity with a unit, by name."""


@cache
def _registry() -> UnitRegistry[float]:
    """Return the registry of the units above (Pint's own thousand would cost half a second to load)."""
    from pint import UnitRegistry

    registry: UnitRegistry[float] = UnitRegistry(None)
    registry.load_definitions([line.strip() for line in _DEFINITIONS.splitlines()])
    return registry


@cache
def _factor(unit: str, held: str) -> float:
    """Return how many of the unit held there are in the unit written."""
    return float(_registry().convert(1, unit, held))


def parse(written: object, quantity: Quantity | str = TIME) -> float:
    """Read a quantity with its unit.

    Parameters
    ----------
    written : object
        The text, such as "0.2 min". Anything else is refused, a bare number too: it would leave the unit to chance.
    quantity : Quantity or str
        What the text is to be; a name stands for its row of `QUANTITIES`.

    Returns
    -------
    float
        The value in `quantity.unit`, at least 0.

    Raises
    ------
    InputError
        If the text is no such quantity, is negative, or larger than `LARGEST`.

    Examples
    --------
    >>> parse("0.2 min"), parse("110 EUR/MWh", "energy price")
    (12.0, 0.11)
    >>> parse("12 sek")
    Traceback (most recent call last):
    twin.errors.InputError: "12 sek" is not a time; write 12 s, 0.2 min or 1 h (units: ms, s, min, h, d, week, yr)
    """
    kind = QUANTITIES[quantity] if isinstance(quantity, str) else quantity
    match = _WRITTEN.fullmatch(written.strip()) if isinstance(written, str) else None
    if match is not None and match[2] is None:
        units = ", ".join(kind.units)
        raise InputError(f"{quoted(written)} has no unit; write {match[1]} {kind.unit} (units: {units})")
    if match is None or match[2] not in kind.units + kind.also:
        raise InputError(f"{quoted(written)} is not {kind}; write {kind.example} (units: {', '.join(kind.units)})")
    value = float(match[1]) * _factor(match[2], kind.unit)
    if value < 0:
        raise InputError(f"{quoted(written)} is negative; {kind} is at least 0; write {kind.example}")
    if value > LARGEST:
        raise InputError(f"{quoted(written)} is too large for {kind}; write {kind.example}")
    return value + 0.0  # "-0 s" is 0 s


def seconds(written: object) -> float:
    """Return a time [s]; raises `InputError` as `parse`."""
    return parse(written, TIME)


def watts(written: object) -> float:
    """Return a power [W]; raises `InputError` as `parse`."""
    return parse(written, POWER)


def joules(written: object) -> float:
    """Return an energy [J]; raises `InputError` as `parse`."""
    return parse(written, ENERGY)


def euros(written: object) -> float:
    """Return an amount of money [EUR]; raises `InputError` as `parse`."""
    return parse(written, MONEY)


def number(written: object) -> float:
    """Read a number without a unit, such as a coefficient of variation.

    Raises
    ------
    InputError
        If it is not a finite number.
    """
    if isinstance(written, bool) or not isinstance(written, (str, int, float)):
        raise InputError(f"{quoted(written)} is not a number; write 0.2")
    if isinstance(written, str) and re.fullmatch(_NUMBER, written.strip()) is None:
        raise InputError(f"{quoted(written)} is not a number; write 0.2")
    if not math.isfinite(value := float(written)):
        raise InputError(f"{quoted(written)} is not a finite number; write 0.2")
    return value


def share(written: object) -> float:
    """Read a share of a whole, from 0 to 1: "5 %", "0.05" or 0.05.

    Raises
    ------
    InputError
        If it is none, or lies outside 0 to 1.
    """
    text = written.strip() if isinstance(written, str) else written
    try:
        value = number(text[:-1]) / 100 if isinstance(text, str) and text.endswith("%") else number(text)
    except InputError:
        raise InputError(f"{quoted(written)} is not a share; write 0.05 or 5 %") from None
    if not 0 <= value <= 1:
        raise InputError(f"{quoted(written)} is not a share from 0 to 1; write 0.05 or 5 %")
    return value + 0.0


def count(written: object) -> int:
    """Read a whole number of at least 0.

    Raises
    ------
    InputError
        If it is a fraction, negative, or no number.
    """
    whole = re.fullmatch(r"\+?\d{1,15}", written.strip()) is not None if isinstance(written, str) else False
    if not whole and (isinstance(written, bool) or not isinstance(written, int) or written < 0):
        raise InputError(f"{quoted(written)} is not a whole number of at least 0; write 0, 1 or 2")
    return int(written)  # type: ignore[call-overload, no-any-return]


def quoted(written: object) -> str:
    """Return what was found as a message repeats it: a text in quotes and not too long, else what kind of thing it is.

    Examples
    --------
    >>> quoted("12 sek"), quoted(["12 s"]), quoted(None)
    ('"12 sek"', 'a list', 'no value')
    """
    if written is None:
        return "no value"
    if isinstance(written, list | tuple | dict):
        return "a mapping" if isinstance(written, dict) else "a list"
    text = " ".join(str(written).split())
    return f'"{text if len(text) <= MOST_QUOTED else text[:MOST_QUOTED] + "..."}"'


def write(value: float, quantity: Quantity | None = None) -> str:
    """Return the text that `parse` reads back to the same bits.

    Examples
    --------
    >>> write(12.0, TIME), write(0.1)
    ('12 s', '0.1')
    """
    digits = repr(float(value)).removesuffix(".0")
    return digits if quantity is None else f"{digits} {quantity.unit}"


def format_time(value: float) -> str:
    """Return a time [s] for people: three digits, in the largest unit of which there is at least one.

    Examples
    --------
    >>> format_time(0.9), format_time(192), format_time(28800), format_time(10 * SECONDS_PER_YEAR)
    ('0.9 s', '3.2 min', '8 h', '10 yr')
    """
    for unit in ("yr", "d", "h", "min"):
        if abs(value) >= (size := _SIZES[unit]) * (1 - 5e-4):
            return f"{_three_digits(value / size)} {unit}"
    return f"{_three_digits(value)} s"


_SIZES = {"yr": SECONDS_PER_YEAR, "d": 86400.0, "h": SECONDS_PER_HOUR, "min": 60.0}


def _three_digits(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 -- three digits have no name


def refused(problem: str) -> PydanticCustomError:
    """Return the error by which a validator of a Pydantic field says exactly this sentence."""
    return PydanticCustomError("input", "{problem}", {"problem": problem})


def validator(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a reader that raises `InputError` as a Pydantic validator that says the same sentence."""

    def validated(written: object) -> object:
        try:
            return read(written)
        except InputError as error:
            raise refused(str(error)) from None

    return validated


def _field(quantity: Quantity) -> tuple[BeforeValidator, PlainSerializer]:
    """Return how a Pydantic field reads and writes a quantity: it is written with its unit, so that it can be read."""
    return (
        BeforeValidator(validator(lambda written: parse(written, quantity))),
        PlainSerializer(lambda value: write(value, quantity), return_type=str),
    )


Duration = Annotated[float, *_field(TIME)]
"""A time [s], at least 0, written "12 s", "0.2 min", "8 h", "3 d", "1 week" or "10 yr"."""
Power = Annotated[float, *_field(POWER)]
"""A power [W], written "3.5 kW"."""
Energy = Annotated[float, *_field(ENERGY)]
"""An energy [J], written "3.5 kWh"."""
Money = Annotated[float, *_field(MONEY)]
"""An amount of money [EUR], written "5 EUR", "180 kEUR" or "1.2 MEUR"."""
HourlyCost = Annotated[float, *_field(HOURLY_COST)]
"""A cost per hour [EUR/h], written "35.50 EUR/h"."""
EnergyPrice = Annotated[float, *_field(ENERGY_PRICE)]
"""An energy price [EUR/kWh], written "0.11 EUR/kWh" or "110 EUR/MWh"."""
Length = Annotated[float, *_field(LENGTH)]
"""A length [m], written "12 m"."""
Speed = Annotated[float, *_field(SPEED)]
"""A speed [m/s], written "0.3 m/s" or "18 m/min"."""
Share = Annotated[float, BeforeValidator(validator(share))]
"""A share of a whole, 0 to 1, written 0.05 or "5 %"."""
Count = Annotated[int, BeforeValidator(validator(count))]
"""A whole number of at least 0."""
