"""What it means that two runs are the same: to the bit, in all that they hand over."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from twin.accounts import Accounts

if TYPE_CHECKING:
    from twin.engine.results import Run

COUNTS = ("parts", "scrap", "rework", "failures", "repaired", "lead_bins", "minor_stops", "maintained", "warm_ups")
LINE_COUNTS = (
    "arrived",
    "turned_away",
    "departed",
    "scrapped",
    "first_pass",
    "orders_arrived",
    "orders_departed",
    "joined",
)


def assert_same(run: Run, other: Run) -> None:
    """Assert that the runs agree in digest, deadlock, moves and every number of their accounts."""
    assert run.digest == other.digest
    assert (run.deadlock, run.moves, run.replication) == (other.deadlock, other.moves, other.replication)
    for field in fields(Accounts):
        one, two = getattr(run.accounts, field.name), getattr(other.accounts, field.name)
        assert np.array_equal(one, two, equal_nan=isinstance(one, float)), field.name


def assert_equal_accounts(counted: Accounts, folded: Accounts) -> None:
    """Assert that counts are equal and times are equal to 1e-9 of their size or of the span."""
    for field in fields(Accounts):
        one, two = getattr(counted, field.name), getattr(folded, field.name)
        if field.name in COUNTS + LINE_COUNTS or isinstance(one, tuple):
            assert np.array_equal(one, two), field.name
        else:
            np.testing.assert_allclose(two, one, rtol=1e-9, atol=1e-9 * counted.span_s, err_msg=field.name)
