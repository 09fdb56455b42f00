from __future__ import annotations

import numpy as np
import pytest

from support.hand_log import Said, shop
from twin.calibration.estimate import choose_laws, line_document
from twin.calibration.samples import flat, orders_again, sampled
from twin.calibration.structure import structure_of
from twin.line.line import Line

DAY = 24.0
WASHED = tuple(Said(f"o{i:02d}", "wash", 13.3 + DAY * i, 13.7 + DAY * i, 9) for i in (1, 3))
PLANT = structure_of(shop(*WASHED))
LAWS = choose_laws(PLANT, samples=0)


def test_every_value_of_a_line_has_its_path() -> None:
    document = {
        "move": "order",
        "stations": {"saw": {"cycle": {"by_pieces": {1: "9 min", 10: "1 h"}}, "machines": 2}},
        "route": [{"from": "saw", "to": "out", "probability": 0.5}, {"from": "saw", "to": "saw", "rework": True}],
    }
    assert dict(flat(document)) == {
        "move": "order",
        "stations.saw.cycle.by_pieces.1": "9 min",
        "stations.saw.cycle.by_pieces.10": "1 h",
        "stations.saw.machines": 2,
        "route.saw->out.from": "saw",
        "route.saw->out.to": "out",
        "route.saw->out.probability": 0.5,
        "route.saw->saw.from": "saw",
        "route.saw->saw.to": "saw",
        "route.saw->saw.rework": True,
    }


def test_draws_are_of_the_numbers_that_vary() -> None:
    paths, rows = sampled(PLANT, LAWS, 20, seed=2)
    base = dict(flat(line_document(PLANT, LAWS)))
    assert set(paths) <= set(base)
    assert "route.check->wash.probability" in paths
    assert "source.orders.every.exponential.mean" in paths
    # All orders are sawn for as long: nothing to draw there.
    assert not [path for path in paths if path.startswith("stations.saw.cycle")]
    for place, path in enumerate(paths):
        assert any(row[place] != str(base[path]) for row in rows)
    assert sampled(PLANT, LAWS, 20, seed=2) == (paths, rows)
    assert sampled(PLANT, LAWS, 20, seed=3) != (paths, rows)


def test_draws_of_a_share_scatter_as_it_is_uncertain() -> None:
    paths, rows = sampled(PLANT, LAWS, 600, seed=1)
    shares = np.array([float(row[paths.index("route.check->wash.probability")]) for row in rows])
    # Two of twelve: a binomial share of 1/6.
    assert shares.mean() == pytest.approx(1 / 6, abs=5 * np.sqrt(5 / 36 / 12 / 600))
    assert shares.std() == pytest.approx(np.sqrt(5 / 36 / 12), rel=0.15)


def test_every_draw_is_a_line() -> None:
    rng = np.random.default_rng(5)
    for _ in range(10):
        document = line_document(PLANT, LAWS, orders_again(PLANT, LAWS, rng))
        assert Line.model_validate({"line": "drawn"} | document).move == "order"


def test_as_many_orders_come_again_as_might_have_come() -> None:
    # As many as come of a Poisson process of mean 12, and each as often as any other.
    rng = np.random.default_rng(6)
    counts = np.array([orders_again(PLANT, LAWS, rng) for _ in range(4000)])
    numbers = counts.sum(axis=1)
    assert LAWS.demand.dispersion == 1.0
    assert numbers.mean() == pytest.approx(12, abs=5 * np.sqrt(12 / 4000))
    assert numbers.var() == pytest.approx(12, rel=5 * np.sqrt(2 / 4000))
    assert counts.mean(axis=0) == pytest.approx(np.ones(12), abs=5 * np.sqrt(1 / 4000))
