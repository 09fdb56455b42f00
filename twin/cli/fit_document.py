"""What `twin fit --json` says: times in s, moments as the log's clock shows them."""

from __future__ import annotations

import math
from datetime import timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from dashboards.numbers import NO_BREAK_SPACE
from twin.cli import fit_validation, fit_words
from twin.cli.fit_files import mean_seen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from twin.calibration.calibrate import Calibration
    from twin.calibration.validate import Cell, Validation


def document(
    found: Calibration,
    validations: Sequence[Validation],
    written: Sequence[Path],
    *,
    samples: int,
    replications: int,
    seed: int,
) -> dict[str, Any]:
    """Return a fit, and what it foretold, as a JSON document."""
    labels = found.plant.log.labels
    return {
        "sentence": fit_words.answer(found).replace(NO_BREAK_SPACE, " "),
        "log": _log(found),
        "balance": found.balance._asdict(),
        "stations": [_station(found, s) for s in range(len(found.plant.visits.stations))],
        "people": [
            {"skill": crew.skill, "stations": list(crew.stations), "at_a_time": crew.capacity, "people": crew.people}
            for crew in found.plant.crews
        ],
        "fits": [
            {
                "path": row.path,
                "station": row.station,
                "what": row.what,
                "form": row.form or None,
                "family": row.fit.family,
                "count": row.fit.n,
                "not_to_their_end": row.fit.censored,
                "mean": mean_seen(found, row),
                "unit": "pieces" if row.what == "pieces" else "s",
                "aic": row.fit.aic,
                "ad": row.fit.ad,
                "p_value": row.fit.p_value,
            }
            for row in found.fits
        ],
        "unknown": list(found.unknown),
        "line": found.document,
        "validation": [_validation(found, one, labels) for one in validations],
        "written": [str(path) for path in written],
        "samples": samples,
        "replications": replications if validations else None,
        "seed": seed,
    }


def _log(found: Calibration) -> dict[str, Any]:
    log = found.plant.log
    return {
        "file": PurePath(log.source).name,
        "from": _moment(found, float(found.plant.reports["start"].min())),
        "until": _moment(found, found.plant.end),
        "rows": log.rows,
        "reports": len(log.reports),
        "reports_used": len(found.plant.reports),
        "duplicates": log.duplicates,
        "left_out": log.left_out,
        "not_read": [problem._asdict() for problem in log.problems],
    }


def _moment(found: Calibration, moment: float) -> str:
    return (found.plant.log.epoch + timedelta(seconds=moment)).isoformat()


def _station(found: Calibration, s: int) -> dict[str, Any]:
    plant = found.plant
    waits, name = fit_words.waits_before(found, s), plant.visits.stations[s]
    return {
        "name": name,
        "label": plant.log.labels[name],
        "machines": plant.machines[s],
        "visits": int(plant.visits.of(s).sum()),
        "waits": 0 if waits is None else waits.orders,
        "mean_wait_s": None if waits is None else waits.mean,
        "mean_wait_unexplained_s": None if waits is None else waits.unexplained,
    }


def _validation(found: Calibration, one: Validation, labels: Mapping[str, str]) -> dict[str, Any]:
    forecasts = fit_validation.FORECASTS
    return {
        "sentence": fit_validation.trust(one, labels).replace(NO_BREAK_SPACE, " "),
        "until": _moment(found, one.origin),
        "to": _moment(found, one.origin + one.ahead),
        "cells": [
            {"name": cell.name, "came": cell.actual, **{name: _forecast(cell, name) for name in forecasts}}
            for cell in one.cells
        ],
        "hours_score": {name: _finite(one.hours_score(name)) for name in forecasts},
        "pooled_hours_score": {name: _finite(one.pooled_hours_score(name)) for name in forecasts},
        "orders_leave_score_d": {name: one.completions[name] for name in forecasts},
        "open_orders": one.open_orders,
        "left": one.completed,
        "held": one.coverage(),
    }


def _forecast(cell: Cell, name: str) -> dict[str, Any]:
    return {
        "mean": float(getattr(cell, name).mean()),
        "interval80": list(cell.interval(name)),
        "score": _finite(cell.score(name)),
        "holds": cell.holds(name),
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
