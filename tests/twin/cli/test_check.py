from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import lines
from support.crowded import described
from support.program import Answer, twin
from twin.line.line import Line
from twin.line.load import load_line

BAD = Path(__file__).parents[2] / "bad_lines"

# Of 10 parts milled one is scrapped, and a mill runs 9 of 10 minutes: 12 s / (0.9 * 0.9) = 14.81 s for a good part,
# 243 an hour. The demand is 180 in each of the 8,736 hours of 52 weeks: a takt of 20 s, of which that is 74.1 %.
SMALL = """
line: small
product: {unit: box, demand_per_year: 1572480}
operators: {operator: 2, technician: 1}
stations:
  saw: {cycle: 8 s, crew: {operator: 1}}
  mill:
    label: Edge milling
    cycle: 12 s
    crew: {operator: 1}
    scrap: 0.1
    failures:
      jam: {availability: 0.9, ttr: 1 min}
    power: {processing: 18 kW, idle: 4.5 kW}
    automation:
      robot:
        cycle: 10 s
        crew: {}
        failures:
          stop: {ttf: {exponential: {mean: 30 min}}, ttr: 2 min, clock: calendar, repaired_by: {technician: 1}}
        capex: 250 kEUR
        posts: {operator: -1}
levels:
  manual: {}
  robot: {mill: robot}
route:
  - {from: saw, to: mill, buffer: 5}
  - {from: mill, to: out}
basis:
  stations.mill: "assumption: the foreman's figures"
  stations.mill.scrap: "counted in June 2025"
"""


def checked(folder: Path, text: str, *arguments: object) -> Answer:
    path = folder / "line.yaml"
    path.write_text(text, "utf-8")
    return twin("check", path, *arguments)


def rows(answer: Answer, heading: str) -> list[list[str]]:
    """Return the cells of the table that has a heading; two spaces or more part them."""
    block = next(block for block in answer.out.split("\n\n") if block.startswith(heading))
    return [[cell.strip() for cell in row.split("  ") if cell.strip()] for row in block.splitlines()[2:]]


def test_the_sentence_says_what_it_is_what_it_makes_and_how_that_stands_to_the_plan(tmp_path: Path) -> None:
    answer = checked(tmp_path, SMALL)

    assert (answer.code, answer.err) == (0, "")
    assert answer.sentence == (
        "small is a valid line of 2 stations; at most 243 boxes/h, limited by Edge milling, 35 % over the plan."
    )


@pytest.mark.parametrize(
    ("demand", "end"), [("2123000", "exactly the plan."), ("4246000", "50 % short of the plan."), ("", "Edge milling.")]
)
def test_the_plan_is_met_missed_or_not_there(tmp_path: Path, demand: str, end: str) -> None:
    product = f"{{unit: box, demand_per_year: {demand}}}" if demand else "{unit: box}"
    text = SMALL.replace("{unit: box, demand_per_year: 1572480}", product)

    assert checked(tmp_path, text).sentence.endswith(end)


def test_too_few_people_limit_a_line(tmp_path: Path) -> None:
    # Sawing 1 / 0.9 parts and milling them takes 8.89 + 14.81 s of an operator for each good part: 152 an hour for one.
    answer = checked(tmp_path, SMALL.replace("operator: 2,", "operator: 1,").replace("{operator: -1}", "{}"))

    assert "at most 152 boxes/h, limited by the operator pool, 16 % short of the plan." in answer.sentence
    assert ["operator", "1", "2", "1.19", "119 %", "too few"] in rows(answer, "people in a shift")


def test_arrivals_limit_a_line(tmp_path: Path) -> None:
    answer = checked(tmp_path, SMALL + "source: {arrivals: {exponential: {mean: 1 min}}, capacity: 3}\n")

    assert "at most 54 boxes/h, limited by the arrivals" in answer.sentence
    assert "a part every 1 min on average (exponential) at saw, where at most 3 may wait" in answer.out


def test_the_load_of_each_station_stands_against_the_takt(tmp_path: Path) -> None:
    answer = checked(tmp_path, SMALL)
    saw, mill = rows(answer, "station  ")

    assert (saw[:2], saw[3:]) == (["saw", "44.4 %"], ["8.89 s", "405", "1 of 1"])
    assert (mill[:2], mill[3:]) == (["Edge milling", "74.1 %"], ["14.8 s", "243", "1 of 1", "limits"])
    assert "Takt: a part every 20 s." in answer.out
    assert "Line balance: longest time 14.8 s, line efficiency 80 %" in answer.out


def test_it_shows_what_became_of_an_availability(tmp_path: Path) -> None:
    answer = checked(tmp_path, SMALL)

    assert rows(answer, "given as an availability") == [["mill: jam", "90 %", "1 min", "9 min"]]
    assert rows(answer, "station   failure") == [["mill", "jam", "9 min", "exponential 1", "1 min", "never", "nobody"]]


def test_options_levels_and_what_they_change_are_shown(tmp_path: Path) -> None:
    answer = checked(tmp_path, SMALL)

    assert rows(answer, "level ") == [
        ["manual", "–", "–", "2", "1", "243", "Edge milling"],
        ["robot", "1", "0.25", "1", "1", "304", "Edge milling"],
    ]
    assert rows(answer, "station   option") == [
        ["mill", "robot", "cycle 12 s → 10 s", "operator −1", "0.25"],
        ["crew 1 operator → nobody"],
        ["up 90 % → 93.8 %"],
    ]


def test_a_level_is_checked_as_it_would_run(tmp_path: Path) -> None:
    answer = checked(tmp_path, SMALL, "--options", "robot")

    assert answer.sentence.startswith("small at robot is a valid line of 2 stations; at most 304 boxes/h")
    assert rows(answer, "station   failure")[0][:3] == ["mill", "stop (calendar)", "30 min"]
    assert ["mill", "1", "10 s", "never", "10 s", "93.8 %", "10 %", "18 / 4.5", "nobody"] in rows(
        answer, "station   machines"
    )


def test_a_pool_that_only_an_option_asks_for_is_idle_where_the_option_is_not_chosen(tmp_path: Path) -> None:
    text = SMALL.replace("manual: {}", "manual: {saw: faster}").replace(
        "crew: {operator: 1}}\n  mill:", "crew: {operator: 1}, automation: {faster: {cycle: 7 s}}}\n  mill:"
    )

    assert "Beware" not in checked(tmp_path, text).out
    assert "Beware: operators.technician: no crew" in checked(tmp_path, text, "--options", "manual").out
    assert "Beware" not in checked(tmp_path, text, "--options", "robot").out


def test_guesses_are_counted_at_the_top_and_listed_at_the_end(tmp_path: Path) -> None:
    answer = checked(tmp_path, SMALL)
    document = checked(tmp_path, SMALL, "--json").document
    paths = {guess["path"]: guess["assumption"] for guess in document["guesses"]}

    assert "stations.mill.scrap" not in paths
    assert paths["stations.mill.cycle"] == "assumption: the foreman's figures"
    assert paths["product.demand_per_year"] is None
    told = sum(text is not None for text in paths.values())
    silent = len(paths) - told
    counted = f"Of its {document['numbers']} numbers, {told} are assumptions and {silent} are without a source;"
    assert answer.out.split("\n\n")[1].startswith(counted)
    assert document["numbers"] == len(paths) + 1
    assert answer.out.index("Line balance") < answer.out.index("what is assumed")
    assert [str(told), "the foreman's figures", f"stations.mill ({told})"] in rows(answer, "guesses")


def test_the_drawing_is_an_svg_of_the_line(tmp_path: Path) -> None:
    path = tmp_path / "flow.svg"
    path.write_text("old", "utf-8")
    answer = checked(tmp_path, SMALL, "--draw", path)
    drawn = "".join(ET.fromstring(path.read_text("utf-8")).itertext())  # noqa: S314 -- written by ourselves

    assert answer.code == 0
    assert "Edge milling" in drawn
    assert f"Drawn: {path}" in answer.out.replace("\n", " ")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["flow.svg", "line.yaml"]


@pytest.mark.parametrize(("name", "says"), [("flow.png", "ends in .svg"), ("no/flow.svg", "no folder")])
def test_a_drawing_that_cannot_be_made_is_refused_and_nothing_is_left(tmp_path: Path, name: str, says: str) -> None:
    answer = checked(tmp_path, SMALL, "--draw", tmp_path / name)

    assert (answer.code, answer.out) == (2, "")
    assert says in answer.err
    assert [file.name for file in tmp_path.iterdir()] == ["line.yaml"]


def test_a_line_is_not_drawn_over_its_own_file(tmp_path: Path) -> None:
    path = tmp_path / "line.svg"
    path.write_text(SMALL, "utf-8")
    (tmp_path / "k.yaml").symlink_to(path)

    assert twin("check", tmp_path / "k.yaml", "--draw", path).code == 2
    assert path.read_text("utf-8") == SMALL


def test_a_folder_of_that_name_stays_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    (tmp_path / "flow.svg").mkdir()
    answer = checked(tmp_path, SMALL, "--draw", tmp_path / "flow.svg")

    assert answer.code == 2
    assert sorted(file.name for file in tmp_path.iterdir()) == ["flow.svg", "line.yaml"]


def test_a_wrong_file_is_answered_with_every_problem_and_nothing_else(tmp_path: Path) -> None:
    path = BAD / "everything_at_once.yaml"
    expected = [line.removeprefix("# expect: ") for line in path.read_text("utf-8").splitlines() if "# expect" in line]
    answer = twin("check", path, "--draw", tmp_path / "flow.svg")

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines() == [f"{path}:{sentence}" for sentence in expected]
    assert list(tmp_path.iterdir()) == []


def test_a_level_or_line_that_does_not_exist_is_answered_with_the_nearest() -> None:
    assert 'no level "cels"; did you mean cells?' in twin("check", "three_stations", "--options", "cels").err
    assert "did you mean three_stations?" in twin("check", "three_station").err


@pytest.mark.parametrize("name", lines.names())
def test_the_document_holds_the_line_as_it_was_understood(name: str) -> None:
    document = twin("check", name, "--json").document
    line = load_line(lines.path(name))

    assert Line.model_validate(document["understood"]).route == line.route
    assert Line.model_validate(document["understood"]).operators == line.operators
    assert list(document["levels"]) == list(line.levels)
    assert [station["station"] for station in document["capacity"]["stations"]] == list(line.stations)


def test_what_has_no_bound_is_null_in_the_document(tmp_path: Path) -> None:
    text = "line: x\nsource: {arrivals: 5 s}\nstations: {a: {cycle: 0 s}, b: {cycle: 1 s}}\n"
    text += "route: [{from: a, to: b}, {from: b, to: out}]\n"
    stations = checked(tmp_path, text, "--json").document["capacity"]["stations"]

    assert [station["capacity_per_h"] for station in stations] == [None, 3600.0]


@pytest.mark.parametrize("name", lines.names())
def test_no_row_is_wider_than_the_page_and_ascii_says_all(name: str) -> None:
    answer, plain = twin("check", name), twin("check", name, encoding="ascii")

    assert max(map(len, answer.out.splitlines())) <= 100
    assert (plain.code, plain.err) == (0, "")
    assert "?" not in plain.out


def test_of_very_many_ways_it_says_where_orders_go_on_to(tmp_path: Path) -> None:
    answer = checked(tmp_path, json.dumps(described()))

    assert answer.code == 0
    assert re.search(r"station_1 +1.2 h +station_2 60 %, station_3 25 %, 3 more 15 %", answer.out)
    assert "30 ways, too many to draw." in answer.out
    assert len(answer.out.splitlines()) < 100
    assert max(map(len, answer.out.splitlines())) <= 100


def test_people_of_a_line_of_orders_are_reckoned_at_the_pace_of_the_orders(tmp_path: Path) -> None:
    capacity = checked(tmp_path, json.dumps(described()), "--json").document["capacity"]

    assert capacity["takt_s"] is None
    assert capacity["pace_s"] == pytest.approx(3600.0)  # ten pieces every 10 h
    # An hour of one person for the 10 pieces of an order at each station that it passes.
    visits = sum(station["visits"] for station in capacity["stations"])
    assert sum(people["busy"] for people in capacity["people"]) == pytest.approx(visits / 10)
