"""What must not matter to a fit does not: the clock's hour, names, the order of rows, rows told twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.changed_log import (
    Table,
    document_renamed,
    doubled,
    fitted,
    later,
    log_of,
    path_renamed,
    renamed,
    shuffled,
)
from twin.calibration.estimate import choose_laws
from twin.calibration.order_table import balance
from twin.calibration.state import open_lots
from twin.calibration.structure import structure_of
from twin.line.work_calendar import HOUR, Shifts, rotated, windows

if TYPE_CHECKING:
    from pathlib import Path

    from support.changed_log import Fitted
    from twin.calibration.log import Log

FRESH = 0.15
"""Dates are taken from this share of the log on: before, too few orders have come to fit anything."""


@pytest.fixture(scope="module")
def log(table: Table, tmp_path_factory: pytest.TempPathFactory) -> Log:
    return log_of(table, tmp_path_factory.mktemp("log"))


@pytest.fixture(scope="module")
def plain(log: Log) -> Fitted:
    return fitted(log)


def moment(log: Log, share: float) -> float:
    """Return a whole minute of a log, that share of it after its beginning [s]."""
    first, last = float(log.reports["start"].min()), float(log.reports["end"].max())
    return first + (last - first) * share // 60 * 60


@settings(max_examples=12)
@given(share=st.floats(FRESH, 1.0))
def test_orders_and_pieces_close_at_any_date(log: Log, share: float) -> None:
    until = moment(log, share)
    plant = structure_of(log, until)
    reports = log.reports[log.reports["end"] <= until]
    found = balance(plant.orders)
    assert found.orders == reports["order"].nunique()
    assert found.packed == reports.loc[reports["station"].isin(log.roles.finish), "done"].sum()
    assert found.scrapped == reports["rejected"].sum()
    assert found.released == found.packed + found.scrapped + found.wip
    assert found.open_orders == int((~plant.orders.finished).sum())
    inside = plant.orders.pieces - plant.orders.packed - plant.orders.scrapped
    assert (inside[~plant.orders.finished] >= 0).all()
    assert (inside[plant.orders.finished] == 0).all()


@settings(max_examples=6)
@given(share=st.floats(FRESH, 1.0))
def test_a_run_starts_with_the_pieces_that_are_in_the_plant(log: Log, share: float) -> None:
    plant = structure_of(log, moment(log, share))
    lots = open_lots(plant, choose_laws(plant, samples=0), np.random.default_rng(1))
    codes = {name: code for code, name in enumerate(plant.visits.orders)}
    orders = plant.orders
    names = [lot.order for lot in lots]
    assert len(set(names)) == len(names)
    assert {codes[name] for name in names} <= set(np.flatnonzero(~orders.finished).tolist())
    for lot in lots:
        code = codes[lot.order]
        inside = int(orders.pieces[code] - orders.packed[code] - orders.scrapped[code])
        # Of an order whose quantity no check has counted, more may come than was seen.
        assert lot.pieces == max(inside, 1) if orders.known[code] else lot.pieces >= max(inside, 1)


@pytest.mark.parametrize("hours", [-7, 5, 31])
def test_a_clock_hours_ahead_moves_only_the_calendar(
    table: Table, log: Log, plain: Fitted, tmp_path: Path, hours: int
) -> None:
    other = log_of(later(table, hours), tmp_path)
    again = fitted(other)
    moved, kept = dict(again.document), dict(plain.document)
    assert windows(Shifts.model_validate(moved.pop("shifts"))) == windows(
        rotated(Shifts.model_validate(kept.pop("shifts")), -hours * HOUR)
    )
    assert moved == kept
    assert again[1:] == plain[1:]
    # ... and --until with it.
    until = moment(log, 0.6)
    ahead = (log.epoch - other.epoch).total_seconds() + hours * HOUR
    before, after = fitted(log, until), fitted(other, until + ahead)
    assert before.document["stations"] == after.document["stations"]
    assert before.document["route"] == after.document["route"]
    assert before.document["source"] == after.document["source"]
    assert before[1:] == after[1:]


def test_other_names_change_names_alone(table: Table, plain: Fitted, tmp_path: Path) -> None:
    other, names = renamed(table, 3)
    assert set(names.values()).isdisjoint(plain.document["stations"])
    again = fitted(log_of(other, tmp_path))
    assert document_renamed(again.document, {}) == document_renamed(plain.document, names)
    assert again.paths == tuple(path_renamed(path, names) for path in plain.paths)
    assert again.samples == plain.samples


def test_the_order_of_rows_and_rows_told_twice_change_nothing(
    table: Table, log: Log, plain: Fitted, tmp_path: Path
) -> None:
    other = log_of(doubled(shuffled(table, 4), 7), tmp_path)
    assert other.duplicates == log.duplicates + len(table.rows[1::7])
    assert fitted(other) == plain


def test_rows_that_cannot_be_read_are_counted_and_change_nothing(
    table: Table, log: Log, plain: Fitted, tmp_path: Path
) -> None:
    row = list(table.rows[1])
    wrong = [
        (*row[:3], "yesterday", *row[4:]),
        (*row[:4], "1999-01-01T00:00:00", *row[5:]),
        ("", *row[1:]),
        (row[0], "", *row[2:]),
        (*row[:5], "many", *row[6:]),
        (*row[:8], "?", *row[9:]),
    ]
    other = log_of(table._replace(rows=(*table.rows, *wrong)), tmp_path)
    assert len(other.problems) == len(log.problems) + len(wrong)
    assert {problem.row for problem in other.problems} >= {len(table.rows) + 1 + i for i in range(len(wrong))}
    assert len(other.reports) + len(other.problems) + other.duplicates + other.left_out == other.rows
    assert fitted(other) == plain
