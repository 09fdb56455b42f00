"""How numbers found in a log are written in a line file: four digits, in a unit that people use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twin.line.distributions import write_distribution

if TYPE_CHECKING:
    from twin.line.distributions import Distribution

UNITS = (("d", 86_400.0), ("h", 3_600.0), ("min", 60.0), ("s", 1.0))


def number_text(value: float) -> str:
    """Return a number in four significant digits, without an exponent where it has few.

    Examples
    --------
    >>> number_text(0.123456), number_text(1234.5), number_text(1.0)
    ('0.1235', '1234', '1')
    """
    return f"{value:.4g}"


def time_text(seconds: float) -> str:
    """Return a time in four significant digits.

    Examples
    --------
    >>> time_text(44_387.12), time_text(0.0)
    ('12.33 h', '0 s')
    """
    unit, size = next(((unit, size) for unit, size in UNITS if seconds >= 2 * size), UNITS[-1])
    return f"{number_text(seconds / size)} {unit}"


def distribution_text(distribution: Distribution, *, number: bool = False) -> Any:  # noqa: ANN401 -- as YAML has it
    """Return a distribution of times, or of numbers without a unit, as a line file has it."""
    return _short(write_distribution(distribution, None), number=number, key="value")


def _short(written: Any, *, number: bool, key: str) -> Any:  # noqa: ANN401 -- as YAML has it
    if isinstance(written, dict):
        return {name: _short(inside, number=number, key=str(name)) for name, inside in written.items()}
    if isinstance(written, list):
        return [_short(inside, number=number, key=key) for inside in written]
    plain = number or key in ("cv", "shape", "sigma", "k", "weights")
    return float(number_text(float(written))) if plain else time_text(float(written))
