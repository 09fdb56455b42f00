"""Distributions as text: how they are written in a line file, and the field that holds one.

    cycle: 12 s                                  always the same
    cycle: {min: 8 s, mode: 10 s, max: 15 s}     as a person estimates
    cycle: {lognormal: {mean: 12 s, cv: 0.2}}    by its family, in one of its forms
    cycle: {empirical: [9 s, 11 s, 14 s]}        as seen

To add a family: its class in `families`, its name in `DISTRIBUTIONS`, its parameters in `FORMS`. The tests of the table
then hold for it.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, NoReturn

from pydantic import PlainSerializer, PlainValidator

from twin.errors import InputError
from twin.line.described import wrong_inside
from twin.line.discrete import Constant, Empirical
from twin.line.families import Erlang, Exponential, Gamma, Lognormal, Normal, Triangular, Uniform, Weibull
from twin.line.names import nearest
from twin.line.variates import Distribution
from twin.units import TIME, Quantity, count, number, parse, quoted, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.line.names import Place

__all__ = [
    "DISTRIBUTIONS",
    "Constant",
    "Distribution",
    "Empirical",
    "Erlang",
    "Exponential",
    "Gamma",
    "Lognormal",
    "Normal",
    "NumberDistribution",
    "TimeDistribution",
    "Triangular",
    "Uniform",
    "Weibull",
    "parse_distribution",
    "write_distribution",
]

DISTRIBUTIONS: dict[str, type[Distribution]] = {
    family.name: family
    for family in (
        Constant,
        Uniform,
        Triangular,
        Exponential,
        Erlang,
        Gamma,
        Lognormal,
        Weibull,
        Normal,
        Empirical,
    )
}
"""Every family by the name under which it is written."""

FORMS: dict[str, dict[tuple[str, ...], Callable[..., Distribution]]] = {
    "constant": {("value",): Constant},
    "uniform": {("low", "high"): Uniform, ("mean", "cv"): Uniform.of_mean},
    "triangular": {("low", "mode", "high"): Triangular, ("min", "mode", "max"): Triangular},
    "exponential": {("mean",): Exponential},
    "erlang": {("mean", "k"): Erlang},
    "gamma": {("mean", "cv"): Gamma.of_cv, ("mean", "shape"): Gamma, ("shape", "scale"): Gamma.of_scale},
    "lognormal": {("mean", "cv"): Lognormal, ("median", "sigma"): Lognormal.of_median},
    "weibull": {("mean", "cv"): Weibull.of_cv, ("mean", "shape"): Weibull, ("scale", "shape"): Weibull.of_scale},
    "normal": {("mean", "cv"): Normal.of_cv, ("mean", "sd"): Normal},
    "empirical": {("values",): Empirical, ("values", "weights"): Empirical},
}
"""The sets of parameters by which each family may be given, and what makes a distribution of their values in order.

A form whose maker is the class itself names its fields: in it a distribution is written.
"""

_NUMBERS: dict[str, Callable[[object], float]] = {"cv": number, "sigma": number, "shape": number, "k": count}
"""The parameters without a unit, each with its reader; `weights` are numbers too."""


class _Refused(Exception):  # noqa: N818 -- carries what `parse_distribution` and the field each say in their own way
    """What is wrong with a distribution: sentences, each with its place below the distribution."""

    def __init__(self, problems: list[tuple[Place, str]]) -> None:
        super().__init__(problems)
        self.problems = problems


def parse_distribution(written: object, quantity: Quantity | None = TIME) -> Distribution:
    """Read a distribution.

    Parameters
    ----------
    written : object
        A quantity ("12 s"), `{min, mode, max}`, `{family: parameters}`, or a distribution, which is returned as it is.
    quantity : Quantity or None
        What its values are; a time unless named, None for numbers without a unit.

    Returns
    -------
    Distribution
        In the unit in which the quantity is held.

    Raises
    ------
    InputError
        If it is no distribution; all that is wrong with its parameters is said at once.

    Examples
    --------
    >>> parse_distribution({"weibull": {"scale": "2 min", "shape": 1}})
    Weibull(mean=120.0, shape=1.0)
    """
    try:
        return _read(written, quantity)
    except _Refused as refusal:
        raise InputError(*(_located(place, problem) for place, problem in refusal.problems)) from None


def write_distribution(distribution: Distribution, quantity: Quantity | None = TIME) -> object:
    """Return the text or mapping that `parse_distribution` reads back to an equal distribution.

    Examples
    --------
    >>> write_distribution(Lognormal(12, 0.2)), write_distribution(Constant(12))
    ({'lognormal': {'mean': '12 s', 'cv': 0.2}}, '12 s')
    """
    if isinstance(distribution, Constant):
        return write(distribution.value, quantity)
    held = [value for field in fields(distribution) if (value := getattr(distribution, field.name)) is not None]
    own = (form for form, maker in FORMS[distribution.name].items() if maker is type(distribution))
    form = next(form for form in own if len(form) == len(held))
    return {distribution.name: {key: _written(key, value, quantity) for key, value in zip(form, held, strict=True)}}


def _written(key: str, value: float | tuple[float, ...], quantity: Quantity | None) -> object:
    if isinstance(value, tuple):
        return [_written(key, one, quantity) for one in value]
    return value if key in _NUMBERS or key == "weights" else write(value, quantity)


def _located(place: Place, problem: str) -> str:
    return f"{'.'.join(map(str, place))}: {problem}" if place else problem


def _refuse(problem: str, *place: str | int) -> NoReturn:
    raise _Refused([(place, problem)])


def _read(written: object, quantity: Quantity | None) -> Distribution:
    if isinstance(written, Distribution):
        return written
    if not isinstance(written, dict):
        return _made("constant", {"value": written}, quantity, ())
    if {"min", "mode", "max"} & set(written):
        return _made("triangular", written, quantity, ())
    if len(written) != 1:
        families = ", ".join(DISTRIBUTIONS)
        _refuse(f"{quoted(written)} is not a distribution; write {_example(quantity)}, or one family: {families}")
    [(name, parameters)] = written.items()
    if name not in DISTRIBUTIONS:
        _refuse(f"there is no distribution {nearest(str(name), DISTRIBUTIONS)}")
    if not isinstance(parameters, dict) and name in ("constant", "empirical"):
        parameters = {next(iter(FORMS[name]))[0]: parameters}
    if not isinstance(parameters, dict):
        _refuse(f"{quoted(parameters)} is not a set of parameters; write {_forms(name)}", name)
    return _made(name, parameters, quantity, (name,))


def _forms(name: str) -> str:
    """Return the forms of a family as they are written."""
    return " or ".join(f"{{{', '.join(form)}}}" for form in FORMS[name])


def _made(name: str, parameters: dict[str, object], quantity: Quantity | None, place: Place) -> Distribution:
    """Return the distribution of parameters as written, read in the order of their form."""
    form = next((form for form in FORMS[name] if set(form) == set(parameters)), None)
    if form is None:
        found = ", ".join(map(str, parameters)) or "nothing"
        _refuse(f"{name} is not given by {found}; write {_forms(name)}", *place)
    values, problems = [], []
    for key in form:
        try:
            values.append(_parameter(key, parameters[key], quantity))
        except InputError as error:
            problems.append((place if key == "value" else (*place, key), str(error)))
    if problems:
        raise _Refused(problems)
    try:
        return FORMS[name][form](*values)
    except InputError as error:
        _refuse(str(error), *place)


def _parameter(key: str, written: object, quantity: Quantity | None) -> object:
    if key in ("values", "weights"):
        if not isinstance(written, (list, tuple)):
            raise InputError(f"{quoted(written)} is not a list; write [{_example(quantity).replace(' or', ',')}]")
        return tuple(number(one) if key == "weights" else _value(one, quantity) for one in written)
    return _NUMBERS[key](written) if key in _NUMBERS else _value(written, quantity)


def _value(written: object, quantity: Quantity | None) -> float:
    return number(written) if quantity is None else parse(written, quantity)


def _example(quantity: Quantity | None) -> str:
    return "12, 0.8 or 1" if quantity is None else quantity.example


def _validated(written: object, quantity: Quantity | None) -> Distribution:
    try:
        return _read(written, quantity)
    except _Refused as refusal:
        raise wrong_inside(refusal.problems, written) from None


def read_time(written: object) -> Distribution:
    """Read a field that holds the distribution of a time [s]; what is wrong is placed at its parameter."""
    return _validated(written, TIME)


def read_number(written: object) -> Distribution:
    """Read a field that holds the distribution of numbers without a unit; what is wrong is placed likewise."""
    return _validated(written, None)


def _write_number(distribution: Distribution) -> object:
    return write_distribution(distribution, None)


TimeDistribution = Annotated[
    Distribution, PlainValidator(read_time), PlainSerializer(write_distribution, return_type=object)
]
"""A Pydantic field that holds the distribution of a time [s], read and written as in a line file."""
NumberDistribution = Annotated[
    Distribution, PlainValidator(read_number), PlainSerializer(_write_number, return_type=object)
]
"""A Pydantic field that holds the distribution of numbers without a unit, such as the pieces of an order."""
