"""Three real machines, from their log over a real broker into a live twin: its sums are those that pandas finds.

Where the published log is not there, a small one of the same form is read instead.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from connectors.machine_log import read_machine_log
from connectors.machine_mapping import load_machine_mapping
from connectors.store import Store
from support.machine_logs import REAL, REAL_LINE, REAL_MAP
from support.program import Answer, twin
from support.transcripts import ROOT, START
from twin.events import STATES
from twin.kpi.policy import load_policy
from twin.kpi.tally import Tally
from twin.line.load import load_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.mosquitto import Broker
    from twin.events import Event
    from twin.live.picture import Row

MEANING = {1: ("processing", "manual"), 2: ("processing", "automatic"), 3: ("down", "alarm")}
FAULTS = ("--doubled", "2 %", "--disordered", "2 %", "--late", "1 %")
LINE = load_line(REAL_LINE)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the published log, or one of the same form."""
    if REAL.exists():
        return REAL
    path = tmp_path_factory.mktemp("log") / "machine_states.csv"
    rows = ["ts,asset,items,status,status_time,power_avg,cycle_time,alarm,product"]
    for tick in range(600):
        stamp = pd.Timestamp("2022-08-31 22:00", tz="UTC") + pd.Timedelta(minutes=5 * tick)
        for asset in range(3):
            status = 3 if (tick + asset) % 41 == 0 else 1 + (tick + asset) % 5 // 2
            rows.append(f"{stamp},{asset},{(tick * 7 + asset) % 6}.0,{float(min(status, 2 + status // 3))},"
                        f"{20.0 + tick % 41},{float(tick % 4)},0.0,{int(status == 3)},{asset}")  # fmt: skip
    path.write_text("\n".join(rows) + "\n")
    return path


@contextmanager
def live(store: Path, broker: Broker, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Run a live twin beside the test until nothing has come for some seconds."""
    command = [sys.executable, "-c", START, "live", str(REAL_LINE), "--mqtt", broker.url, "--store", str(store),
               "--replications", "0", "--every", "1 h", "--until-idle", "5 s", *options]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
        try:
            yield run
        finally:
            if run.poll() is None:
                run.send_signal(signal.SIGTERM)


def replayed(log: Path, broker: Broker, *options: str) -> Answer:
    return twin("replay", log, "--map", REAL_MAP, "--line", REAL_LINE, "--mqtt", broker.url, "--speed", "max", *options)


def test_the_twins_sums_are_those_of_the_file(mosquitto: Broker, log: Path, tmp_path: Path) -> None:
    path = tmp_path / "machines.sqlite"
    with live(path, mosquitto) as run:
        answer = replayed(log, mosquitto, *FAULTS)
        said = run.communicate(timeout=300)[0]
    assert (answer.code, run.returncode) == (0, 0), answer.err + said
    assert "rows, all used." in answer.err
    told = list(read_machine_log(log, load_machine_mapping(REAL_MAP), LINE))
    with closing(Store(path, LINE.line)) as store:
        events = list(store.events())
        assert store.counts().quarantine == 0
        rows, epoch_ns = store.kpis("day"), store.epoch_ns
    assert sorted((event.source, event.sequence) for event in events) == sorted(
        (event.source, event.sequence) for event in told
    )
    frame = pd.read_csv(log)
    frame["energy"] = frame["power_avg"] * frame["status_time"]
    _assert_sums(frame, events)
    _assert_days(frame, rows, epoch_ns or 0)


def _assert_sums(frame: pd.DataFrame, events: list[Event]) -> None:
    """The mirror's sums by state and reason: time, mean power and pieces of each machine."""
    tally = Tally(LINE, load_policy(ROOT / "lines/policies/standard.yaml"), tolerant=True)
    for event in events:
        tally.take(event)
    end, times = tally.snapshot(events[-1].time), tally.times
    slots = {(times.names[row], state, reason): slot for slot, (row, state, reason, _) in enumerate(times.keys)}
    by_status = frame.groupby(["asset", "status"])[["status_time", "energy"]].sum()
    for (asset, status), row in by_status.iterrows():  # type: ignore[misc]
        slot = slots[(f"machine_{asset}", 1), *MEANING[int(status)]]
        assert end.spent[slot] == pytest.approx(row["status_time"], rel=1e-9)
        assert end.joules[slot] / end.spent[slot] / 1e3 == pytest.approx(row["energy"] / row["status_time"], rel=1e-9)
    start = Tally(LINE, load_policy(ROOT / "lines/policies/standard.yaml"), tolerant=True).snapshot(events[0].time)
    accounts = tally.accounts(start, end, end.time_s - start.time_s)
    assert accounts.parts.tolist() == frame.groupby("asset")["items"].sum().astype(int).tolist()
    works = frame[frame["status"] < 3].groupby("asset")[["status_time", "energy"]].sum()
    power = accounts.power_w[:, STATES.index("processing")] / 1e3
    assert power.tolist() == pytest.approx((works["energy"] / works["status_time"]).tolist(), rel=1e-9)
    assert not tally.contradictions


def _assert_days(frame: pd.DataFrame, rows: list[Row], epoch_ns: int) -> None:
    """The KPIs that were told, day by day, add up to the same, as far as they were told."""
    told_s = max(row.end_s for row in rows)
    ends = (pd.to_datetime(frame["ts"]) - pd.Timestamp(epoch_ns, tz="UTC")).dt.total_seconds()
    frame = frame.assign(
        items=frame["items"].where(ends < told_s, 0),
        status_time=ends.clip(upper=told_s) - (ends - frame["status_time"]).clip(upper=told_s),
    )
    assert told_s > ends.max() - 3600
    for asset, of_machine in frame.groupby("asset"):
        days = [row for row in rows if row.station == f"machine_{asset}"]
        assert sum(row.extras["produced"] for row in days) == of_machine["items"].sum()
        for state, statuses in {"processing": (1, 2), "down": (3,)}.items():
            seconds = of_machine[of_machine["status"].isin(statuses)]["status_time"].sum()
            assert sum(row.extras[state] for row in days) == pytest.approx(seconds, rel=1e-9)


def test_a_log_that_is_replayed_again_is_counted_once(mosquitto: Broker, log: Path, tmp_path: Path) -> None:
    short = tmp_path / "machine_states.csv"
    short.write_text("\n".join(log.read_text().splitlines()[:400]) + "\n")
    path = tmp_path / "machines.sqlite"
    with live(path, mosquitto) as run:
        answers = [replayed(short, mosquitto), replayed(short, mosquitto)]
        run.communicate(timeout=120)
    assert [answer.code for answer in answers] == [0, 0]
    told = list(read_machine_log(short, load_machine_mapping(REAL_MAP), LINE))
    with closing(Store(path, LINE.line)) as store:
        assert list(store.events()) == sorted(told, key=lambda event: (event.time, event.source, event.sequence))


def test_a_mapping_that_matches_nothing_publishes_nothing(mosquitto: Broker, log: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "map.yaml"
    wrong.write_text(re.sub(r"machine_(\d): \[\d\]", r"machine_\1: [M\1]", REAL_MAP.read_text()))
    answer = twin("replay", log, "--map", wrong, "--line", REAL_LINE, "--mqtt", mosquitto.url, "--speed", "max")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(
        f'{log}: no row is of a machine that the mapping knows ("M0", "M1", "M2"); the log has'
    )
