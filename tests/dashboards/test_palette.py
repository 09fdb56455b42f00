"""The palette: complete, readable, and told apart without colour."""

from __future__ import annotations

import itertools

import pytest

from dashboards.palette import STATES, TOKENS, Colour, Theme
from twin.events import STATES as MACHINE_STATES

THEMES: tuple[Theme, ...] = ("light", "dark")


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: Colour, other: Colour, theme: Theme) -> float:
    light, dark = sorted((luminance(one.on(theme)), luminance(other.on(theme))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_of_black_and_white_is_21() -> None:
    assert contrast(Colour("#000000", "#000000"), Colour("#FFFFFF", "#FFFFFF"), "light") == pytest.approx(21)


def test_every_machine_state_has_a_look() -> None:
    assert set(STATES) == set(MACHINE_STATES)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["page", "card"])
def test_symbols_are_seen_and_words_are_read_on_every_ground(theme: Theme, ground: str) -> None:
    for name, look in STATES.items():
        assert contrast(look.colour, TOKENS[ground], theme) >= 3, name
    for name in ("ink", "ink-2", "ink-3", "total", "accent", "good", "bad"):
        assert contrast(TOKENS[name], TOKENS[ground], theme) >= 4.5, name


def test_states_are_told_apart_without_colour() -> None:
    for one, other in itertools.combinations(STATES.values(), 2):
        assert (one.pattern, one.height) != (other.pattern, other.height)
        assert one.glyph != other.glyph
        assert one.bar != other.bar
        assert one.ascii_glyph != other.ascii_glyph
        assert one.ascii_bar != other.ascii_bar
        assert one.code != other.code
        assert one.shape != other.shape


def test_what_is_for_ascii_is_ascii_and_a_bar_is_one_cell() -> None:
    for look in STATES.values():
        assert (look.ascii_glyph + look.ascii_bar).isascii()
        assert len(look.bar) == len(look.ascii_bar) == 1
