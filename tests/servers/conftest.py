"""Real servers, started for a test on free loopback ports and stopped after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.influx import Influx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def influx(tmp_path: Path) -> Iterator[Influx]:
    """Return an InfluxDB with an empty bucket."""
    with Influx(tmp_path / "influx") as server:
        yield server
