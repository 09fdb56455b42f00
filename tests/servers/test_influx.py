"""Points reach a real InfluxDB, whatever becomes of it, of the twin and of the points."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connectors.forward import STOP_S, Forwarder
from connectors.influxdb import Away, InfluxDb
from connectors.settings import InfluxSettings
from connectors.store import Store
from connectors.store_reading import StoreReader
from support.influx import BUCKET, ORG, TOKEN, Influx
from support.mosquitto import free_port
from support.stored import LINE, point
from twin.ports import Point

if TYPE_CHECKING:
    from collections.abc import Iterator

WRONG = "wrong-token"
SOON_S = 20.0
"""How long a test waits for what must happen [s]."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "twin.db", LINE)
    yield opened
    opened.close()


@contextmanager
def forwarding(store: Store, settings: InfluxSettings, *, timeout_s: float = 5.0) -> Iterator[Forwarder]:
    """Forward with waits of at most 0.2 s."""
    server = InfluxDb(settings, timeout_s=timeout_s)
    forwarder = Forwarder(store.outbox, server, most_wait_s=0.2)
    forwarder.start()
    try:
        yield forwarder
    finally:
        forwarder.stop(SOON_S)
        server.close()


def sentence(forwarder: Forwarder) -> str:
    """Wait until forwarding fails, and return what it says."""
    until = time.monotonic() + SOON_S
    while forwarder.status.well and time.monotonic() < until:
        time.sleep(0.01)
    return forwarder.status.sentence


def test_every_value_arrives_as_it_is(store: Store, influx: Influx) -> None:
    fields = {"float": 0.1 + 0.2, "whole": 3.0, "int": 2**62, "yes": True, "text": 'a "b", c=d\\ é\n'}
    tags = {"station": "a b,c=d", "shift": "06:00-14:00", "policy": "standard 1"}
    store.save(points=[Point("kpi of, x", tags, fields, 1_763_938_800_000_000_001)])
    with forwarding(store, influx.settings()) as forwarder:
        assert forwarder.drain(SOON_S)
    (found,) = influx.query('SELECT * FROM "kpi of, x"')
    assert found == {"time": 1_763_938_800_000_000_001, **tags, **fields}
    assert store.counts().dead_letters == 0


def test_a_point_written_again_replaces_itself(store: Store, influx: Influx) -> None:
    with forwarding(store, influx.settings()) as forwarder:
        for value in (0.5, 0.75):
            store.save(points=[point(1, value)])
            assert forwarder.drain(SOON_S)
    assert influx.query("SELECT oee FROM kpi") == [{"time": 1, "oee": 0.75}]


def test_points_wait_while_the_server_is_away(store: Store, influx: Influx) -> None:
    with forwarding(store, influx.settings()) as forwarder:
        for first, outage in ((0, influx.stop), (7000, influx.kill)):
            outage()
            store.save(points=[point(time_ns, 0.5) for time_ns in range(first, first + 7000)])
            assert sentence(forwarder) == f"{influx.url}: InfluxDB answers 502 Bad Gateway; points wait in the store"
            assert store.counts().outbox == 7000
            influx.start()
            assert forwarder.drain(SOON_S)
            assert forwarder.status.well
    assert influx.count("kpi", "oee") == 14_000


def test_a_server_that_is_killed_again_and_again_gets_every_point(store: Store, influx: Influx) -> None:
    with forwarding(store, influx.settings()) as forwarder:
        for round_ in range(4):
            store.save(points=[point(round_ * 20_000 + k, k / 7) for k in range(20_000)])
            time.sleep(0.05 * round_)
            influx.kill()
            influx.start()
        assert forwarder.drain(SOON_S)
    found = influx.query("SELECT oee FROM kpi")
    assert found == [{"time": k, "oee": k % 20_000 / 7} for k in range(80_000)]


def test_a_server_that_hangs_delays_no_stop(store: Store, influx: Influx) -> None:
    store.save(points=[point(1, 0.5)])
    influx.freeze()
    with forwarding(store, influx.settings(), timeout_s=1.0) as forwarder:
        assert "does not answer within 1 s" in sentence(forwarder)
        begun = time.monotonic()
        forwarder.stop()
        assert time.monotonic() - begun < STOP_S + 0.5
        influx.thaw()
    assert store.counts().outbox == 1


def test_nobody_listening_and_no_such_host_are_told_apart() -> None:
    port = free_port()
    for host, says in ((f"127.0.0.1:{port}", "is not there: nothing listens"), ("nowhere.invalid:1", "no such host")):
        with pytest.raises(Away, match=says):
            InfluxDb(InfluxSettings(f"http://{host}", ORG, BUCKET, TOKEN)).ask()


def test_a_bad_point_is_a_dead_letter_and_those_beside_it_are_written(store: Store, influx: Influx) -> None:
    good = [point(time_ns, 0.5) for time_ns in range(5000)]
    bad = [
        Point("kpi", {"station": "press"}, {"oee": "much"}, 10**6),
        Point("kpi", {"station": "x" * 70_000}, {"oee": 0.5}, 1),
        Point("kpi", {"station": "press"}, {"oee": 0.5}, -(2**63)),
        Point("kpi", {"station": "press"}, {"oee": 0.5, "count": 2**70}, 10**7),
    ]
    with forwarding(store, influx.settings()) as forwarder:
        store.save(points=good[:1])
        assert forwarder.drain(SOON_S)
        store.save(points=[*good[:2500], *bad[:2], *good[2500:], *bad[2:]])
        assert forwarder.drain(SOON_S)
    reasons = {line[-60:]: reason for line, reason in store.dead_letters()}
    assert store.counts().dead_letters == len(bad) == len(reasons)
    for expected in ("field type conflict", "max key length exceeded", "time outside range", "over 64 bits"):
        assert any(expected in reason for reason in reasons.values()), reasons
    assert influx.count("kpi", "oee") == len(good)


def test_a_batch_older_than_the_retention_is_put_aside_at_once(store: Store, influx: Influx) -> None:
    influx.query(f'CREATE RETENTION POLICY "short" ON "{BUCKET}" DURATION 1h REPLICATION 1', method="POST")
    store.save(points=[point(time_ns, 0.5) for time_ns in range(5000)])
    with forwarding(store, influx.settings(bucket=f"{BUCKET}/short")) as forwarder:
        begun = time.monotonic()
        assert forwarder.drain(SOON_S)
        assert time.monotonic() - begun < 5, "not one request a point"
    assert store.counts().dead_letters == 5000
    assert "beyond retention policy" in store.dead_letters(1)[0][1]


def test_a_wrong_token_is_said_and_nothing_is_lost(store: Store, influx: Influx) -> None:
    store.save(points=[point(1, 0.5)])
    with forwarding(store, influx.settings(token=WRONG)) as forwarder:
        assert sentence(forwarder).startswith(f"{influx.url}: the token is refused; set TWIN_INFLUX_TOKEN")
    assert store.counts().outbox == 1
    with forwarding(store, influx.settings()) as forwarder:
        assert forwarder.drain(SOON_S)
    assert influx.count("kpi", "oee") == 1


def test_a_missing_bucket_is_said_until_somebody_makes_it(store: Store, influx: Influx) -> None:
    store.save(points=[point(1, 0.5)])
    with forwarding(store, influx.settings(bucket="other")) as forwarder:
        assert 'there is no bucket other of plant (database not found: "other"); create it' in sentence(forwarder)
        influx.query("CREATE DATABASE other", method="POST")
        assert forwarder.drain(SOON_S)
    assert influx.query("SELECT oee FROM kpi", bucket="other") == [{"time": 1, "oee": 0.5}]


def test_a_check_says_what_is_wrong_and_leaves_nothing_behind(influx: Influx) -> None:
    assert InfluxDb(influx.settings()).check() is None
    assert "the token is refused" in (InfluxDb(influx.settings(token=WRONG)).check() or "")
    assert "no bucket missing" in (InfluxDb(influx.settings(bucket="missing")).check() or "")
    assert influx.query("SHOW MEASUREMENTS") == []


def test_no_points_are_no_request(influx: Influx) -> None:
    influx.stop()
    assert InfluxDb(influx.settings()).write([]) == []


@contextmanager
def another_server(status: int, text: str) -> Iterator[tuple[str, list[str]]]:
    """Answer everything alike, as a page of a provider or a proxy does; the address, and what was asked."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_message: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("status", "says"), [(200, "this is no InfluxDB"), (400, "answers 400"), (503, "answers 503")])
def test_what_is_no_influxdb_takes_no_point_away(store: Store, status: int, says: str) -> None:
    store.save(points=[point(1, 0.5)])
    with (
        another_server(status, "<html>Welcome</html>") as (url, _),
        forwarding(store, InfluxSettings(url, ORG, BUCKET, TOKEN)) as forwarder,
    ):
        assert says in sentence(forwarder)
    assert store.counts().outbox == 1
    assert store.counts().dead_letters == 0


def test_where_a_person_must_act_nobody_is_asked_in_vain(store: Store) -> None:
    store.save(points=[point(1, 0.5)])
    with another_server(401, "") as (url, asked):
        forwarder = Forwarder(store.outbox, InfluxDb(InfluxSettings(url, ORG, BUCKET, TOKEN)), most_wait_s=60.0)
        forwarder.start()
        assert "the token is refused" in sentence(forwarder)
        time.sleep(0.5)
        assert forwarder.stop()
        assert asked == ["check"]


def test_a_twin_that_is_killed_while_it_forwards_has_every_point_written(tmp_path: Path, influx: Influx) -> None:
    path = tmp_path / "twin.db"
    store = Store(path, LINE)
    store.save(points=[point(time_ns, time_ns / 7) for time_ns in range(100_000)])
    store.close()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    for pause_s in (0.0, 0.02, 0.05, 0.1):
        command = [sys.executable, "-m", "support.stored", str(path), "forward", influx.url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(pause_s)
            child.send_signal(signal.SIGKILL)
    reader = StoreReader(path)
    left = reader.counts().outbox
    reader.close()
    assert 0 < left < 100_000, "some were under way when it was killed"
    store = Store(path, LINE)
    assert store.counts().outbox == left
    with forwarding(store, influx.settings()) as forwarder:
        assert forwarder.drain(SOON_S)
    store.close()
    assert influx.query("SELECT oee FROM kpi") == [{"time": k, "oee": k / 7} for k in range(100_000)]


@pytest.mark.soak
def test_an_outage_of_an_hour_is_made_up_in_three_minutes(store: Store, influx: Influx) -> None:
    waiting, rate = 3_600_000, 20_000
    for first in range(0, waiting, 10_000):
        store.save(points=[point(k // 30, k / 7, station=f"s{k % 30}") for k in range(first, first + 10_000)])
    with forwarding(store, influx.settings()) as forwarder:
        assert forwarder.drain(waiting / rate)
    assert influx.count("kpi", "oee") == waiting
