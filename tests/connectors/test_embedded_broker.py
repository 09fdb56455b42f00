"""The broker inside the program: what the demonstration needs of it."""

from __future__ import annotations

import socket
import threading
import time
from itertools import islice

import pytest

import lines
from connectors.embedded_broker import embedded_broker
from connectors.mqtt import Publisher, Subscription
from connectors.mqtt_reading import Reader
from connectors.settings import mqtt_settings
from twin.engine.simulation import simulate
from twin.errors import InputError
from twin.line.load import load_line
from twin.line.scenario import scenario

ROOT = "twin/france/plant"


def test_events_go_through_it_in_order_and_are_acknowledged_late() -> None:
    line = load_line(lines.path("three_stations"))
    events = list(islice(simulate(scenario(line, None), horizon=7 * 3600.0, trace=True)[0].events or (), 1_000))
    with embedded_broker() as broker:
        settings = mqtt_settings(broker.url, root=ROOT, version="3", environment={})
        twin, plant, reader = Subscription(settings, line), Publisher(settings, line), Reader(ROOT, line)
        twin.connect()

        def publish() -> None:
            plant.connect()
            assert plant.wait_for_twin(5.0)
            for event in events:
                plant.publish(event)
            plant.flush(10.0)

        thread = threading.Thread(target=publish)
        thread.start()
        read = []
        until = time.monotonic() + 40
        while len(read) < len(events) and time.monotonic() < until:
            messages = twin.take(0.2)
            read += [reader.read(message) for message in messages]
            twin.acknowledge(messages)
        thread.join()
        twin.stop()
        plant.close()

    assert read == events
    assert plant.under_way == 0


def test_a_port_in_use_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port}: cannot be listened on"), embedded_broker(port):
            pass
