"""How sure the numbers of a fitted line are: the same plant, had other orders come (bootstrap over orders).

B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap (1993): orders are drawn with replacement, and all but
the choice of laws, machines, people and shifts is estimated anew.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.calibration.estimate import Laws, line_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from twin.calibration.structure import Structure

    Ints = NDArray[np.int64]


def flat(document: Any, path: str = "") -> Iterator[tuple[str, object]]:  # noqa: ANN401 -- as YAML has it
    """Yield each value of a line's description with its path; an edge goes by its name.

    Examples
    --------
    >>> list(flat({"route": [{"from": "press", "to": "out", "probability": 0.5}]}))[-1]
    ('route.press->out.probability', 0.5)
    """
    if isinstance(document, dict):
        for key, value in document.items():
            yield from flat(value, f"{path}.{key}" if path else str(key))
    elif isinstance(document, list) and path == "route":
        for edge in document:
            yield from flat(edge, f"{path}.{edge['from']}->{edge['to']}")
    else:
        yield path, document


def orders_again(plant: Structure, laws: Laws, rng: np.random.Generator) -> Ints:
    """Draw how often each order counts, had others come instead: with replacement, as many as might have come."""
    orders = len(plant.visits.orders)
    many = round(orders + math.sqrt(laws.demand.dispersion * orders) * float(rng.standard_normal()))
    return np.bincount(rng.integers(0, orders, max(many, 1)), minlength=orders)


def sampled(
    plant: Structure,
    laws: Laws,
    count: int,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Draw the numbers of a fitted line anew.

    Parameters
    ----------
    plant, laws
        The plant and the laws chosen.
    count, seed
        How many draws, and their seed.
    progress
        Called with (done, all) after each draw.

    Returns
    -------
    tuple
        The paths of the numbers that vary, and one row of values a draw.
    """
    rng = np.random.default_rng(seed)
    base = dict(flat(line_document(plant, laws)))
    rows = []
    for done in range(1, count + 1):
        rows.append(dict(flat(line_document(plant, laws, orders_again(plant, laws, rng)))))
        if progress is not None:
            progress(done, count)
    varying = [path for path, value in base.items() if any(row.get(path, value) != value for row in rows)]
    return tuple(varying), [tuple(str(row.get(path, base[path])) for path in varying) for row in rows]
