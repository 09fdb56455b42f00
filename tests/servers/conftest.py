"""Real servers, started for a test on free loopback ports and stopped after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.influx import Influx
from support.mosquitto import Broker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def influx(tmp_path: Path) -> Iterator[Influx]:
    """Return an InfluxDB with an empty bucket."""
    with Influx(tmp_path / "influx") as server:
        yield server


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Broker]:
    """Return a Mosquitto with an open, a guarded and an encrypted listener."""
    with Broker(tmp_path / "mosquitto") as server:
        yield server
