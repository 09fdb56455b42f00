"""Lines with samples beside them: intervals that hold the data, in numbers and in words, and how to leave them out."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from support.program import twin
from twin.line.samples import write_samples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FITTED = """
line: fitted
product: {unit: m2, material_cost: 2 EUR}
operators: {operator: 4, technician: 1}
source: {arrivals: {exponential: {mean: 2 min}}}
stations:
  press:
    cycle: {exponential: {mean: 60 s}}
    capex: 1000 kEUR
    automation: {cell: {capex: 300 kEUR, posts: {operator: -2}}}
shifts: {pattern: 3x8, hours_per_year: 5000}
levels: {manual: {}, cells: {press: cell}}
"""
ARRIVALS = "source.arrivals.exponential.mean"
SHORT = ("--engine", "simpy", "--horizon", "10 h", "--warmup", "7 h", "--replications", "8")


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    file = tmp_path / "fitted.yaml"
    file.write_text(FITTED, encoding="utf-8")
    return file


@pytest.fixture
def fitted(plain: Path) -> Path:
    write_samples(plain, [ARRIVALS], [(f"{mean} s",) for mean in (105, 115, 125, 138)])
    return plain


def run(file: Path, *arguments: object) -> dict[str, Any]:
    answer = twin("run", file, *SHORT, "--json", *arguments)
    assert (answer.code, answer.err) == (0, "")
    return answer.document


def without_data(value: Any) -> Any:  # noqa: ANN401 -- whatever JSON holds
    """Return a document without what runs under samples add to it."""
    if isinstance(value, dict):
        added = {"ci95_data", "data_share", "sampled_digest"}
        return {key: without_data(part) for key, part in value.items() if key not in added}
    return [without_data(part) for part in value] if isinstance(value, list) else value


def estimates(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 -- as above
    if isinstance(value, dict):
        if "ci95_data" in value:
            yield value
        yield from itertools.chain.from_iterable(map(estimates, value.values()))
    elif isinstance(value, list):
        yield from itertools.chain.from_iterable(map(estimates, value))


def test_samples_add_intervals_and_change_nothing_else(fitted: Path) -> None:
    with_data = run(fitted)
    as_fitted = run(fitted, "--inputs", "as-fitted")
    (fitted.parent / "fitted.samples.csv").unlink()

    assert as_fitted == run(fitted) == without_data(with_data)
    assert with_data["sampled_digest"] != with_data["digest"]
    found = list(estimates(with_data))
    assert len(found) > 20
    for estimate in found:
        assert 0 <= estimate["data_share"] <= 1
        low, high = estimate["ci95"]
        assert estimate["ci95_data"][0] <= low <= high <= estimate["ci95_data"][1]
    good = with_data["good"]
    assert good["data_share"] > 0.5
    assert good["ci95_data"][0] < good["ci95"][0] < good["ci95"][1] < good["ci95_data"][1]


def test_samples_that_say_what_the_line_says_leave_every_interval(plain: Path) -> None:
    write_samples(plain, [ARRIVALS], [("2 min",)] * 4)

    document = run(plain)

    assert document["sampled_digest"] == document["digest"]
    for estimate in estimates(document):
        assert (estimate["ci95_data"], estimate["data_share"]) == (estimate["ci95"], 0)


def test_what_an_interval_holds_is_said_in_words(fitted: Path) -> None:
    whole = " ".join(twin("run", fitted, *SHORT).out.split())
    alone = " ".join(twin("run", fitted, *SHORT, "--inputs", "as-fitted").out.split())
    (fitted.parent / "fitted.samples.csv").unlink()
    plain = " ".join(twin("run", fitted, *SHORT).out.split())

    assert "(95 % interval: data and simulation; the data owe " in whole
    assert "each again under one of 4 samples of the fitted numbers" in whole
    assert "95 % intervals: simulation alone" in alone
    for text in (alone, plain):
        assert "(95 % interval)." in text
        assert "data" not in text
    assert "inputs" not in plain


def test_too_few_replications_leave_the_data_out_and_say_so(fitted: Path) -> None:
    answer = twin("run", fitted, *SHORT[:-1], 3)

    assert "inputs as fitted (95 % intervals: simulation alone)" in " ".join(answer.out.split())


def test_a_resumed_run_is_as_fitted(fitted: Path) -> None:
    state = fitted.parent / "state.npz"
    twin("run", fitted, *SHORT, "--save-state", state)

    resumed = twin("run", fitted, "--engine", "simpy", "--horizon", "12 h", "--resume", state)

    assert resumed.code == 0
    assert "inputs as fitted (95 % intervals: simulation alone)" in " ".join(resumed.out.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--replications", "10"),
            "holds 4 samples, and 10 replications take 5; ask for --replications 8, or --inputs",
        ),
        (("--inputs", "as-fited"), '--inputs: "as-fited"; did you mean as-fitted?'),
    ],
)
def test_what_cannot_be_sampled_is_refused(fitted: Path, arguments: tuple[str, ...], said: str) -> None:
    for command in ("run", "compare"):
        answer = twin(command, fitted, *SHORT, *arguments)
        assert answer.code == 2
        assert said in " ".join(answer.err.split())


def test_a_path_that_is_not_in_the_line_is_refused_and_can_be_left_out(plain: Path) -> None:
    write_samples(plain, ["stations.pres.scrap"], [("0.1",)] * 4)

    for command in ("run", "compare"):
        refused = twin(command, plain, *SHORT)
        assert (refused.code, refused.out) == (2, "")
        assert 'fitted.samples.csv:1 no single value of the line is at "stations.pres.scrap"' in " ".join(
            refused.err.split()
        )
        assert twin(command, plain, *SHORT, "--inputs", "as-fitted").code == 0


def test_a_comparison_holds_the_data_and_pairs_them(fitted: Path) -> None:
    compared = twin("compare", fitted, *SHORT, "--against", "china", "--json")
    document = compared.document
    manual, cells = document["rows"]
    for row in (manual, cells):
        low, high = row["unit_cost"]["interval"]
        assert row["unit_cost"]["ci95_data"][0] < low < high < row["unit_cost"]["ci95_data"][1]
        assert row["unit_cost"]["data_share"] > 0.5
    # The same sample moves both levels: what they differ by is known far better than what either costs.
    costs, difference = manual["unit_cost"]["ci95_data"], cells["difference"]["ci95_data"]
    assert difference[1] - difference[0] < (costs[1] - costs[0]) / 2
    assert cells["verdict"] == "cheaper"
    assert document["sampled_digest"] != document["digest"]
    assert all("sampled_digest" in of_level for of_level in document["runs"].values())
    assert list(estimates(cells["standing"]))

    text = " ".join(twin("compare", fitted, *SHORT).out.split()).replace("\u00a0", " ")
    assert "95 % intervals, data and simulation; the data owe " in text
    assert "each again under one of 4 samples of the fitted numbers" in text


def test_a_comparison_as_fitted_is_that_of_a_line_without_samples(fitted: Path) -> None:
    arguments = ("compare", fitted, *SHORT, "--against", "china", "--json")
    with_data, as_fitted = twin(*arguments).document, twin(*arguments, "--inputs", "as-fitted").document
    (fitted.parent / "fitted.samples.csv").unlink()
    plain = twin(*arguments).document

    assert as_fitted == plain
    assert with_data["digest"] == plain["digest"]
    assert with_data["rows"][1]["difference"]["interval"] == plain["rows"][1]["difference"]["interval"]
