from __future__ import annotations

import pytest

from twin.errors import InputError
from twin.line.line import Line
from twin.line.load import load_line_text
from twin.line.scenario import Asset, capital, choose, posts, scenario, short_pools, whole_posts
from twin.line.station import Option

YEAR = 365 * 86_400

TEXT = """\
line: frames
operators: {operator: 4, technician: 1}
stations:
  press:
    cycle: 12 s
    crew: {operator: 1}
    capex: 400 kEUR
    life: 12 yr
    upkeep: 3 %
    automation:
      robot: {crew: {}, cycle: 9 s, capex: 180 kEUR, upkeep: 0.04, posts: {operator: -1.5, technician: 0.2}}
      feeder: {cycle: 11 s, capex: 20 kEUR, posts: {operator: -0.5}, redeployed: packs at the next line}
  weld:
    cycle: 10 s
    crew: {operator: 2}
    automation:
      cobot: {crew: {operator: 1}, capex: 60 kEUR, posts: {operator: -1, technician: 0.3}}
      ghost: {posts: {operator: -3}}
levels:
  manual: {}
  cells: {weld: cobot, press: robot}
route: [{from: press, to: weld}, {from: weld, to: out}]
basis: {stations.press.automation.robot.capex: "assumption: a guess"}
"""


@pytest.fixture(scope="module")
def line() -> Line:
    return load_line_text(TEXT)


def test_nothing_chosen_is_the_line_as_described_with_no_option_open(line: Line) -> None:
    bare = scenario(line)
    assert (bare.base, bare.level, dict(bare.chosen), bare.name) == (line, None, {}, "as described")
    assert [station.automation for station in bare.line.stations.values()] == [{}, {}]
    assert bare.line.stations["press"].cycle == line.stations["press"].cycle
    assert posts(bare) == {"operator": 4, "technician": 1}


def test_a_level_chooses_its_options_in_file_order(line: Line) -> None:
    cells = scenario(line, "cells")
    assert (cells.level, list(cells.chosen.items())) == ("cells", [("press", "robot"), ("weld", "cobot")])
    assert cells.line.stations["press"].cycle.mean == 9
    assert cells.line.stations["weld"].crew == {"operator": 1}
    assert list(cells.line.stations) == ["press", "weld"]
    # Operators: 4 - 1 (the half of the robot's 1.5 is dropped) - 1 = 2; technicians: 1 + 0.2 + 0.3 = 1.5, rounded up.
    assert cells.line.operators == posts(cells) == {"operator": 2, "technician": 2}
    assert scenario(line, "manual").level == "manual"


def test_pairs_choose_option_by_option(line: Line) -> None:
    chosen = scenario(line, "weld=cobot, press=feeder")
    assert (chosen.level, chosen.name) == (None, "press=feeder,weld=cobot")
    assert chosen.line.stations["press"].cycle.mean == 11


def test_two_ways_to_the_same_options_give_the_same_line(line: Line) -> None:
    assert scenario(line, "cells").line == scenario(line, "press=robot,weld=cobot").line


def test_a_scenario_s_line_is_a_line(line: Line) -> None:
    chosen = scenario(line, "cells").line
    assert Line.model_validate(chosen.model_dump(by_alias=True, exclude_none=True)) == chosen


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("cels", '--options cels: frames has no level "cels"; did you mean cells?'),
        ("auto", '--options auto: frames has no level "auto"; write manual or cells'),
        ("pres=robot", '--options pres=robot: frames has no station "pres"; did you mean press?'),
        ("press=robbot", '--options press=robbot: press has no option "robbot"; did you mean robot?'),
        ("press=", '--options press=: press has no option ""; write robot or feeder'),
        (
            "press=robot,press=feeder",
            "--options press=feeder: press is named twice; choose one option for each station",
        ),
        (
            "weld=ghost",
            (
                "--options weld=ghost: weld.crew.operator asks 2 of operator, the pool then has 1; "
                "raise operators.operator in the line, or choose otherwise"
            ),
        ),
    ],
)
def test_options_that_do_not_exist_or_fit_are_refused_with_the_nearest(line: Line, options: str, sentence: str) -> None:
    with pytest.raises(InputError) as refusal:
        scenario(line, options)
    assert refusal.value.problems == (sentence,)


def test_every_wrong_pair_is_named(line: Line) -> None:
    with pytest.raises(InputError) as refusal:
        scenario(line, "pres=robot,weld=robot,weld=cobot")
    assert len(refusal.value.problems) == 2


def test_capital_lists_what_was_bought_with_each_option_after_its_station(line: Line) -> None:
    assert capital(scenario(line, "cells")) == [
        Asset("press", None, 400_000, 12 * YEAR, 0.03),
        Asset("press", "robot", 180_000, 10 * YEAR, 0.04),
        Asset("weld", "cobot", 60_000, 10 * YEAR, 0),
    ]
    assert capital(scenario(line)) == [Asset("press", None, 400_000, 12 * YEAR, 0.03)]


def option(change: float, *, redeployed: str | None = None, skill: str = "operator") -> Option:
    return Option(posts={skill: change}, redeployed=redeployed)


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ([], 4),
        ([option(-0.9)], 4),  # a fraction freed counts as zero
        ([option(-0.9), option(-0.9)], 4),  # each by itself
        ([option(-0.5, redeployed="packs"), option(-0.5, redeployed="packs")], 3),  # named, two halves are one
        ([option(-0.5, redeployed="packs")], 4),  # one half is not: half a person is not hired
        ([option(-1.5)], 3),
        ([option(-1.5, redeployed="packs"), option(-1.5)], 2),  # 4 - 1.5 - 1 = 1.5, rounded up
        ([option(0.1)] * 3, 5),
        ([option(0.1)] * 10, 5),  # ten tenths are one in spite of binary fractions
        ([option(-0.1, redeployed="packs")] * 10, 3),
        ([option(-0.9999999999)], 3),  # nine digits off a whole person is a whole person
        ([option(-1), option(1)], 4),
    ],
)
def test_posts_are_whole_and_fractions_saved_are_zero_unless_redeployed(options: list[Option], left: int) -> None:
    assert whole_posts({"operator": 4}, options) == {"operator": left}


def test_crews_and_repairs_larger_than_their_pool_are_found() -> None:
    line = load_line_text(
        "line: a\noperators: {operator: 2, technician: 1}\n"
        "stations: {press: {cycle: 12 s, crew: {operator: 2}, failures: "
        "{jam: {ttf: 1 h, ttr: 1 min, repaired_by: {technician: 1}}}}}\n"
    )
    assert list(short_pools(choose(line, {}))) == []
    small = choose(line.model_copy(update={"operators": {"operator": 1}}), {})
    assert [(short.keys, short.skill, short.asked, short.people) for short in short_pools(small)] == [
        (("crew",), "operator", 2, 1),
        (("failures", "jam", "repaired_by"), "technician", 1, 0),
    ]
