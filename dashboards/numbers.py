"""Numbers and their units as people read them: no digit more than is known.

A number with a 95 % interval of half-width h is shown to the place of h's first digit, or of its second if the first is
1. A number without an interval is shown to two digits. A true minus sign, thousands by comma, an en dash for nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.study.compare import WageThreshold
    from twin.study.intervals import Estimate

MINUS = "−"
NOTHING = "–"
NO_BREAK_SPACE = "\u00a0"
PLUS_MINUS = f"{NO_BREAK_SPACE}±{NO_BREAK_SPACE}"
CENTS_UP_TO = 1000.0
DIGITS_OF_ONE_RUN = 2
DIGITS_OF_THE_EXACT = 4
ROUNDING = 1e-12
"""What sums of floating-point numbers leave, relative: no knowledge of a twelfth digit."""
FINEST = 9
"""Places after the point of a cost beyond which there is nothing but rounding."""
UNITS = {"m2": "m²", "m3": "m³"}
PLURALS = {"piece": "pieces", "part": "parts", "unit": "units", "box": "boxes", "pallet": "pallets", "tile": "tiles"}


def decimals_for(half_width: float) -> int:
    """Give the places after the point to which a number of this half-width is known; negative for tens, hundreds...

    Raises
    ------
    ValueError
        If the half-width is not above zero and finite.

    Examples
    --------
    >>> decimals_for(80), decimals_for(0.02), decimals_for(0.013), decimals_for(130)
    (-1, 2, 3, -1)
    """
    if not (half_width > 0 and math.isfinite(half_width)):
        raise ValueError(f"a half-width is above zero and finite, not {half_width}")
    first_digit, exponent = f"{half_width:.16e}"[0], int(f"{half_width:.16e}".partition("e")[2])
    return (1 if first_digit == "1" else 0) - exponent


def decimals_of(estimate: Estimate) -> int:
    """Give the places after the point to which an estimate is shown.

    An interval of no width (nothing in the line is random) leaves four digits; no interval leaves two.
    """
    half = estimate.half_width
    if half is None:
        return significant(estimate.mean, DIGITS_OF_ONE_RUN)
    return significant(estimate.mean, DIGITS_OF_THE_EXACT) if is_exact(estimate) else decimals_for(half)


def as_fitted(estimate: Estimate) -> Estimate:
    """Give an estimate with the simulation's interval alone: the parts of a sum are known as well as it is.

    What the data leave open moves all of them together; it says how sure the sum is, not which part is nought.
    """
    from twin.study.intervals import Estimate

    return estimate if estimate.simulation is None else Estimate(estimate.mean, estimate.simulation)


def significant(value: float, digits: int) -> int:
    """Give the places after the point that show `digits` significant digits.

    Examples
    --------
    >>> significant(18_810, 2), significant(0.0123, 2), significant(0, 2)
    (-3, 3, 0)
    """
    if value == 0 or not math.isfinite(value):
        return 0
    return digits - 1 - int(f"{value:.{digits - 1}e}".partition("e")[2])


def number(value: float | None, decimals: int, *, signed: bool = False) -> str:
    """Write a number rounded to a place; an en dash for None or what is not finite.

    Parameters
    ----------
    value
        The number.
    decimals
        Places after the point; negative rounds to tens, hundreds...
    signed
        Whether a positive number carries a plus: for differences.

    Examples
    --------
    >>> number(18_810.4, -1), number(-0.05, 2), number(0.05, 2, signed=True), number(-0.001, 2), number(None, 2)
    ('18,810', '−0.05', '+0.05', '0.00', '–')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    rounded = round(value, decimals)
    digits = f"{abs(rounded):,.{max(0, decimals)}f}"
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return sign + digits


def interval(ends: tuple[float, float] | None, decimals: int, *, signed: bool = False) -> str:
    """Write an interval in brackets; an en dash where there is none.

    Examples
    --------
    >>> interval((2340.6, 2361.2), 0), interval((-0.06, -0.03), 2)
    ('[2,341, 2,361]', '[−0.06, −0.03]')
    """
    if ends is None:
        return NOTHING
    return f"[{number(ends[0], decimals, signed=signed)}, {number(ends[1], decimals, signed=signed)}]"


def mean(estimate: Estimate, *, signed: bool = False) -> str:
    """Write an estimate's mean to the place to which it is known.

    Examples
    --------
    >>> from twin.study.intervals import Estimate
    >>> mean(Estimate(18_812.0, (18_732.0, 18_892.0)))
    '18,810'
    """
    return number(estimate.mean, decimals_of(estimate), signed=signed)


def mean_and_interval(estimate: Estimate, *, signed: bool = False) -> str:
    """Write an estimate's mean and, in brackets, its interval, all to one place; without a width the mean alone.

    Examples
    --------
    >>> from twin.study.intervals import Estimate
    >>> mean_and_interval(Estimate(-0.0471, (-0.0621, -0.0321)), signed=True)
    '−0.047 [−0.062, −0.032]'
    """
    decimals = decimals_of(estimate)
    written = number(estimate.mean, decimals, signed=signed)
    bare = estimate.interval is None or is_exact(estimate)
    return written if bare else f"{written} {interval(estimate.interval, decimals)}"


def plus_minus(estimate: Estimate) -> str:
    """Write an estimate as mean ± half-width; brackets if its interval is lopsided, the mean alone if it has no width.

    Examples
    --------
    >>> from twin.study.intervals import Estimate
    >>> plus_minus(Estimate(6.3412, (6.3212, 6.3612))).replace(NO_BREAK_SPACE, " ")
    '6.34 ± 0.02'
    """
    if estimate.interval is None or is_exact(estimate):
        return mean(estimate)
    below, above = estimate.mean - estimate.interval[0], estimate.interval[1] - estimate.mean
    if not math.isclose(below, above, rel_tol=1e-6, abs_tol=abs(estimate.mean) * ROUNDING):
        return mean_and_interval(estimate)
    decimals = decimals_of(estimate)
    return f"{number(estimate.mean, decimals)}{PLUS_MINUS}{number(estimate.half_width, decimals)}"


def money(value: float | None, *, signed: bool = False) -> str:
    """Write an amount [EUR] whose interval is not at hand: to the cent, without cents above 1,000.

    Examples
    --------
    >>> money(6.2949), money(23_400.5), money(-1.5, signed=True)
    ('6.29', '23,400', '−1.50')
    """
    return number(value, 0 if value is not None and abs(value) > CENTS_UP_TO else 2, signed=signed)


def percent(value: float | None, decimals: int = 0) -> str:
    """Write a share as a percentage, with its sign.

    Examples
    --------
    >>> percent(0.735, 1).replace(NO_BREAK_SPACE, " "), percent(None)
    ('73.5 %', '–')
    """
    return NOTHING if value is None else f"{number(value * 100, decimals)}{NO_BREAK_SPACE}%"


def is_exact(estimate: Estimate) -> bool:
    """Say whether an interval has no width but what rounding leaves: nothing differed from run to run."""
    return estimate.half_width is not None and estimate.half_width <= abs(estimate.mean) * ROUNDING


def column_places(estimates: Sequence[Estimate]) -> list[int]:
    """Give the places of a column's numbers: each its own, but one less where another is known less well.

    An exact number follows the others.
    """
    places = [min(FINEST, decimals_of(one)) for one in estimates]
    coarsest = min((place for place, one in zip(places, estimates, strict=True) if not is_exact(one)), default=None)
    if coarsest is None:
        return places
    return [
        coarsest if is_exact(one) else place - (place > coarsest) for place, one in zip(places, estimates, strict=True)
    ]


def in_percent(share: Estimate) -> Estimate:
    """Give a share as an estimate in percent."""
    from twin.study.intervals import Estimate

    ends = share.interval
    return Estimate(100 * share.mean, None if ends is None else (100 * ends[0], 100 * ends[1]))


def share_text(share: Estimate) -> str:
    """Write a share as a percentage, with its interval.

    Examples
    --------
    >>> from twin.study.intervals import Estimate
    >>> share_text(Estimate(0.3325, (0.3248, 0.3402))).replace(chr(160), " ")
    '33.2 % [32.5, 34.0]'
    """
    hundredths = in_percent(share)
    written = percent(share.mean, decimals_of(hundredths))
    return written if _is_bare(hundredths) else f"{written} {interval(hundredths.interval, decimals_of(hundredths))}"


def wage_text(passing: WageThreshold) -> str:
    """Write the wage at which a level begins, or ceases, to be the cheaper one; or that it is so at any, or at none."""
    found = passing.threshold
    if found.wage is None:
        if not passing.is_sure:
            bounded = found.cheaper == "always" and passing.interval is not None
            return f"from at most {number(passing.interval[1], 1)}" if bounded and passing.interval else "cannot tell"
        return "any" if found.cheaper == "always" else "none"
    from twin.study.intervals import Estimate

    wage = Estimate(found.wage, passing.interval)
    return f"about {mean(wage)}" if wage.interval is None else mean_and_interval(wage)


def difference_text(difference: Estimate, places: int) -> str:
    """Write a difference with its sign and, where it has one, its interval."""
    written = number(difference.mean, places, signed=True)
    return written if _is_bare(difference) else f"{written} {interval(difference.interval, places)}"


def _is_bare(estimate: Estimate) -> bool:
    return estimate.interval is None or is_exact(estimate)


def unit(name: str) -> str:
    """Write a unit: m2 as m².

    Examples
    --------
    >>> unit("m2"), unit("piece")
    ('m²', 'piece')
    """
    return UNITS.get(name, name)


def units(name: str) -> str:
    """Write a unit as it follows a number of them.

    Examples
    --------
    >>> units("m2"), units("piece")
    ('m²', 'pieces')
    """
    return PLURALS.get(name, unit(name))
