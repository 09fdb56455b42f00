"""How long a station works on a lot, by its size: the form that says it best, and its numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import special

from twin.calibration.families import Fit, fit_law, refit
from twin.calibration.wording import distribution_text, time_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

Form = Literal["whole", "per_piece", "by_pieces"]

ENOUGH_FOR_SIZE = 8
"""Fewer visits do not show how the time goes with the size of the lot."""

SIZES = tuple(digit * 10**power for power in range(7) for digit in (1, 2, 5))
"""The sizes of lots that a table of times names, up to the largest seen."""

STEPS = 60
"""Of the expectation-maximisation; it stops before where nothing changes any more."""


@dataclass(frozen=True, slots=True)
class CycleFit:
    """How a station's work on a lot goes with its pieces.

    Attributes
    ----------
    form
        The whole lot takes a time whatever its size ("whole"), each piece takes one ("per_piece"), or the lot's time
        grows as a power of its pieces ("by_pieces").
    exponent
        That power: 0, 1, or as fitted.
    level
        Time of a lot of one piece by that power law [s]; 1 unless "by_pieces".
    sizes
        The sizes of lots at which a table gives the time.
    fit
        The distribution of the time of a lot or of a piece [s], or of what the power law leaves.
    written
        The cycle as a line file has it.
    """

    form: Form
    exponent: float
    level: float
    sizes: tuple[int, ...]
    fit: Fit
    written: Any

    @property
    def said(self) -> str:
        """The form in words."""
        if self.form == "by_pieces":
            return f"pieces ^ {self.exponent:.2f}"
        return self.form.replace("_", " ") if self.form == "per_piece" else "whole lot"


def fit_cycle(work: Floats, pieces: Floats, observed: Bools, *, samples: int = 200) -> CycleFit:
    """Return how the time of a lot goes with its pieces: the form of the three whose AIC is the least.

    The three are compared with lognormal times; the family is then chosen for what the form leaves.

    Parameters
    ----------
    work, pieces, observed
        Time of the machine [s], pieces of the lot, and whether the visit is over: of the others the time so far.
    samples
        Of the bootstrap behind the p-values.
    """
    sizes = _table_sizes(pieces)
    forms: list[tuple[float, Form, float, float]] = []
    logs, size = np.log(work), np.log(pieces)
    if observed.sum() >= ENOUGH_FOR_SIZE and pieces.min() < pieces.max():
        level, exponent = power_law(logs, size, observed)
        tried: tuple[tuple[Form, float, int], ...] = (
            ("whole", 0.0, 0),
            ("per_piece", 1.0, 0),
            ("by_pieces", exponent, 1),
        )
        forms = [(_aic(logs, size, observed, slope, more), form, slope, math.exp(level)) for form, slope, more in tried]
    _, form, exponent, level = min(forms, default=(0.0, "whole", 0.0, 1.0))
    level = level if form == "by_pieces" else 1.0
    left = work / (level * pieces**exponent)
    fit = fit_law(left, censored=~observed, samples=samples)
    written = _written(form, fit.family, left, observed, (level, exponent, sizes))
    return CycleFit(form, exponent, level, sizes, fit, written)


def refit_cycle(chosen: CycleFit, work: Floats, pieces: Floats, observed: Bools) -> Any:  # noqa: ANN401 -- as YAML has it
    """Return the cycle as a line file has it, of other visits in the form and family that were chosen."""
    level, exponent = chosen.level, chosen.exponent
    if chosen.form == "by_pieces":
        level, exponent = power_law(np.log(work), np.log(pieces), observed)
        level = math.exp(level)
    left = work / (level * pieces**exponent)
    return _written(chosen.form, chosen.fit.family, left, observed, (level, exponent, chosen.sizes))


def _written(form: Form, family: str, left: Floats, observed: Bools, law: tuple[float, float, tuple[int, ...]]) -> Any:  # noqa: ANN401 -- as YAML has it
    """Return a cycle as a line file has it; `left` is what the power law (level, exponent, sizes) leaves."""
    found = refit(family, left, censored=~observed)
    if form == "whole":
        return distribution_text(found)
    if form == "per_piece":
        return {"per_piece": distribution_text(found)}
    level, exponent, sizes = law
    spread = refit(family, left, censored=~observed, scale_free=True)
    return {
        "by_pieces": {size: time_text(level * found.mean * size**exponent) for size in sizes},
        "spread": distribution_text(spread, number=True),
    }


def power_law(logs: Floats, size: Floats, observed: Bools) -> tuple[float, float]:
    """Return level and slope of the logarithm of a time against that of the pieces, by maximum likelihood.

    Normal errors; a time that is not over is known to be longer (expectation-maximisation: A. P. Dempster, N. M. Laird
    and D. B. Rubin, J. Roy. Statist. Soc. B 39, 1977). The slope is kept from 0 to 1: no lot is made sooner for being
    larger, nor takes more than its pieces one by one.
    """
    filled, sigma = logs, 0.0
    level = slope = 0.0
    for _ in range(STEPS if not observed.all() else 1):
        before = (level, slope, sigma)
        level, slope = _line(filled, size)
        expected = level + slope * size
        residual = filled - expected
        over, spread = _above(logs, expected, observed, sigma or float(residual.std()) or 1.0)
        sigma = math.sqrt(float(np.mean(np.where(observed, (logs - expected) ** 2, over**2 + spread))))
        filled = np.where(observed, logs, expected + over)
        if np.allclose(before, (level, slope, sigma), rtol=1e-9, atol=1e-12):
            break
    return level, slope


def _line(values: Floats, size: Floats) -> tuple[float, float]:
    centre = size - size.mean()
    variation = float(centre @ centre)
    slope = min(max(float(centre @ values) / variation, 0.0), 1.0) if variation > 0 else 0.0
    return float(values.mean() - slope * size.mean()), slope


def _above(logs: Floats, expected: Floats, observed: Bools, sigma: float) -> tuple[Floats, Floats]:
    """Mean and variance of a normal error known to lie above what was seen; 0 where all was seen."""
    bound = np.where(observed, 0.0, (logs - expected) / sigma)
    hazard = np.exp(-(bound**2) / 2 - math.log(2 * math.pi) / 2 - special.log_ndtr(-bound))
    over = sigma * hazard
    spread = sigma**2 * np.maximum(1 + bound * hazard - hazard**2, 0.0)
    return over, spread


def _aic(logs: Floats, size: Floats, observed: Bools, slope: float, more: int) -> float:
    """Akaike's criterion of lognormal times that grow as a power of the pieces, `more` parameters fitted."""
    left = logs - slope * size
    found = refit("lognormal", np.exp(left), censored=~observed)
    sigma = max(math.sqrt(math.log1p(found.variance / found.mean**2)), 1e-9)
    centre = math.log(found.mean) - sigma**2 / 2
    z = (left - centre) / sigma
    seen = -(z**2) / 2 - math.log(sigma * math.sqrt(2 * math.pi))
    return 2 * (2 + more) - 2 * float(np.where(observed, seen, special.log_ndtr(-z)).sum())


def _table_sizes(pieces: Floats) -> tuple[int, ...]:
    """Return the sizes that a table names: from 1, for lots sent back are small, to the largest seen."""
    most = int(pieces.max())
    return (*(size for size in SIZES if size < most), most)
