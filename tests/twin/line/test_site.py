"""Sites as they are read, and what they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

import lines
from support.priced import ASSUMED, site
from twin.errors import InputError
from twin.line.site import Site, Sourced, load_site, paid_as
from twin.line.work_calendar import DAYS, PATTERNS, Shifts

if TYPE_CHECKING:
    from pathlib import Path

WAGE = {"low": "40 EUR/h", "mode": "46.5 EUR/h", "high": "52 EUR/h", "source": "a register", "year": "2025"}


def sourced(part: object) -> list[Sourced]:
    """Return every number of a site that has a source."""
    if isinstance(part, Sourced):
        return [part]
    if isinstance(part, Site):
        return [figure for name in type(part).model_fields for figure in sourced(getattr(part, name))]
    return [figure for value in part.values() for figure in sourced(value)] if isinstance(part, dict) else []


@pytest.mark.parametrize("name", lines.site_names())
def test_sites_that_come_with_the_project_answer_all_that_a_line_asks(name: str) -> None:
    place = load_site(lines.site_path(name))
    assert place.name == name
    assert all(place.premium(Shifts(pattern=pattern)) >= 0 for pattern in PATTERNS)
    assert place.wage("technician") > place.wage() > 0
    assert place.wage(case="low") < place.wage() < place.wage(case="high")
    assert all(figure.is_assumption or figure.year for figure in sourced(place))
    assert len(sourced(place)) == 11


def test_wages_of_the_two_sites() -> None:
    france, china = (load_site(lines.site_path(name)) for name in ("france", "china"))
    assert [france.wage(case=case) for case in ("low", "mode", "high")] == [40.0, 46.5, 52.0]
    assert [china.wage(case=case) for case in ("low", "mode", "high")] == [5.5, 7.5, 9.5]
    assert france.electricity.value == pytest.approx(0.172)
    assert france.wage("technician") == pytest.approx(1.15 * 46.5, abs=0.05)


def test_a_site_has_a_time_zone_and_it_is_utc_unless_named() -> None:
    zones = {name: load_site(lines.site_path(name)).zone for name in lines.site_names()}
    assert zones == {"china": "Asia/Shanghai", "france": "Europe/Paris"}
    assert site().zone == "UTC"
    assert site(zone="America/New_York").zone == "America/New_York"


def test_a_cost_without_a_range_is_its_mode_throughout() -> None:
    assert site().wage(case="low") == site().wage(case="high") == site().wage() == 40.0


def test_the_published_absence_is_that_of_the_plant_unless_stated() -> None:
    assert site().published_absence == 0.06
    assert site(absence_in_cost={"value": "5 %"} | ASSUMED).published_absence == 0.05


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"absence": {"value": "6 %", "source": "a survey"}}, "year.* is missing"),
        ({"absence": {"value": "100 %"} | ASSUMED}, "less than 1"),
        ({"absence": {"value": "6 %", "source": ""}}, "at least 1 character"),
        ({"hours_per_year": {"value": "9000"} | ASSUMED}, "8760"),
        ({"hours_per_year": {"value": "nan"} | ASSUMED}, "finite"),
        ({"electricity": {"value": "0.1 EUR/h"} | ASSUMED}, "EUR/kWh"),
        ({"cost_per_hour_worked": {"technician": WAGE}}, "has no operator"),
        ({"cost_per_hour_worked": {"operator": WAGE | {"low": "47 EUR/h"}}}, "47, 46.5 and 52"),
        ({"cost_per_hour_worked": {"operator": {"mode": "0 EUR/h"} | ASSUMED}}, "above 0"),
        ({"shift_premium": {"3x9": {"value": "5 %"} | ASSUMED}}, 'no pattern "3x9"; did you mean'),
        ({"wages": {}}, "Extra inputs"),
        ({"zone": "Europe/Pari"}, 'no time zone "Europe/Pari"; did you mean Europe/Paris?'),
        ({"zone": "Europe"}, 'no time zone "Europe"; '),
        ({"zone": ""}, 'no time zone ""; write its IANA name, such as Europe/Paris'),
        ({"zone": "/etc/passwd"}, 'no time zone "/etc/passwd"'),
        ({"zone": "../UTC"}, 'no time zone "../UTC"'),
    ],
)
def test_what_is_wrong_with_a_site_is_told(changes: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        site(**changes)


def test_a_skill_or_a_pattern_that_the_site_does_not_know_is_named() -> None:
    with pytest.raises(InputError, match=r'site home: .* no skill "operater"; did you mean operator'):
        site().wage("operater")
    with pytest.raises(InputError, match="site home: shift_premium has no pattern"):
        site().premium(Shifts(pattern="5x8"))


@pytest.mark.parametrize(
    ("times", "pattern"),
    [
        ({"mon": ["06:00-14:00"]}, "1x8"),
        ({"mon": ["06:00-14:00"], "tue": ["06:00-14:00", "14:00-22:00"]}, "2x8"),
        ({"mon": ["00:00-06:00", "06:00-12:00", "12:00-18:00", "18:00-24:00"]}, "3x8"),
        ({day: ["00:00-12:00", "12:00-24:00"] for day in DAYS}, "5x8"),
    ],
)
def test_explicit_times_are_paid_as_the_pattern_with_as_many_shifts_a_day(
    times: dict[str, list[str]], pattern: str
) -> None:
    assert paid_as(Shifts.model_validate({"times": times})) == pattern


def test_a_file_is_told_its_problems_with_their_lines(tmp_path: Path) -> None:
    text = lines.site_path("france").read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text.replace("0.172 EUR/kWh", "0.172 EUR").replace("value: 1525", "value: -1"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_site(wrong)
    written = wrong.read_text(encoding="utf-8").splitlines()
    hours, price = written.index("  value: -1") + 1, written.index("  value: 0.172 EUR") + 1
    places = [problem.split(": ", 1)[0] for problem in caught.value.problems]
    assert places == [f"{wrong}:{hours} hours_per_year.value", f"{wrong}:{price} electricity.value"]
