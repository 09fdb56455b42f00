from __future__ import annotations

import pytest

from twin.calibration.wording import distribution_text, number_text, time_text
from twin.line.distributions import Constant, Empirical, Gamma, Lognormal


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (1.0, "1"), (0.123456, "0.1235"), (12345.6, "1.235e+04"), (0.00012, "0.00012")]
)
def test_numbers_have_four_digits(value: float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (119.99, "120 s"),
        (120, "2 min"),
        (7199, "120 min"),
        (7200, "2 h"),
        (172_800, "2 d"),
        (1e6, "11.57 d"),
    ],
)
def test_times_are_in_the_largest_unit_of_which_there_are_two(seconds: float, text: str) -> None:
    assert time_text(seconds) == text


def test_distributions_are_written_as_a_line_file_has_them() -> None:
    assert distribution_text(Constant(600.0)) == "10 min"
    assert distribution_text(Lognormal(3600.0, 0.123456)) == {"lognormal": {"mean": "60 min", "cv": 0.1235}}
    assert distribution_text(Gamma(12.34567, 2.0), number=True) == {"gamma": {"mean": 12.35, "shape": 2.0}}
    assert distribution_text(Empirical((60.0, 7200.0), (1.0, 3.0))) == {
        "empirical": {"values": ["60 s", "2 h"], "weights": [1.0, 3.0]}
    }
