"""What `twin compare` says of a line that moves orders: what limits it, how orders fare, where it does not keep up."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import lines
from support.priced import accounts, press_line, site
from support.program import twin
from twin.cli.answer import Answer
from twin.cli.compare_words import sentence
from twin.study.compare import compare
from twin.study.intervals import Estimate, mean_interval

if TYPE_CHECKING:
    from pathlib import Path

    from twin.study.compare import Verdict


def orders_shop(tmp_path: Path, people: int = 5) -> str:
    text = lines.path("bracket_shop").read_text(encoding="utf-8")
    file = tmp_path / "shop.yaml"
    file.write_text(text.replace("operator: 5,", f"operator: {people},"), encoding="utf-8")
    return str(file)


def test_of_orders_it_says_what_limits_the_output_and_how_long_they_take(tmp_path: Path) -> None:
    arguments = ("--options", "manual,robots", "--replications", 2, "--engine", "simpy")
    said = twin("compare", orders_shop(tmp_path), *arguments)

    assert said.code == 0
    assert "The orders limit the output at every level: levels differ in what they cost" in " ".join(said.out.split())
    assert re.search(r"level +orders done a week +lead time by order, h +P50 +P90 +pieces in the line", said.out)
    assert "Beware" not in said.out
    assert "2 replications of 2 weeks a level, warm-up one week" in " ".join(said.out.split())


def test_a_level_whose_people_cannot_do_what_is_ordered_is_warned_of(tmp_path: Path) -> None:
    shop = orders_shop(tmp_path, people=3)  # of whom the robots spare two
    arguments = ("--options", "manual,robots", "--replications", 2, "--engine", "simpy", "--horizon", "1 week")
    said, document = twin("compare", shop, *arguments), twin("compare", shop, *arguments, "--json").document

    [warned] = document["cautions"]
    assert warned.startswith("Beware, robots: the line cannot keep up with its orders: the operator pool allows ")
    assert warned in " ".join(said.out.split())
    assert "The orders limit the output" not in said.out


def test_a_level_told_cheaper_is_named_where_the_cheapest_cannot_be_told() -> None:
    results = dict.fromkeys(("manual", "cells"), [accounts(400, 20)] * 3)
    found = compare(press_line(), results, levels=["manual"], reference="manual", site=site())
    told: dict[str, tuple[float, Verdict]] = {
        "manual": (0, "reference"),
        "some": (1, "cheaper"),
        "most": (2, "cannot tell"),
    }
    rows = [
        replace(
            found.rows[0], level=level, verdict=verdict, difference=Estimate(-saved, (-saved - 0.2, -saved + 0.2)),
            unit_cost=mean_interval((9 - saved, 10 - saved, 11 - saved)),
        )
        for level, (saved, verdict) in told.items()
    ]  # fmt: skip
    said = sentence(Answer(replace(found, rows=tuple(rows)), site(), None))

    assert said.startswith("Some costs 1.00 [0.80, 1.20] EUR/m² less than manual, ex works; most, which costs least")
    assert said.endswith(" on average, cannot be told from manual.")
