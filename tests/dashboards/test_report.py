"""What the report says: the numbers of the JSON, written as the terminal writes them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from dashboards.numbers import decimals_of, number, plus_minus
from dashboards.report import report_html
from support.reports import ASKED, Report, made, read
from twin.cli.resolve import line_of
from twin.line.basis import numbers
from twin.study.intervals import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.line.line import Line


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Report]:
    found: dict[str, Report] = {}

    def one(asked: str) -> Report:
        if asked not in found:
            found[asked] = made(tmp_path_factory.mktemp(asked), asked)
        return found[asked]

    return one


def line_for(report: Report) -> Line:
    """The line with two levels that lies beside a report."""
    return line_of(str(report.path.with_name("line.yaml")))


def estimate(found: dict[str, Any]) -> Estimate:
    ends = found["interval"]
    return Estimate(found["mean"], None if ends is None else (ends[0], ends[1]))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def best_row(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = min(document["rows"], key=lambda row: row["unit_cost"]["mean"])
    return found


@pytest.mark.parametrize("asked", list(ASKED))
def test_it_needs_nothing_but_itself(report: Callable[[str], Report], asked: str) -> None:
    html, found = report(asked).html, read(report(asked).html)

    assert found.tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"} == set()
    assert [link for link in found.links if not link.startswith("#")] == []
    assert re.findall(r"url\((?!#)|@import|@font-face|https?:", html) == []


def test_the_first_page_answers_with_the_numbers_of_the_document(report: Callable[[str], Report]) -> None:
    found = report("against")
    best, other = best_row(found.document), found.document["other"]
    excess = estimate(best["standing"]["mode"]["excess"])

    assert f"costs {number(excess.mean, decimals_of(excess))} EUR more in France than in China." in found.text("h1")
    for row in (best, other):
        assert f"{plain(plus_minus(estimate(row['unit_cost'])))} EUR" in found.text("page-1")


def test_where_luck_hides_which_site_is_dearer_the_title_says_so(report: Callable[[str], Report]) -> None:
    assert report("tiles").text("h1").endswith("a m² in France cannot be told dearer or cheaper than in China.")


@pytest.mark.parametrize("asked", ["tiles", "against", "alone"])
def test_the_table_of_levels_holds_the_rows_of_the_document(report: Callable[[str], Report], asked: str) -> None:
    found = report(asked)
    shown = {row[0]: row for row in found.table("levels")[1:]}

    assert list(shown) == [row["level"] for row in found.document["rows"]]
    for row in found.document["rows"]:
        cells = shown[row["level"]]
        assert cells[1] == number(sum(row["people"].values()), 0)
        assert cells[3] == plain(plus_minus(estimate(row["unit_cost"])))


@pytest.mark.parametrize("asked", ["tiles", "against", "alone", "one_run"])
def test_the_columns_of_the_cost_lines_sum_to_their_totals(report: Callable[[str], Report], asked: str) -> None:
    _, *lines, total = report(asked).table("parts")
    amounts = [[float(cell.replace("−", "-").replace(",", "")) for cell in row[1:-1]] for row in (*lines, total)]

    assert [row[0] for row in lines] == list(report(asked).document["rows"][0]["parts"])
    for column in zip(*amounts, strict=True):
        assert sum(column[:-1]) == pytest.approx(column[-1])


def test_each_parity_wage_is_ringed_where_its_line_meets_the_other_site(report: Callable[[str], Report]) -> None:
    found = report("tiles")
    rings = [float(x) for x in re.findall(r'class="ring" cx="([\d.]+)"', found.html)]
    ends = [float(end) for end in re.findall(r"0 to ([\d.]+) EUR/h", found.html)]
    wages = [row["standing"]["mode"]["parity"]["threshold"]["wage"] for row in found.document["rows"]]

    assert rings == [pytest.approx(52 + wage / ends[0] * (536 - 52), abs=0.06) for wage in wages]
    for wage, row in zip(wages, found.document["rows"], strict=True):
        ends_of_wage = row["standing"]["mode"]["parity"]["interval"]
        assert number(wage, min(1, decimals_of(Estimate(wage, tuple(ends_of_wage))))) in found.text("page-2")


def test_inputs_without_samples_are_said_to_be_taken_as_given(report: Callable[[str], Report]) -> None:
    assert "numbers are taken as given; the intervals hold the simulation alone" in report("against").text("page-1")


def test_what_the_data_owe_is_told_apart_from_the_simulation(report: Callable[[str], Report]) -> None:
    found = report("alone")
    document = json.loads(json.dumps(found.document))
    for row in document["rows"]:
        row["unit_cost"] = {"mean": 2.0, "interval": [1.98, 2.02], "ci95_data": [1.7, 2.3], "data_share": 0.96}
    text = read(report_html(document, line_for(found))).text("page-1")

    assert "± 0.02 EUR/m² (95 %)" in text
    assert "2.0 ± 0.3 EUR/m²; the data owe 96 %" in text
    assert "taken as given" not in text


def test_one_run_states_no_interval(report: Callable[[str], Report]) -> None:
    text = report("one_run").text("page-1")

    assert "(one run)" in text
    assert "[" not in text
    assert "±" not in text


def test_a_line_without_levels_is_held_against_the_other_site(report: Callable[[str], Report]) -> None:
    found = report("no_levels")

    assert re.fullmatch(r"A m² costs [\d.]+ EUR more in France than in China\.", found.text("h1"))
    assert "cheapest level" not in found.html
    assert [row[0] for row in found.table("levels")] == ["level", "as described"]


def test_more_levels_than_can_be_told_apart_are_counted(report: Callable[[str], Report]) -> None:
    found = report("alone")
    document = json.loads(json.dumps(found.document))
    cells = document["rows"][1]
    document["rows"] += [cells | {"level": f"level_{place}"} for place in range(6)]
    shown = read(report_html(document, line_for(found)))

    assert len(shown.tables["levels"]) == 1 + 6
    assert "manual" in [row[0] for row in shown.tables["levels"]]
    assert "2 more levels are not drawn" in shown.text("page-2")


def test_words_of_a_line_file_are_words_and_no_markup(report: Callable[[str], Report]) -> None:
    found = report("alone")
    line = line_for(found).model_copy(update={"title": "<script>alert(1)</script> & more"})
    shown = read(report_html(found.document, line))

    assert "script" not in shown.tags
    assert "<script>alert(1)</script> & more" in shown.text("page-1")


def test_every_number_of_the_line_is_counted_though_not_every_source_has_room(report: Callable[[str], Report]) -> None:
    found = report("against")
    line = line_for(found)
    stated = numbers(line)
    long = {path: f"assumption: {place} " + "as the foreman says " * 12 for place, path in enumerate(stated)}
    shown = read(report_html(found.document, line.model_copy(update={"basis": long})))
    listed = sum(int(row[0]) for row in shown.tables["origins"][1:])
    more = re.search(r"of (\d+) numbers: twin check", shown.text("page-4"))

    assert listed + (int(more[1]) if more else 0) == len(stated)
