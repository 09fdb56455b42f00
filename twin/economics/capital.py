"""What equipment costs in a year, its price spread over its life with interest."""

from __future__ import annotations

import math

from twin.errors import InputError


def annuity_factor(life: float, discount_rate: float) -> float:
    """Give the share of a price that, paid at the end of every year of its life, repays it with interest [1/yr].

    Parameters
    ----------
    life
        Years of use [yr].
    discount_rate
        Interest a year; nominal for equal payments in the money of each year [share/yr].

    Raises
    ------
    InputError
        If the life is not above zero, or the rate is negative.

    Notes
    -----
    ``i / (1 - (1 + i)^-n)``; at rate 0 its limit ``1 / n``. Written with expm1 and log1p, so that a rate near
    zero loses no digits.

    References
    ----------
    W. G. Sullivan, E. M. Wicks and C. P. Koelling, *Engineering Economy*, 16th ed., 2014, table 4-2 (capital recovery).

    Examples
    --------
    >>> round(annuity_factor(10, 0.08), 6)
    0.149029
    >>> annuity_factor(10, 0)
    0.1
    """
    if not life > 0:
        raise InputError(f"a life of {life} years spreads no price; write a life above zero, such as 10 yr")
    if not discount_rate >= 0:
        raise InputError(f"discount_rate is {discount_rate}; write zero or more, such as 8 %")
    if discount_rate == 0:
        return 1 / life
    return discount_rate / -math.expm1(-life * math.log1p(discount_rate))


def equivalent_annual_cost(capex: float, life: float, discount_rate: float) -> float:
    """Give the equal yearly payment that is worth `capex` at its purchase [EUR/yr].

    Parameters
    ----------
    capex
        Price, installed, without residual value [EUR].
    life, discount_rate
        As for `annuity_factor`. What costs nothing is spread over any life.

    Raises
    ------
    InputError
        If `capex` is not zero and `annuity_factor` refuses its arguments.

    Examples
    --------
    >>> round(equivalent_annual_cost(180_000, 10, 0.08), 2)
    26825.31
    """
    return capex * annuity_factor(life, discount_rate) if capex else 0.0
