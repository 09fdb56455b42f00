from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from connectors.log_mapping import load_mapping_text
from connectors.production_log import read_log
from support.shop_log import MAPPING, write_log
from twin.calibration.calibrate import Calibration, calibrate
from twin.calibration.line_text import WIDTH, flow, line_text
from twin.line.load import load_line_text

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Calibration:
    folder: Path = tmp_path_factory.mktemp("log")
    mapping = load_mapping_text(MAPPING, "map.yaml")
    return calibrate(read_log(write_log(folder / "log.csv"), mapping), samples=2)


@pytest.fixture(scope="module")
def text(found: Calibration) -> str:
    return line_text(found, "shop", beside="Beside it stands shop.samples.csv.")


def test_the_text_says_what_the_document_says(found: Calibration, text: str) -> None:
    read = yaml.safe_load(text)

    assert read.pop("line") == "shop"
    assert read.pop("basis") == found.basis
    assert read == found.document


def test_the_line_loads_and_every_number_has_a_basis(text: str) -> None:
    from twin.line.basis import guesses

    line = load_line_text(text, "shop.yaml")

    assert list(line.stations) == ["cut", "drill", "check", "pack"]
    assert guesses(line) == []


def test_the_header_names_log_time_orders_reports_and_what_is_not_known(found: Calibration, text: str) -> None:
    header = [line for line in text.splitlines() if line.startswith("#")]
    said = " ".join(line.lstrip("# ") for line in header)

    assert text.startswith("# Fitted to log.csv, 2024-01-01 ")
    assert "60 orders" in said
    assert f"{len(found.plant.reports)} reports" in said
    assert "Beside it stands shop.samples.csv." in said
    for sentence in found.unknown:
        assert sentence in said
    assert max(map(len, header)) <= WIDTH
    assert "/" not in header[0]  # the log's name alone, not where it lay


def test_each_edge_has_a_line_of_its_own(found: Calibration, text: str) -> None:
    edges = text.partition("\nroute:\n")[2].partition("\n\n")[0].splitlines()

    assert [yaml.safe_load(edge)[0] for edge in edges] == found.document["route"]


def test_a_law_that_was_judged_says_so(found: Calibration, text: str) -> None:
    setup = next(row for row in found.fits if row.path == "stations.cut.setup.time")

    assert setup.fit.p_value is not None
    assert f"setup: {{time: {{{setup.fit.family}: " in text or "setup:  # p" in text
    assert f"# p {setup.fit.p_value:.2f}" in text


@pytest.mark.parametrize("value", ["on", "yes: no", "a # b", "12", "null", "Höhne & Söhne", "- x", '"', ""])
def test_names_that_yaml_would_read_otherwise_are_quoted(value: str) -> None:
    assert yaml.safe_load(f"key: {flow(value)}") == {"key": value}
    assert "\n" not in flow(value)
