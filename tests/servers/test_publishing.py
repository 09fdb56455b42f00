"""`twin plant` and `twin replay` against a real broker: what they publish, and what they say of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import lines
from connectors.event_log import read_events
from connectors.mqtt import Subscription
from connectors.mqtt_reading import Reader
from connectors.settings import mqtt_settings
from support.mosquitto import ROOT, Broker
from support.program import Answer, twin
from twin.events import Event
from twin.line.load import load_line

if TYPE_CHECKING:
    from pathlib import Path

LINE = load_line(lines.path("bracket_shop"))
READER = Reader(ROOT, LINE)


def heard(broker: Broker, *arguments: object) -> tuple[Answer, list[Event]]:
    """Run a command while a twin subscribes, and return what it said and the events that came, as they came."""
    subscription = Subscription(mqtt_settings(broker.url, root=ROOT, environment={}), LINE, durable_id="listener")
    subscription.connect()
    subscription.take(0.3)
    subscription.client.disconnect()
    subscription.send()
    answer = twin(*arguments, "--mqtt", broker.url)
    subscription = Subscription(mqtt_settings(broker.url, root=ROOT, environment={}), LINE, durable_id="listener")
    subscription.connect()
    found = []
    while messages := subscription.take(1.0):
        found += [READER.read(message) for message in messages if not message.retain]
        subscription.acknowledge(messages)
    subscription.stop()
    events = [event for event in found if isinstance(event, Event)]
    assert len(events) == len(found)
    return answer, events


def test_a_plant_at_full_speed_publishes_a_production_day_and_its_own_kpis(mosquitto: Broker) -> None:
    answer, events = heard(mosquitto, "plant", "bracket_shop", "--speed", "max", "--no-wait")

    assert answer.code == 0
    assert [event.sequence for event in events] == list(range(len(events)))
    assert f"Published {len(events):,} events" in answer.err
    rows = [re.split(r"\s{2,}", line) for line in answer.out.splitlines()]
    assert rows[0][:4] == ["shift", "good", "scrap", "good/h"]
    assert [row[0][:3] for row in rows[1:]] == ["Mon", "Mon", "who"]
    good = sum(event.kind == "part" and event.fields["to"] == "out" and event.fields["outcome"] != "scrap"
               for event in events)  # fmt: skip
    assert sum(int(row[1].replace(",", "")) for row in rows[1:3]) == int(rows[3][1].replace(",", ""))
    assert good > 0


def test_faults_are_done_and_counted_and_nothing_is_lost(mosquitto: Broker) -> None:
    faults = ("--late", "5 %", "--doubled", "5 %", "--disordered", "5 %", "--dropped", "0.5")
    answer, events = heard(mosquitto, "plant", "bracket_shop", "--speed", "max", "--no-wait", *faults)
    numbers = [event.sequence for event in events]

    assert answer.code == 0
    assert set(numbers) == set(range(max(numbers) + 1))
    assert len(numbers) > len(set(numbers))
    assert numbers != sorted(numbers)
    assert all(word in answer.err for word in ("twice", "late", "out of order", "lost", "on purpose"))


def test_a_trace_is_replayed_as_it_was_and_twice_with_the_same_names(mosquitto: Broker, tmp_path: Path) -> None:
    trace = tmp_path / "monday.csv"
    assert twin("run", "bracket_shop", "--horizon", "14 h", "--warmup", "none", "--replications", "2",
                "--trace", trace).code == 0  # fmt: skip
    replay = ("replay", trace, "--line", "bracket_shop", "--speed", "max", "--no-wait", "--start", "2026-11-23")
    answer, first = heard(mosquitto, *replay)
    _, again = heard(mosquitto, *replay)
    logged = list(read_events(trace))

    assert answer.code == 0
    assert first == again
    assert {event.source for event in first} == {"monday"}
    assert [(e.sequence, e.time, e.kind, e.fields) for e in first] == [
        (e.sequence, e.time, e.kind, e.fields) for e in logged
    ]


def test_a_trace_of_another_line_or_of_nothing_is_refused_before_a_broker_is_asked(tmp_path: Path) -> None:
    trace, empty = tmp_path / "t.csv", tmp_path / "empty.csv"
    twin("run", "bracket_shop", "--horizon", "8 h", "--warmup", "none", "--replications", "2", "--trace", trace)
    empty.write_text(trace.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    other = twin("replay", trace, "--line", "three_stations")
    nothing = twin("replay", empty, "--line", "bracket_shop")

    assert (other.code, nothing.code) == (2, 2)
    assert 't.csv:2: the event is of the line "bracket-shop"' in other.err
    assert "holds no event" in nothing.err


def test_a_plant_asked_to_end_says_what_it_has_done_within_five_seconds(mosquitto: Broker) -> None:
    command = [sys.executable, "-m", "twin", "plant", "bracket_shop", "--mqtt", mosquitto.url, "--speed", "3600",
               "--start", "mon 06:00"]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    time.sleep(6)
    process.send_signal(signal.SIGTERM)
    asked = time.monotonic()
    _, said = process.communicate(timeout=20)

    assert time.monotonic() - asked < 5
    assert process.returncode == 143
    assert re.search(r"Published [\d,]+ events in", said)


def test_a_plant_waits_for_its_broker(mosquitto: Broker) -> None:
    mosquitto.stop()
    command = [sys.executable, "-m", "twin", "plant", "bracket_shop", "--mqtt", mosquitto.url, "--speed", "max",
               "--no-wait"]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(3)
    mosquitto.start()
    _, said = process.communicate(timeout=60)

    assert process.returncode == 0
    assert "cannot be reached (Connection refused); trying again" in said
    assert "Published" in said
