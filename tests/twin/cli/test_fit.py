from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from support.program import Answer, twin
from support.shop_log import HEADER, MAPPING, rows, write_log
from twin.line.load import load_line
from twin.line.samples import load_samples

REAL = Path(__file__).parents[4] / "shared" / "data" / "machine_shop_log" / "production_log.csv"
MAPS = Path(__file__).parents[3] / "lines" / "maps"

UNREADABLE = ("A061", "Cut", "Cut 1", "yesterday", "2024-01-29 10:00", "5", "0", "work")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the log of a small shop, of which one row is there twice and one cannot be read."""
    write_log(tmp_path / "log.csv", 60, rows()[0], UNREADABLE)
    (tmp_path / "map.yaml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def fit(folder: Path, *options: object, log: str = "log.csv", line: str = "shop.yaml") -> Answer:
    return twin("fit", folder / log, "--map", folder / "map.yaml", "-o", folder / line, "--samples", 4, *options)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_it_answers_with_what_was_fitted_and_where_the_pieces_are(folder: Path) -> None:
    answer = fit(folder)

    assert answer.code == 0, answer.err
    assert answer.sentence.startswith("log.csv shows 4 stations, 60 orders and ")
    assert " pieces from 2024-01-01 to " in answer.sentence
    balance = next(block for block in answer.out.split("\n\n") if " released = " in block).replace(",", "").split()
    released, packed, scrapped, wip = (int(balance[place]) for place in (0, 4, 7, 10))
    assert released == packed + scrapped + wip
    assert packed > scrapped > 0
    assert max(map(len, answer.out.splitlines())) <= 100


def test_rows_not_read_are_counted_and_shown_and_duplicates_named(folder: Path) -> None:
    answer = fit(folder)

    said = " ".join(answer.out.split())
    count = len(rows())
    assert f"{count + 2} rows of log.csv: {count} reports used, 1 duplicate row dropped, 1 row not read." in said
    assert f'Row {count + 3} start "yesterday" is no time of the form iso.' in said
    assert "yesterday" in (folder / "shop.fits" / "unknown.txt").read_text("utf-8")


def test_it_finds_the_shop_that_wrote_the_log(folder: Path) -> None:
    found = fit(folder, "--json").document

    assert [(station["name"], station["machines"]) for station in found["stations"]] == [
        ("cut", 2), ("drill", 1), ("check", 1), ("pack", 1),
    ]  # fmt: skip
    assert {tuple(crew["stations"]): crew["people"] for crew in found["people"]} == {
        ("cut",): 2, ("drill",): 1, ("check",): 1, ("pack",): 1,
    }  # fmt: skip
    opened = found["line"]["shifts"]["times"]
    assert {day: (times[0][:5], times[-1][-5:]) for day, times in opened.items()} == dict.fromkeys(
        ("mon", "tue", "wed", "thu", "fri"), ("06:00", "22:00")
    )
    laws = {row["path"]: row for row in found["fits"]}
    assert laws["stations.cut.setup.time"]["mean"] == pytest.approx(0.6 * 3600, rel=0.1)  # drawn from 0.3 to 0.9 h
    assert laws["stations.drill.cycle"]["form"] == "per piece"
    # A machine that is there for each order leaves no wait to be explained.
    assert all(not station["mean_wait_unexplained_s"] for station in found["stations"])


def test_it_writes_a_line_that_loads_with_its_samples_beside_it(folder: Path) -> None:
    fit(folder)

    line = load_line(folder / "shop.yaml")
    samples = load_samples(folder / "shop.yaml")
    assert line.line == "shop"
    assert samples is not None
    assert samples.count == 4
    assert samples.apply(line, 3) != line
    checked = twin("check", folder / "shop.yaml")
    assert checked.code == 0
    assert "none is an assumption" in checked.out
    assert "Beware" not in checked.out


def test_it_draws_and_lists_every_fit(folder: Path) -> None:
    found = fit(folder, "--json").document

    with (folder / "shop.fits" / "fits.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    pictures = [row["picture"] for row in table]
    assert sorted([*pictures, "fits.csv", "unknown.txt"]) == names(folder / "shop.fits")
    assert [row["path"] for row in table] == [law["path"] for law in found["fits"]]
    assert [float(row["mean"]) for row in table] == pytest.approx([law["mean"] for law in found["fits"]], rel=1e-5)
    for picture in pictures:
        assert ET.fromstring((folder / "shop.fits" / picture).read_text("utf-8")).tag.endswith("svg")  # noqa: S314


def test_the_same_seed_writes_the_same_and_another_other_samples(folder: Path) -> None:
    fit(folder)
    fit(folder, line="again.yaml")
    fit(folder, "--seed", 2, line="other.yaml")

    first, again, other = ((folder / f"{name}.samples.csv").read_text("utf-8") for name in ("shop", "again", "other"))
    assert first == again != other


def test_what_ends_after_until_is_left_out(folder: Path) -> None:
    date, time = (fit(folder, "--json", "--force", "--until", at).document for at in ("2024-01-20", "2024-01-19T14:30"))

    assert date["log"]["until"] == "2024-01-20T00:00:00"
    assert time["log"]["until"] == "2024-01-19T14:30:00"
    assert time["log"]["reports_used"] < date["log"]["reports_used"] < date["log"]["reports"]


def test_validation_scores_what_came_from_every_date(folder: Path) -> None:
    options = ("--until", "2024-01-20", "--until", "2024-01-18", "--validate", "--replications", 10)
    found = fit(folder, *options, "--json").document
    answer = fit(folder, *options, "--force")

    assert answer.code == 0, answer.err
    first, second = found["validation"]
    assert (first["until"], second["until"]) == ("2024-01-20T00:00:00", "2024-01-18T00:00:00")
    packed, hours, *stations = first["cells"]
    after = [row for row in rows() if row[4] > "2024-01-20"]
    assert packed["came"] == sum(int(row[5]) for row in after if row[1] == "Pack")
    assert {cell["name"] for cell in stations} == {"cut", "drill", "check", "pack"}
    assert hours["came"] == pytest.approx(sum(cell["came"] for cell in stations))
    assert first["sentence"] in " ".join(answer.out.split())
    said = answer.out
    assert f"{packed['came']:,.0f}" in next(line for line in said.splitlines() if line.startswith("pieces packed"))
    assert "2024-01-18" in said
    assert "a route breaks off where the log ends" in " ".join(said.split())


def test_a_line_that_is_there_stays_unless_force_is_said(folder: Path) -> None:
    fit(folder)
    (folder / "shop.yaml").write_text("mine", encoding="utf-8")

    refused = fit(folder)
    assert refused.code == 2
    assert "--force" in refused.err
    assert (folder / "shop.yaml").read_text("utf-8") == "mine"

    assert fit(folder, "--force").code == 0
    assert (folder / "shop.yaml").read_text("utf-8") != "mine"


def test_force_takes_away_nothing_that_a_fit_has_not_written(folder: Path) -> None:
    (folder / "shop.fits").mkdir()
    (folder / "shop.fits" / "thesis.txt").write_text("mine", encoding="utf-8")

    answer = fit(folder, "--force")

    assert answer.code == 2
    assert "holds what no fit has written" in answer.err
    assert names(folder / "shop.fits") == ["thesis.txt"]


def test_what_stood_there_comes_back_when_a_file_cannot_be_placed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit(folder)
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    replace = Path.replace

    def fails(self: Path, target: Path) -> Path:
        if self.suffix == ".fits" and self.parent.name.startswith(".shop-"):
            raise OSError(28, "No space left on device", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fails)
    answer = fit(folder, "--force", "--seed", 5)

    assert answer.code == 2
    assert "No space left on device" in answer.err
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before


def _without(text: str, column: str) -> str:
    place = HEADER.index(column)
    return "\n".join(",".join(c for i, c in enumerate(line.split(",")) if i != place) for line in text.splitlines())


def _in_millions(text: str, column: str) -> str:
    head, *lines = (line.split(",") for line in text.splitlines())
    place = head.index(column)
    said = [[f"{cell}000000" if i == place else cell for i, cell in enumerate(line)] for line in lines]
    return "\n".join(map(",".join, [head, *said]))


REFUSED = {
    "no date": (("--until", "soon"), '--until: "soon" is not a date; write 2012-02-15 or 2012-02-15T06:00'),
    "no day": (("--until", "2024-02-30"), '--until: "2024-02-30" is not a date'),
    "outside": (("--until", "2030-01-01"), "--until: lies outside the log"),
    "nothing before": (("--until", "2024-01-02"), "orders are too few to fit anything"),
    "validate alone": (("--validate",), "--validate: needs --until DATE"),
    "several": (("--until", "2024-01-20", "--until", "2024-01-19"), "several dates are for --validate"),
    "nothing after": (("--until", max(row[4] for row in rows()), "--validate"), "nothing is reported after --until"),
    "one sample": (("--samples", "1"), "--samples 1: write a whole number, 2 or more"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_options_that_do_not_fit_are_refused_in_one_sentence_and_nothing_is_written(folder: Path, case: str) -> None:
    options, sentence = REFUSED[case]
    before = names(folder)

    answer = fit(folder, *options)

    assert answer.code == 2
    assert sentence in answer.err
    assert len(answer.err.splitlines()) == 1
    assert answer.out == ""
    assert names(folder) == before


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("shop.yml", "a name here ends in .yaml"),
        ("my shop.yaml", "a line's name is a letter"),
        ("nowhere/shop.yaml", "there is no folder"),
        ("map.yaml", "would be written over"),
    ],
)
def test_places_that_do_not_fit_are_refused(folder: Path, line: str, sentence: str) -> None:
    before = names(folder)

    answer = fit(folder, line=line)

    assert answer.code == 2
    assert sentence in answer.err
    assert names(folder) == before


LOGS = {
    "lacks a column": (lambda text: _without(text, "good"), 'has no column "good" (columns.done)'),
    "no times": (lambda text: text.replace("2024-", "Jan-"), "none of its"),
    "too short": (lambda text: "\n".join(text.splitlines()[:12]), "orders are too few to fit anything"),
    "other kinds": (lambda text: text.replace("setup", "S").replace("work", "D"), "none of its"),
    "empty": (lambda _: "", "is empty"),
    "no line": (lambda text: _in_millions(text, "good"), "log.csv: shows no line that can run: shop.yaml:"),
}


@pytest.mark.parametrize("case", LOGS)
def test_a_log_that_cannot_be_fitted_is_refused_in_one_sentence(folder: Path, case: str) -> None:
    change, sentence = LOGS[case]
    (folder / "log.csv").write_text(change((folder / "log.csv").read_text("utf-8")), encoding="utf-8")
    before = names(folder)

    answer = fit(folder)

    assert answer.code == 2
    assert sentence in answer.err
    assert len(answer.err.splitlines()) == 1
    assert names(folder) == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "twin fit: name a log"),
        (("log.csv",), "twin fit: write --map MAP.yaml"),
        (("log.csv", "--map", "map.yaml"), "twin fit: write -o LINE.yaml"),
        (("log.txt", "--map", "map.yaml", "-o", "shop.yaml"), "a log is not read from .txt"),
        (("none.csv", "--map", "map.yaml", "-o", "shop.yaml"), "no such file"),
        (("log.csv", "--map", "none.yaml", "-o", "shop.yaml"), "there is no such file; name a mapping file"),
    ],
)
def test_what_is_missing_is_named(
    folder: Path, arguments: tuple[str, ...], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)

    answer = twin("fit", *arguments)

    assert answer.code == 2
    assert sentence in answer.err
    assert not (folder / "shop.yaml").exists()


@pytest.mark.skipif(not REAL.exists(), reason=f"the log of the machine shop is not at {REAL}")
def test_the_log_of_the_machine_shop_gives_a_line_that_loads(tmp_path: Path) -> None:
    answer = twin(
        "fit", REAL, "--map", MAPS / "machine_shop.yaml", "-o", tmp_path / "shop.yaml", "--until", "2012-02-15",
        "--samples", 5, "--json",
    )  # fmt: skip

    assert answer.code == 0, answer.err
    found = answer.document
    assert found["log"]["rows"] == 2943
    assert found["log"]["reports"] + found["log"]["duplicates"] + len(found["log"]["not_read"]) == found["log"]["rows"]
    assert {"turning_milling", "round_grinding", "packing"} <= {station["name"] for station in found["stations"]}
    line = load_line(tmp_path / "shop.yaml")
    samples = load_samples(tmp_path / "shop.yaml")
    assert samples is not None
    assert [samples.apply(line, i) != line for i in range(samples.count)] == [True] * 5


def test_the_log_shown_in_the_documentation_is_the_one_tested(tmp_path: Path) -> None:
    shown = Path(__file__).parents[3] / "docs" / "how-to" / "shop_log.csv"

    assert write_log(tmp_path / "log.csv").read_bytes() == shown.read_bytes()
