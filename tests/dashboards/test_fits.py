from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import numpy as np
import pytest

from dashboards.fits import fit_svg, picture_name, subject, survival
from twin.calibration.calibrate import FitRow
from twin.calibration.families import fit_families

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser

SVG = "{http://www.w3.org/2000/svg}"
TIMES = np.random.default_rng(4).weibull(1.5, 40) * 3 * 3600 + 60


def row(
    values: Sequence[float] | np.ndarray,
    over: Sequence[bool] | None = None,
    *,
    path: str = "stations.weld.cycle",
    station: str | None = "Weld & <grind>",
    what: str = "cycle",
    form: str = "whole lot",
    family: str | None = None,
) -> FitRow:
    times = np.asarray(values, dtype=float)
    seen = np.ones(len(times), dtype=bool) if over is None else np.asarray(over)
    families = {} if family is None else {"families": (family,)}
    return FitRow(path, station, what, form, times, seen, fit_families(times, censored=~seen, samples=50, **families))


def texts(svg: str) -> list[str]:
    return ["".join(text.itertext()).replace("\u00a0", " ") for text in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314


def points(svg: str, colour: str) -> np.ndarray:
    """Return the corners of the longest line of a colour [px]."""
    drawn = [path.attrib["d"] for path in ET.fromstring(svg).iter(f"{SVG}path") if path.attrib["stroke"] == colour]  # noqa: S314
    return np.array([[float(number) for number in pair.split()] for pair in max(drawn, key=len)[1:].split("L")])


def test_the_title_says_whether_the_law_fits() -> None:
    fits = texts(fit_svg(row(TIMES, family="weibull")))
    twins = np.concatenate((np.full(20, 60.0), np.full(20, 61.0), [7200.0]))
    misfit = " ".join(texts(fit_svg(row(twins, family="exponential"))))

    assert re.fullmatch(r"Weld & <grind>, cycle: in keeping with a Weibull law \(p 0\.\d\d\)\.", fits[0])
    assert misfit.startswith("Weld & <grind>, cycle: no family tried fits; the likeliest is an exponential law (p 0.0")


def test_what_was_not_seen_to_its_end_is_named_and_marked() -> None:
    over = np.arange(len(TIMES)) % 5 > 0
    svg = fit_svg(row(TIMES, over))

    said = " ".join(texts(svg))
    assert "not all ended, so no test judges it" in said
    assert "40 seen, 8 of them not to their end" in said
    assert "Kaplan-Meier" in said
    ends = [path.attrib["d"] for path in ET.fromstring(svg).iter(f"{SVG}path")]  # noqa: S314
    upright = [re.fullmatch(r"M([\d.]+) ([\d.]+)L\1 ([\d.]+)", d) for d in ends]
    marks = [mark for mark in upright if mark and float(mark[3]) - float(mark[2]) == pytest.approx(10)]
    beyond = int((TIMES[~over] > 1.05 * np.quantile(TIMES, 0.97)).sum())
    assert len(marks) == 8 - beyond


def test_the_steps_end_at_all_and_the_law_crosses_its_median_where_half_were_seen() -> None:
    fitted = row(TIMES, family="weibull")
    svg = fit_svg(fitted)
    law, steps = points(svg, "#1771A2"), points(svg, "#14181D")

    bottom, half = law[0, 1], law[0, 1] - 110  # the plot is 220 px high
    assert (np.diff(law[:, 1]) <= 0).all()
    assert (np.diff(steps[:, 1]) <= 0).all()
    assert steps[0, 1] == bottom
    marks = [float(text) for text in texts(svg) if re.fullmatch(r"[\d.]+", text)]
    to_px = (law[-1, 0] - law[0, 0]) / (max(marks) * 3600)
    median = law[0, 0] + fitted.fit.distribution.quantile(0.5) * to_px
    assert np.interp(-half, -law[:, 1], law[:, 0]) == pytest.approx(median, abs=1)


def test_survival_counts_who_is_still_at_risk() -> None:
    # 1 of 4 ends at 1; one is lost at 2; of the two left one ends at 3.
    times, left = survival(np.array([1.0, 2.0, 3.0, 5.0]), np.array([True, False, True, False]))

    assert times.tolist() == [1.0, 3.0]
    assert left.tolist() == pytest.approx([3 / 4, 3 / 4 * 1 / 2])


def test_one_value_and_values_that_are_alike_need_no_law() -> None:
    once = texts(fit_svg(row([14_400.0])))
    always = texts(fit_svg(row([14_400.0] * 6)))
    heaped = texts(fit_svg(row([60.0] * 9 + [90.0, 120.0])))

    assert once[0] == "Weld & <grind>, cycle: seen once, 4 h."
    assert always[0] == "Weld & <grind>, cycle: always 4 h."
    assert "most are alike" in heaped[0]


@pytest.mark.parametrize(
    ("asked", "name", "axis"),
    [
        ({"path": "stations.weld.cycle"}, "weld.cycle.svg", "h"),
        ({"path": "stations.weld.cycle", "form": "per piece"}, "weld.cycle.svg", "h a piece"),
        (
            {"path": "stations.weld.cycle", "form": "pieces ^ 0.50"},
            "weld.cycle.svg",
            "time of a lot, as a multiple of what its size makes usual (pieces ^ 0.50)",
        ),
        (
            {"path": "route.cut->weld.delay", "what": "wait before", "form": ""},
            "weld.wait_before.svg",
            "h of working time",
        ),
        (
            {"path": "source.orders.pieces", "what": "pieces", "form": "", "station": None},
            "orders.pieces.svg",
            "pieces",
        ),
    ],
)
def test_a_picture_is_called_and_its_axis_named_by_what_the_law_is_of(
    asked: dict[str, str], name: str, axis: str
) -> None:
    found = row(TIMES, **asked)

    assert picture_name(found) == name
    said = texts(fit_svg(found))
    assert axis in said
    assert said[0].startswith(subject(found))


def test_a_long_tail_is_cut_and_named() -> None:
    said = " ".join(texts(fit_svg(row([*TIMES, 400 * 3600.0]))))

    assert "1 beyond the axis" in said or "2 beyond the axis" in said


def test_no_word_is_cut_or_smaller_than_twelve_pixels(browser: Browser) -> None:
    over = np.arange(len(TIMES)) % 5 > 0
    page = browser.new_page(viewport={"width": 800, "height": 600})
    page.set_content(fit_svg(row(TIMES, over, station="Turn & Mill. & Screw Assem", form="pieces ^ 0.50")))

    boxes = page.evaluate(
        "[...document.querySelectorAll('text')].map(t => [t.getBBox().x, t.getBBox().x + t.getBBox().width,"
        " t.getBBox().y + t.getBBox().height, parseFloat(getComputedStyle(t).fontSize)])"
    )
    height = page.evaluate("document.querySelector('svg').viewBox.baseVal.height")
    page.close()

    assert len(boxes) > 10
    for left, right, foot, size in boxes:
        assert left >= 0
        assert right <= 680
        assert foot <= height
        assert size >= 12
