"""What `twin check` says of kinds of station, upkeep, standby, carriers and pools, on the documentation's line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.chairs import written
from support.program import twin
from twin.cli.understood_kinds import accepted_bad, pays_after_s, standby_in_words
from twin.line.station import Station

if TYPE_CHECKING:
    from pathlib import Path


ROBOT = (
    "{automation: {robot: {attended: false, crew: {}, startup_scrap: {parts: 1, share: 0}, carriers: {pallet: 4}, "
    "maintenance: {oil: {every: 8 h, lasts: 1 min}}}}, kind: split, "
)
"""An option of the saw, put in where its keys begin."""


def check(folder: Path, *changes: tuple[str, str]) -> str:
    answer = twin("check", written(folder, *changes))
    assert answer.code == 0, answer.err
    return " ".join(answer.out.split())


@pytest.mark.parametrize(
    "sentence",
    [
        "chair joins 4 of saw and 1 of seat into one part, when all are there",
        "saw makes 12 parts of each that comes in",
        "oven works on 8 parts at once, on fewer once the first has waited 10 min; lets them go one by one",
        "3 % of what comes is bad; rejects 3.67 % (sent to fix as rework); of what it accepts 0.311 % is bad",
        "a belt of 12 m at 0.3 m/s, 40 s long; up to 24 parts, one every 1.67 s at most; parts close up while",
        "rack holds up to 200 parts, each 2 h at least, at all hours",
        "oven unattended: works at all hours and needs nobody; its repair waits for people",
        "chair one person tends 2 machines: each takes 1/2 of its crew",
        "fix asks for people with priority 2: after those of a lower number",
        "saw of its first 5 parts after a setup, a repair, maintenance or a shift's start, 40 % is scrapped",
        "jam: counted as minor stops, apart from breakdowns",
        "bearing wears with the work since maintenance: 1 × from 0 h on, 2 × from 400 h on",
        "seat overhaul 600 h of work 8 h never 1 technician",
        "jam (minor stop) 40 min",
        # 1.2 kWh at 3.5 kW less are 20.6 minutes.
        "goes to 0.5 kW after 20 min of waiting; each start takes 1.2 kWh to warm up, so a standby pays once it lasts",
        "pallet 12 load → unload 30 s",
        "setter its people also have the skill operator; 5 % do not come to a shift, drawn anew for each",
        "breaks 09:00-09:15 and 17:00-17:30 left out",
        "Behind a name: ×12, parts made of one; 4+1, parts joined by feed; parts that a batch, belt or store holds.",
        "Batches are reckoned full. Start-up scrap is left out.",
        "Time: for a good part of the line, repairs and maintenance included.",
    ],
)
def test_it_is_said_what_was_understood(tmp_path: Path, sentence: str) -> None:
    assert sentence in check(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("timeout: 10 min, ", "", "works on 8 parts at once, never on fewer"),
        ("capacity: 24}", "capacity: 24, accumulating: false}", "the belt stands while the first cannot leave"),
        (
            "capacity: 200, stay: 2 h",
            "stay: {exponential: {mean: 2 h}}",
            "any number of parts, each 2 h on average (exp",
        ),
        (", capacity: 200, stay: 2 h", "", "holds any number of parts, each as short as can be"),
        (
            "parts: 5, share: 0.4",
            "parts: 1, share: 0.4, after: [setup]",
            "of its first part after a setup, 40 % is scrapped",
        ),
        (
            "prevalence: 0.03, false_accept: 0.1",
            "scrap: 0.03",
            "3 % is found bad and 1 % of the good rejected: sent to fix",
        ),
        ("every: 600 h", "every: 1 week, clock: calendar", "overhaul 7 d 8 h"),
        ("every: 600 h", "parts: 5000", "overhaul 5,000 parts 8 h"),
        (", warm_up: 1.2 kWh", "", "goes to 0.5 kW after 20 min of waiting"),
        (", standby: 0.5 kW, standby_after: 20 min", "", "each start takes 1.2 kWh to warm up"),
        ("absence: 0.05", "shifts: {pattern: 1x8}", "operator; works 1x8 mon-fri from 06:00"),
        ("attended: false", "shifts: {pattern: continuous}", "shifts of its own: continuous"),
        ("ttr: 2 h, ", "ttr: 2 h, priority: 3, ", "bearing: its repair asks for people with priority 3"),
        ("{pallet: {number: 12", "{pallet: {number: 3", "limited by the number of carriers (pallet)"),
        (
            "{kind: split, ",
            ROBOT,
            "attended yes → no up 100 % → 99.8 % pallet carriers +4 its own maintenance its own start-up scrap",
        ),
    ],
)
def test_it_is_said_what_a_change_means(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert sentence in check(tmp_path, (old, new))


def test_a_standby_that_saves_nothing_never_pays() -> None:
    power = {"idle": "1 kW", "standby": "1 kW", "standby_after": "1 min", "warm_up": "1 kWh"}
    station = Station.model_validate({"cycle": "1 s", "power": power})

    assert pays_after_s(station) == float("inf")
    assert standby_in_words(station) == "goes to 1 kW after 1 min of waiting"


def test_an_inspection_that_accepts_nothing_accepts_nothing_bad() -> None:
    station = Station.model_validate({"kind": "inspection", "cycle": "1 s", "prevalence": 1})

    assert accepted_bad(station) == 0


def test_the_document_holds_what_carriers_and_people_allow(tmp_path: Path) -> None:
    found = twin("check", written(tmp_path), "--json").document["capacity"]

    assert [limit["name"] for limit in found["carriers"]] == ["pallet"]
    assert [person["there"] for person in found["people"]] == pytest.approx([6, 0.95, 1])
    assert [station["hours"] for station in found["stations"]][:1] == [1]
