"""What `twin compare` says, on the line that is priced on paper in tests/twin/study/test_compare.py.

By hand, in EUR/m2: manually 14.62876 (labour 13.125), with the cell 10.37876 (labour 8.125), and at the other site,
with a fifth of the wages, 4.12876 (labour 2.625). So the gap is 10.5; of it the cell saves 4.25 on the whole cost,
40.48 %, and 5 in labour alone, 47.62 %.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from dashboards.numbers import column_places
from lines import site_path
from support.press_file import PRESS_FILE, SHORT, line_file
from support.priced import ASSUMED, accounts, press_line, site
from support.program import twin
from twin.cli import compare as command
from twin.cli.answer import Answer
from twin.cli.compare_question import question
from twin.cli.compare_tables import cost_table, parts_table, wage_table
from twin.cli.compare_words import explanation, notes, rounded_up, sentence, undecided_lines
from twin.study.compare import compare
from twin.study.intervals import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from rich.table import Table

    from twin.accounts import Accounts
    from twin.line.site import Site

STEADY = [accounts(400, 20)] * 3
LUCKY = [accounts(count, 20) for count in (380, 420, 400)]
UNLUCKY = [accounts(count, 20) for count in (420, 381, 396)]
NO_BREAK_SPACE = "\u00a0"

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


def abroad() -> Site:
    wages = {"operator": {"low": "4 EUR/h", "mode": "8 EUR/h", "high": "12 EUR/h"} | ASSUMED}
    return site("abroad", cost_per_hour_worked=wages | {"technician": {"mode": "10 EUR/h"} | ASSUMED})


def answer(
    manual: Sequence[Accounts] = STEADY,
    cells: Sequence[Accounts] = STEADY,
    *,
    there: Site | None = None,
    there_level: str | None = None,
    levels: Sequence[str] = ("manual", "cells"),
    reference: str = "manual",
    here: Site | None = None,
) -> Answer:
    here = here or site()
    results = {"manual": manual, "cells": cells}
    found = compare(
        press_line(),
        results,
        levels=levels,
        reference=reference,
        site=here,
        against=there,
        against_level=there_level,
    )
    return Answer(found, here, there)


def plain(text: str) -> str:
    return text.replace(NO_BREAK_SPACE, " ")


def cells_of(table: Table) -> list[list[str]]:
    columns = [[plain(str(cell)) for cell in column.cells] for column in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def test_the_sentence_says_how_far_automation_offsets_the_labour_cost() -> None:
    assert plain(sentence(answer(there=abroad()))) == (
        "From manual to cells, automation offsets 40.48 % of what labour costs more in Home than in Abroad, "
        "net of its own cost; a m² still costs 6.250 EUR more in Home, ex works."
    )


def test_the_explanation_tells_labour_alone_the_costs_and_the_wages_there() -> None:
    # At 4, 8 and 12 EUR/h, labour there is (4 w + 10) * 1.25 / 20: 1.625, 2.625, 3.625, the gap 11.5, 10.5 and 9.5.
    assert plain(explanation(answer(there=abroad()))) == (
        "That is 36.96 to 44.74 % as wages in Abroad are low or high; in labour alone, 47.62 %. "
        "Labour goes from 13.13 to 8.13 EUR/m², the whole cost from 14.63 to 10.38. "
        "In Abroad, at manual, the cost is 4.129 EUR/m², 3.129 to 5.129 as wages there are low or high."
    )


def test_without_another_site_the_saving_is_the_answer() -> None:
    assert plain(sentence(answer())) == "At cells, the cost ex works is 4.250 EUR/m² below that at manual."


def test_where_labour_costs_no_more_here_there_is_no_gap() -> None:
    assert plain(sentence(answer(there=site("twin")))) == (
        "At manual, labour costs no more in Home than in Twin: no gap to offset. "
        "At cells, the cost ex works is 4.250 EUR/m² below that at manual; a m² costs 4.250 EUR less in Home."
    )


def test_where_luck_hides_which_site_is_dearer_the_sentence_says_so() -> None:
    found = answer(there=abroad())
    row = found.comparison.row("cells")
    hidden = replace(row.standing["mode"], excess=Estimate(0.1, (-0.2, 0.4)))
    rows = (found.reference, replace(row, standing={**row.standing, "mode": hidden}))
    found = replace(found, comparison=replace(found.comparison, rows=rows))

    assert sentence(found).endswith(
        "net of its own cost; what a m² costs in Home cannot be told from what it costs in Abroad, ex works."
    )


def test_a_level_with_less_equipment_that_is_cheaper_is_no_offset() -> None:
    # A wage of 4 EUR/h lies below the 6 EUR/h from which the cell pays.
    wages = {"operator": {"mode": "4 EUR/h"} | ASSUMED, "technician": {"mode": "5 EUR/h"} | ASSUMED}
    far = site("far", "1 EUR/h", cost_per_hour_worked={"operator": {"mode": "1 EUR/h"} | ASSUMED} | {
        "technician": {"mode": "1 EUR/h"} | ASSUMED
    })  # fmt: skip
    here = site(cost_per_hour_worked=wages)

    # Manually here (4 * 4 + 5) * 1.25 / 20 + 1.50376 = 2.81626; with the cell there 3 * 1.25 / 20 + 2.25376 = 2.44126.
    assert plain(sentence(answer(there=far, reference="cells", here=here))) == (
        "From manual to cells, automation offsets nothing of what labour costs more in Home than in Far: "
        "it costs 0.2500 EUR/m² more than it saves; at manual, a m² costs 0.3750 EUR more in Home, ex works."
    )


def test_a_level_with_less_equipment_that_is_cheaper_is_named_even_if_it_is_not_the_best() -> None:
    found = answer(there=abroad())
    manual, cells = found.comparison.rows
    bare = replace(manual, level="bare", capex=0.0, verdict="cheaper", difference=Estimate(-0.5, (-0.6, -0.4)))
    found = replace(found, comparison=replace(found.comparison, rows=(bare, manual, cells)))

    assert "With less equipment, bare costs 0.50 [0.40, 0.60] EUR/m² less than manual." in explanation(found)


def test_two_different_levels_are_said_to_be_compared() -> None:
    found = answer(there=abroad(), there_level="cells")

    assert "of what labour costs more in Home than in Abroad at cells, net" in plain(sentence(found))
    assert "The gap is between two different levels: Home at manual, Abroad at cells." in explanation(found)
    assert "different levels" not in explanation(answer(there=abroad()))


def test_a_single_level_is_set_against_the_other_site() -> None:
    assert plain(sentence(answer(there=abroad(), levels=["manual"]))) == (
        "At manual, the cost ex works in Home is 10.50 EUR/m² above that in Abroad."
    )


def test_what_luck_may_explain_offsets_nothing_and_says_how_many_replications_would_tell() -> None:
    # A cell that lets nobody go and costs next to nothing: the two differ by luck alone.
    found = answer(LUCKY * 4, UNLUCKY * 4)
    row = found.comparison.row("cells")
    noise = replace(row, verdict="cannot tell", difference=replace(row.difference, mean=-1.0, interval=(-3.0, 1.0)))
    comparison = replace(found.comparison, rows=(found.reference, noise))
    found = Answer(comparison, found.here, None)

    assert sentence(found) == "No level can be told cheaper than manual, ex works."
    # Half-width 2 against a difference of 1: (2 / 1)^2 times as many replications as twelve.
    (said,) = undecided_lines(found)
    difference, remedy = plain(said).split("; ")
    assert difference == "cells and manual: difference −1 ± 2 EUR/m², cannot be told apart at 95 %"
    assert remedy == "about 48 replications would tell them apart."


def test_few_replications_say_so_and_nothing_of_how_many_are_needed() -> None:
    found = answer([accounts(n, 20) for n in (380, 620, 300)], [accounts(n, 20) for n in (230, 310, 500)])

    assert explanation(found).endswith("So few replications (3) prove little.")
    assert "prove little" not in explanation(answer(LUCKY * 2, UNLUCKY * 2))
    assert [plain(line).partition("EUR/m²")[2] for line in undecided_lines(found)] == [
        ", cannot be told apart at 95 %."
    ]
    assert not any("variance" in note for note in notes(found))
    assert not any("variance" in note for note in notes(answer(LUCKY * 3, UNLUCKY * 3)))
    assert any("variance" in note for note in notes(answer((LUCKY * 4)[:10], (UNLUCKY * 4)[:10])))


def test_one_run_says_so_and_shows_no_interval() -> None:
    found = answer(LUCKY[:1], UNLUCKY[:1], there=abroad())

    assert sentence(found).endswith("; this is one run, which cannot tell a difference from luck.")
    assert not any(
        "[" in cell for table in (cost_table(found), wage_table(found)) for row in cells_of(table) for cell in row
    )
    assert undecided_lines(found) == [
        "With more replications, such as --replications 20, the differences get intervals."
    ]
    assert not any("95 %" in note for note in map(plain, notes(found)))
    assert [column.header for column in cost_table(found).columns][3:5] == ["difference", "people"]
    assert cells_of(cost_table(found))[1][2] == "10"  # 9.885 EUR/m2, at 2 digits of 15.40


def test_rows_of_costs_by_hand() -> None:
    # 100,000 m2 in 5,000 h are 160 a shift of 8 h; 5 and 3 posts * 5,000 h / 1,500 h are 16.7 and 10 people.
    assert cells_of(cost_table(answer(there=abroad()))) == [
        ["manual", "160.0", "14.63", "", "reference", "17", "0"],
        ["cells", "160.0", "10.38", "−4.250", "cheaper", "10", "+300"],
        ["Abroad, manual", "160.0", "4.129", "−10.50", "cheaper", "17", "0"],
    ]


def test_rows_of_wages_by_hand() -> None:
    # Parity manually: 1.50376 + 13.125 / 40 * w = 4.12876 at w = 8; with the cell 2.25376 + 8.125 / 40 * w at 9.231.
    # At the low and high wages there a unit costs 1 EUR less or more: 3.05 EUR/h less or more manually, 4.92 with it.
    assert cells_of(wage_table(answer(there=abroad()))) == [
        ["manual", "reference", "–", "8.000", "5 to 11"],
        ["cells", "from 6.000", "40.48 %", "9.231", "4 to 14"],
    ]


@pytest.mark.parametrize("runs", [(STEADY, STEADY), (LUCKY, UNLUCKY), (LUCKY[:1], UNLUCKY[:1])])
def test_parts_sum_to_the_total_that_the_costs_show(runs: tuple[list[Accounts], list[Accounts]]) -> None:
    found = answer(*runs, there=abroad())
    costs = [row[2] for row in cells_of(cost_table(found))]

    for (_, *parts, total, _), cost in zip(cells_of(parts_table(found)), costs, strict=True):
        assert total == cost
        assert sum(map(float, parts)) == pytest.approx(float(total), abs=1e-9)


def test_a_number_is_shown_at_most_one_digit_finer_than_the_least_known_of_its_column() -> None:
    # Half-widths of 0.2, 0.003 and nothing: known to the first place, to the third, and exactly.
    column = [Estimate(5.0, (4.8, 5.2)), Estimate(5.0, (4.997, 5.003)), Estimate(5.0, (5.0, 5.0))]

    assert column_places(column) == [1, 2, 1]


def test_counts_are_rounded_up_to_two_digits() -> None:
    assert [rounded_up(count) for count in (2, 99, 101, 1_234_567)] == ["2", "99", "110", "1,300,000"]


def test_it_speaks_of_ex_works_and_of_what_is_not_in_it() -> None:
    said = " ".join(notes(answer(LUCKY, UNLUCKY, there=abroad())))

    for words in ("ex works", "nominal", "freight, duty, and the material", "differences together"):
        assert words in said


def test_the_notes_bridge_posts_and_people_and_take_eight_lines_at_most() -> None:
    found = twin("compare", "ceiling_tiles", "--against", "china", "--horizon", "1 h", "--warmup", "9 h",
                 "--replications", "10", "--options", "assisted,cells,auto")  # fmt: skip
    said = found.out.split("\n\n")[-2]

    assert "for the posts of all shifts; hours each works a year: France 1,525, China 2,300." in said
    assert "pairing cut variance" in said
    assert len(said.splitlines()) <= 8


def test_it_says_how_many_numbers_are_guesses_and_where_to_see_them(tmp_path: Path) -> None:
    path = line_file(tmp_path)
    found = twin("compare", path, *SHORT)

    # 0.5 m2, 2 EUR, 4 operators, 1 technician, cycle, crew, capex; of the cell cycle, capex, posts.
    assert f"10 of the line's 10 numbers are assumptions or without a source: `twin check {path}`." in " ".join(
        found.out.split()
    )


def test_the_command_answers_first_and_then_shows_its_tables(tmp_path: Path) -> None:
    found = twin("compare", line_file(tmp_path), "--against", "china", *SHORT)

    assert (found.code, found.err) == (0, "")
    assert "what labour costs more in France than in China" in found.sentence
    assert [block.split()[0] for block in found.out.split("\n\n") if block.startswith(("level", "EUR/m²"))] == [
        "level", "level", "EUR/m²",
    ]  # fmt: skip
    assert max(map(len, found.out.splitlines())) <= 100
    assert "at home" not in found.out


def test_json_is_one_document_that_holds_all_that_is_printed(tmp_path: Path) -> None:
    path = line_file(tmp_path)
    found = twin("compare", path, "--against", "china:cells", *SHORT, "--json")
    shown = twin("compare", path, "--against", "china:cells", *SHORT)
    document = json.loads(found.out)

    assert found.err == ""
    assert document["answer"] == shown.sentence
    assert [row["level"] for row in document["rows"]] == ["manual", "cells"]
    assert (document["other"]["site"], document["other"]["level"]) == ("china", "cells")
    assert document["digest"][:12] in shown.out
    assert document["sites"]["here"]["electricity"]["source"]
    for row in document["rows"]:
        assert sum(row["parts"].values()) == pytest.approx(row["unit_cost"]["mean"], rel=1e-12)
        assert len(row["unit_cost"]["replications"]) == 3
        assert set(row["standing"]) == {"low", "mode", "high"}
        assert document["runs"][row["level"]]["replications"] == 3


def test_two_equal_sites_differ_by_zero(tmp_path: Path) -> None:
    far = tmp_path / "far.yaml"
    far.write_text(site_path("france").read_text("utf-8"), "utf-8")
    document = json.loads(twin("compare", line_file(tmp_path), "--against", far, *SHORT, "--json").out)

    assert document["other"]["difference"]["interval"] == [0, 0]


def test_a_reference_alone_has_no_column_of_differences(tmp_path: Path) -> None:
    found = twin("compare", line_file(tmp_path), "--options", "manual", *SHORT)

    assert "difference" not in found.out
    assert "pays at wages" not in found.out


def test_one_level_against_another_site_has_a_parity_alone() -> None:
    found = answer(there=abroad(), levels=["manual"])

    assert [column.header for column in wage_table(found).columns] == [
        "level", "parity with Abroad", "low to high there",
    ]  # fmt: skip
    assert cells_of(wage_table(found)) == [["manual", "8.000", "5 to 11"]]
    assert not any("Gap closed" in note for note in notes(found))


def test_a_line_that_always_locks_has_no_cost_and_ends_with_one(tmp_path: Path) -> None:
    path = line_file(tmp_path, LOCKING)
    found = twin("compare", path, *SHORT)
    document = twin("compare", path, *SHORT, "--json")

    assert (found.code, document.code) == (1, 1)
    assert found.sentence == (
        "No answer: the line locks in every replication (as described), so a unit has no cost to compare."
    )
    assert "none of them can move" in found.out
    assert document.document["answer"] == found.sentence
    assert "rows" not in document.document


def test_levels_share_their_luck_whatever_is_compared_with_them(tmp_path: Path) -> None:
    path = line_file(tmp_path)
    both = json.loads(twin("compare", path, *SHORT, "--json").out)
    alone = json.loads(twin("compare", path, "--options", "cells", *SHORT, "--json").out)

    assert alone["runs"]["cells"] == both["runs"]["cells"]


def test_a_line_without_levels_is_priced_as_described_and_told_what_to_write(tmp_path: Path) -> None:
    path = line_file(tmp_path, PRESS_FILE.partition("levels:")[0])
    found = twin("compare", path, "--against", "china", *SHORT)

    assert found.code == 0
    assert found.sentence.startswith("As described, the cost ex works in France is ")
    assert "China, as described" in found.out
    assert "write levels: {manual: {}, automated: {press: cell}} in its file." in " ".join(found.out.split())


def test_what_was_simulated_before_is_not_simulated_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from twin.study import replicate

    asked = question(str(line_file(tmp_path)), horizon="7 h", warmup="none")
    simulated: list[str] = []
    real: Callable[..., Any] = replicate.replicate

    def counted(chosen: Any, **settings: Any) -> Any:  # noqa: ANN401 -- as `replicate`
        simulated.append(chosen.level)
        return real(chosen, **settings)

    monkeypatch.setattr(replicate, "replicate", counted)
    alone = replace(asked, scenarios={"cells": asked.scenarios["cells"]})
    known = command.run_levels(alone, replications=2, engine="simpy")
    studies = command.run_levels(asked, replications=2, engine="simpy", known=known)

    assert simulated == ["cells", "manual"]
    assert list(studies) == ["manual", "cells"]
