from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import pytest

import lines
from support.program import Answer, twin
from twin.accounts import lead_quantile
from twin.cli.resolve import line_of
from twin.cli.run import report
from twin.cli.run_words import answer, doubts, in_whole, locks, origin
from twin.kpi.definitions import KPIS
from twin.line.scenario import scenario
from twin.study.replicate import Study, document, replicate

if TYPE_CHECKING:
    from pathlib import Path

HOUR = 3600.0
SHORT = ("--engine", "simpy", "--horizon", "1 shift", "--replications", "2")

# A part a minute, 480 a shift, of which the demand is 525,600 / 1,095 = 480; one operator; nothing is random.
EVEN = """
line: even
product: {unit: m2, per_part: 2, demand_per_year: DEMAND}
operators: {operator: 1}
stations:
  press: {label: The press, cycle: 60 s, crew: {operator: 1}, power: {processing: 6 kW}}
shifts: {pattern: 5x8, hours_per_year: 8760}
targets: {oee: 0.9}
"""

LOCKING = """
line: lock
stations:
  feed: {cycle: 1 s}
  make: {cycle: {exponential: {mean: 10 s}}}
  test: {cycle: {exponential: {mean: 9 s}}, machines: 2}
route:
  - {from: feed, to: make, buffer: 2}
  - {from: make, to: test, buffer: 1}
  - {from: test, to: make, buffer: 1, probability: 0.4, rework: true}
  - {from: test, to: out, probability: 0.6}
"""

ARRIVING = """
line: arriving
source: {arrivals: {exponential: {mean: 20 s}}, capacity: 3}
stations:
  press: {cycle: {exponential: {mean: 10 s}}}
"""


def written(folder: Path, text: str) -> str:
    """Write a line file and return its path."""
    file = folder / "line.yaml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def even(folder: Path, demand: int = 1_051_200) -> str:
    return written(folder, EVEN.replace("DEMAND", str(demand)))


@pytest.fixture(scope="module")
def study() -> Study:
    chosen = scenario(line_of("three_stations"), "manual")
    return replicate(chosen, replications=20, horizon=2 * HOUR, warmup=7 * HOUR, engine="simpy")


ENERGY = re.compile(r"energy .* share\n")


def rows(printed: Answer) -> dict[str, list[str]]:
    """Return the cells of every row of every table by the row's first cell."""
    found = {}
    for block in printed.out.split("\n\n"):
        if ENERGY.match(block):
            continue  # its rows are called as those of the table of stations
        for line in block.splitlines():
            first, *cells = re.split(r" {2,}", line.strip())
            found[first] = cells
    return found


def test_the_answer_comes_first_then_its_doubts_the_tables_and_what_it_rests_on() -> None:
    printed = twin("run", "three_stations", *SHORT)

    assert printed.code == 0
    assert re.match(r"The line makes [\d,]+ pieces a shift ± [\d,]+[,;]", printed.sentence)
    blocks = printed.out.split("\n\n")
    assert blocks[1].startswith("The average is known to ± ")
    assert [block.split()[0] for block in blocks[2:8]] == ["measure", "station", "━━", "buffer", "people", "energy"]
    assert re.fullmatch(
        r"2 replications of one shift, warm-up one shift, seed 1, SimPy's clock, digest [0-9a-f]{12}, OEE counted by "
        r"standard 1, [\d.]+ s",
        " ".join(blocks[8].split()),
    )
    assert max(map(len, printed.out.splitlines())) <= 100


def test_what_is_known_exactly_is_printed_exactly(tmp_path: Path) -> None:
    printed = twin("run", even(tmp_path), *SHORT)

    assert printed.sentence.startswith(
        "The line makes 960.0 m² a shift; its plan of 960.0 lies within that. The press limits"
    )
    found = rows(printed)
    assert found["good output"][0] == "120.0"
    assert found["OEE of The press"][0] == "100.0"
    assert found["work in progress"][0] == "1.000"
    assert found["energy"][0] == "0.05000"
    assert found["labour"][0] == "0.008333"
    assert found["labour"][-1] == "1 post a shift"
    assert found["operator"][:2] == ["1", "100 %"]


@pytest.mark.parametrize(
    ("demand", "said"),
    [(1_095_000, "40.0 short of the 1,000.0 planned."), (876_000, "160.0 over the 800.0 planned.")],
)
def test_the_plan_is_missed_or_beaten_by_a_number(tmp_path: Path, demand: int, said: str) -> None:
    assert said in twin("run", even(tmp_path, demand), *SHORT).sentence


def test_one_run_has_two_digits_and_no_interval() -> None:
    printed = twin("run", "three_stations", "--engine", "simpy", "--horizon", "1 shift", "--replications", "1")

    assert re.match(
        r"In one run the line makes about [\d,]+00 pieces a shift, against 1,923 planned\.", printed.sentence
    )
    assert "±" not in printed.out
    assert "95 %" not in printed.out
    assert "[" not in printed.out
    assert "\nOne run of one shift," in printed.out


def test_the_mean_s_interval_and_the_spread_of_runs_are_two_lines(study: Study) -> None:
    known, spread = doubts(study)

    assert study.good_per_shift is not None
    values = sorted(study.good_per_shift.replications)
    match = re.fullmatch(
        r"Of runs of 2 h, one in ten falls below ([\d,]+) .*, one in ten rises above ([\d,]+)\.", spread
    )
    assert match is not None
    low, high = (float(text.replace(",", "")) for text in match.groups())
    assert values[0] <= low <= values[3]
    assert values[-4] <= high <= values[-1] + 50
    assert known.startswith("The average is known to ± ")
    assert "95 %" in known


def test_fewer_than_twenty_runs_have_no_spread() -> None:
    chosen = scenario(line_of("three_stations"))

    assert len(doubts(replicate(chosen, replications=19, horizon=HOUR, warmup=7 * HOUR, engine="simpy"))) == 1


def test_the_limit_says_in_how_many_runs_it_is_the_limit(study: Study) -> None:
    (station, times), *others = study.limits.items()
    label = study.scenario.line.stations[station].label

    said = answer(study)
    assert f"{label} limits it" in said
    assert (f"{times} of 20 replications" in said or f"in {times} and" in said) == bool(others)


def test_a_sentence_names_a_station_as_the_tables_do(tmp_path: Path) -> None:
    short = EVEN.replace("label: The press", "label: The press, short: Pr").replace("DEMAND", "1051200")

    printed = twin("run", written(tmp_path, short), *SHORT)

    assert "Pr limits it." in printed.sentence
    assert "Pr" in rows(printed)


def test_arrivals_may_be_the_limit(tmp_path: Path) -> None:
    printed = twin("run", written(tmp_path, ARRIVING), *SHORT)

    assert "What arrives limits it: press, which waits least, is starved" in printed.sentence
    assert "limits\n" not in printed.out
    assert rows(printed)["turned away"][-1] == "of what arrives"
    assert rows(printed)["source → press"][0] == "3"


def test_a_time_without_a_shift_says_so() -> None:
    printed = twin("run", "three_stations", "--engine", "simpy", "--horizon", "1 h", "--warmup", "none")

    assert printed.sentence.startswith("The time measured holds no shift, so nothing was made. A run begins on Monday")
    assert "the first shift starts on Monday 06:00; measure longer" in printed.sentence
    assert "measure  " not in printed.out
    assert printed.code == 0


def test_a_line_that_always_locks_is_a_no_that_names_who_waits(tmp_path: Path) -> None:
    printed = twin("run", written(tmp_path, LOCKING), *SHORT)

    assert printed.code == 1
    assert printed.sentence == "The line locks: all 2 replications came to a deadlock."
    assert "In the first, feed waits for make; make waits for test; test 1 waits for make;" in printed.out
    assert "Leave the returning way test->make without `buffer`" in " ".join(printed.out.split())


def test_people_who_wait_for_each_other_are_named_with_a_remedy_for_people(tmp_path: Path) -> None:
    machine = "{cycle: 10 s, crew: {operator: 1}, failures: {jam: {ttf: TTF, ttr: 3 s, repaired_by: {operator: 2}}}}"
    stations = "".join(f"  {name}: {machine.replace('TTF', ttf)}\n" for name, ttf in (("a", "4 s"), ("b", "6 s")))
    route = "  - {from: a, to: out}\n  - {from: b, to: out}\n"
    line = f"line: held\noperators: {{operator: 2}}\nstations:\n{stations}route:\n{route}"

    printed = twin("run", written(tmp_path, line), *SHORT)

    said = " ".join(printed.out.split())
    assert printed.code == 1
    assert "In the first, a waits for 1 operator; b waits for 1 operator, and none of them can move." in said
    assert "Add people to the pool" in said
    assert "buffer" not in said


def test_a_line_that_sometimes_locks_is_reported_with_the_rest(tmp_path: Path) -> None:
    chosen = scenario(line_of(written(tmp_path, LOCKING)))
    study = replicate(chosen, replications=20, horizon=300.0, engine="simpy")
    assert 0 < len(study.locked) < 20

    said = locks(study)

    assert said is not None
    assert said.startswith(f"{len(study.locked)} of 20 replications came to a deadlock.")
    assert len(report(study)) > 3


def test_json_is_the_document_and_nothing_else() -> None:
    printed = twin("run", "three_stations", *SHORT, "--options", "cells", "--seed", "7", "--json")

    assert printed.err == ""
    chosen = scenario(line_of("three_stations"), "cells")
    study = replicate(chosen, replications=2, horizon=8 * HOUR, warmup=14 * HOUR, seed=7, engine="simpy")
    assert printed.document == document(study)
    assert printed.document["lead_time_s"]["p90"] == lead_quantile(study.pooled, 0.9)


def test_the_table_shows_what_the_document_says() -> None:
    arguments = ("run", "three_stations", *SHORT)
    found, told = rows(twin(*arguments)), twin(*arguments, "--json").document

    # From the first shift's end on Monday 14:00 to the second's at 22:00 the line is never closed.
    shown = float(found["good output"][0].replace(",", ""))
    assert shown == pytest.approx(told["good"]["mean"], rel=0.01)
    assert found["good output"][-1] == "within shifts"
    assert re.fullmatch(r"P50 [\d.]+, P90 [\d.]+, P95 [\d.]+,", found["lead time"][-1])
    assert "closed hours included" in found
    assert found["Inspect"][1].startswith(f"{told['stations']['inspect']['states']['processing'] * 100:.1f} %")


def test_a_trace_holds_the_first_replication_and_the_last_line_says_so(tmp_path: Path) -> None:
    trace = tmp_path / "trace.csv"

    printed = twin("run", "three_stations", *SHORT, "--trace", trace)

    with trace.open(encoding="utf-8", newline="") as file:
        events = list(csv.DictReader(file))
    assert {event["run"] for event in events} == {"0"}
    assert f"events of the first replication in {trace}" in " ".join(printed.out.split())
    assert {event["kind"] for event in events} == {"state", "power", "part", "arrival", "level", "crew"}


def test_a_run_saved_and_resumed_is_the_run_in_one_piece(tmp_path: Path) -> None:
    state = tmp_path / "state.npz"
    common = ("run", "three_stations", "--engine", "simpy", "--json")
    whole = twin(*common, "--horizon", "4 h", "--warmup", "7 h", "--replications", "2", "--seed", "5").document
    twin(*common, "--horizon", "1 h", "--warmup", "7 h", "--replications", "2", "--seed", "5", "--save-state", state)

    resumed = twin(*common, "--horizon", "4 h", "--resume", state)

    assert resumed.document == whole
    shown = twin("run", "three_stations", "--engine", "simpy", "--horizon", "4 h", "--resume", state).out
    assert f"resumed from {state} at 8 h" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--options", "cells"), "another line or other options"),
        (("--warmup", "6 h"), "state.npz was saved with another, 7 h; leave --warmup out"),
        (("--seed", "5"), "--seed: the saved state of --resume brings its own"),
        (("--horizon", "10 min"), "state.npz stands at 1 h measured, and 10 min is no longer; --horizon is the time"),
        (("--horizon", "1 h"), "and 1 h is no longer"),
    ],
)
def test_a_state_that_does_not_fit_is_refused(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    state = tmp_path / "state.npz"
    twin("run", "three_stations", *SHORT[:2], "--horizon", "1 h", "--warmup", "7 h", "--save-state", state)

    refused = twin("run", "three_stations", "--engine", "simpy", "--resume", state, *arguments)

    assert refused.code == 2
    assert said in refused.err
    assert refused.out == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--options", "cels"), "did you mean cells?"),
        (("--engine", "numba"), "write auto, simpy or compiled"),
        (("--horizon", "12 sek"), "--horizon"),
        (("--horizon", "-1 h"), "negative"),
        (("--trace", "nowhere/trace.csv"), "there is no folder nowhere"),
        (("--trace", "trace.txt"), "--trace trace.txt: a name here ends in .csv"),
        (("--save-state", "nowhere/state.npz"), "there is no folder nowhere"),
        (("--save-state", lines.path("three_stations")), "would be written over"),
        (("--resume", "nowhere.npz"), "--resume nowhere.npz: there is no such file"),
    ],
)
def test_wrong_options_are_refused_before_anything_runs(arguments: tuple[object, ...], said: str) -> None:
    refused = twin("run", "three_stations", *arguments)

    assert refused.code == 2
    assert said in refused.err
    assert refused.out == ""


def test_what_an_answer_rests_on_counts_in_shifts_where_it_can(study: Study) -> None:
    assert origin(study, 0.94).startswith("20 replications of 2 h, warm-up 7 h, seed 1, SimPy's clock, digest ")
    assert origin(study, 12.4).endswith(", 12 s")


@pytest.mark.parametrize(
    ("time", "words"), [(360_000.0, "100 h"), (5_400.0, "90 min"), (1.5, "1.5 s"), (60.0, "1 min")]
)
def test_times_in_whole_units(time: float, words: str) -> None:
    assert in_whole(time) == words


def test_every_kpi_is_shown_on_demand(tmp_path: Path) -> None:
    # One machine that never stops: A = E = QR = 1; 60 parts an hour, 60 s each; one post and 120 m2 an hour.
    printed = twin("run", even(tmp_path), *SHORT, "--kpis")

    found = rows(printed)
    symbols = next(line.split() for line in printed.out.splitlines() if line.split()[:2] == ["A", "E"])
    of_press = dict(zip(symbols, found["The"], strict=True))  # the press: its name is broken, the table fills the page
    assert {key: of_press[key] for key in ("A", "E", "QR", "OEE", "TEEP", "MTBF")} == {
        "A": "100.0", "E": "100.0", "QR": "100.0", "OEE": "100.0", "TEEP": "100.0", "MTBF": "–",
    }  # fmt: skip
    assert found["Throughput rate"][0] == "60.00"
    assert found["Lead time"][0] == "60.00"
    assert found["Labour hours per unit"][0] == "0.008333"
    assert {row[0] for kpi in KPIS for row in [found[kpi.symbol]]} == {kpi.name for kpi in KPIS}


def test_the_power_is_written_and_drawn(tmp_path: Path) -> None:
    table, picture = tmp_path / "power.csv", tmp_path / "power.svg"

    assert twin("run", even(tmp_path), *SHORT, "--power", str(table)).code == 0
    assert twin("run", even(tmp_path), *SHORT, "--power", str(picture)).code == 0

    head, first, *_ = table.read_text("utf-8").splitlines()
    assert head.startswith("start_s,end_s,line mean [kW],line peak [kW],station press mean [kW]")
    # 6 kW all the time: 0.05 kWh for each of 120 m2 an hour.
    assert first.split(",")[2:4] == ["6", "6"]
    assert picture.read_text("utf-8").startswith("<svg ")


def test_what_power_cannot_be_told_is_refused(tmp_path: Path) -> None:
    table = str(tmp_path / "power.csv")
    dark = tmp_path / "dark.yaml"
    dark.write_text("line: dark\nstations: {a: {cycle: 10 s}}\n", encoding="utf-8")

    assert "no station of dark names a power; write power: {processing: 18 kW}" in twin(
        "run", str(dark), *SHORT, "--power", table
    ).err.replace("\n", " ")
    assert twin("run", even(tmp_path), *SHORT, "--power", str(tmp_path / "power.png")).code == 2


def test_the_document_holds_every_kpi(study: Study) -> None:
    kpis = document(study)["kpis"]
    of_weld = document(study)["stations"]["weld"]["kpis"]

    assert set(kpis) | set(of_weld) == {kpi.id for kpi in KPIS}
    assert of_weld["oee"]["mean"] == document(study)["stations"]["weld"]["oee"]
