"""The one table of colours, glyphs and patterns, for terminal and drawings alike.

A machine state is told by silhouette, pattern and word; its colour only repeats them. Neighbouring states differ in
lightness first, and stay apart for the three kinds of colour blindness (Okabe and Ito, 2008; WCAG 2.2, 1.4.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Theme = Literal["light", "dark"]
Pattern = Literal["solid", "vertical", "diagonal", "horizontal", "dark_diagonal", "dots", "wide_diagonal", "outline"]

SANS = '-apple-system, "Segoe UI Variable", "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif'
"""Fonts of every drawing and page; `system-ui` is left out because on a bare Linux it is a wide face."""


class Colour(NamedTuple):
    """One colour in both themes, as `#RRGGBB`."""

    light: str
    dark: str

    def on(self, theme: Theme) -> str:
        """Pick the colour of a theme."""
        return self.dark if theme == "dark" else self.light


@dataclass(frozen=True, slots=True)
class StateLook:
    """How one machine state is shown.

    Attributes
    ----------
    word, code
        For people, and the short code where a bar has no room for the word.
    colour
        At least 3:1 against card and page; for symbols and areas, never for small text.
    glyph, bar
        Symbol, and one cell of a bar of time, on a terminal.
    ascii_glyph, ascii_bar
        The same where only ASCII can be written.
    pattern, height
        Fill of a strip of time, and the share of its height [1]: working 0.3, waiting 0.65, stopped 1.
    shape
        SVG of the symbol on a square of 24; `{card}` stands for the card's colour.
    """

    word: str
    code: str
    colour: Colour
    glyph: str
    bar: str
    ascii_glyph: str
    ascii_bar: str
    pattern: Pattern
    height: float
    shape: str


_STROKE = 'fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"'
_CUT = 'fill="none" stroke="{card}" stroke-width="2.8" stroke-linecap="round"'

STATES: dict[str, StateLook] = {
    "processing": StateLook(
        "Running", "RUN", Colour("#1771A2", "#55AFEB"), "▶", "━", ">", "=", "solid", 0.3,
        '<path d="M5 3.5 21 12 5 20.5z"/>',
    ),
    "starved": StateLook(
        "Starved", "STV", Colour("#0393A4", "#98EBEB"), "|▷", "░", "|>", ".", "vertical", 0.65,
        f'<path {_STROKE} d="M3.5 4v16M9 5.5 20 12 9 18.5z"/>',
    ),
    "blocked": StateLook(
        "Blocked", "BLK", Colour("#CE731F", "#F7BF2D"), "▶|", "▒", ">|", "/", "diagonal", 0.65,
        '<path d="M3 4 15 12 3 20z"/><path d="M17 4h4v16h-4z"/>',
    ),
    "setup": StateLook(
        "Set-up", "SET", Colour("#627031", "#E7E7A1"), "⇄", "=", "<>", "s", "horizontal", 0.65,
        f'<path {_STROKE} d="M4 8h15M14.5 3.5 19.5 8l-5 4.5M20 16.5H5M9.5 12 4.5 16.5l5 4.5"/>',
    ),
    "down": StateLook(
        "Down", "DOWN", Colour("#C82B0A", "#F87E54"), "✕", "█", "X", "#", "solid", 1.0,
        f'<rect x="2" y="2" width="20" height="20" rx="3"/><path {_CUT} d="m7.5 7.5 9 9m0-9-9 9"/>',
    ),
    "waiting_repair": StateLook(
        "No technician", "WREP", Colour("#8C2735", "#D5455C"), "▲!", "▓", "!", "!", "dark_diagonal", 1.0,
        f'<path d="M12 1.5 23.5 22H.5z"/><path {_CUT} d="M12 9v5.5m0 3.6v.1"/>',
    ),
    "waiting_operator": StateLook(
        "No operator", "WOP", Colour("#954F75", "#CD96BA"), "☻", "o", "?", "o", "dots", 0.65,
        '<circle cx="12" cy="7" r="5"/><path d="M2.5 22a9.5 8 0 0 1 19 0z"/>',
    ),
    "maintenance": StateLook(
        "Maintenance", "MNT", Colour("#3C3F92", "#7779DC"), "◉", "m", "M", "m", "wide_diagonal", 0.65,
        '<path fill-rule="evenodd" '
        'd="M6.5 2.5h11L23 12l-5.5 9.5h-11L1 12zM12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z"/>',
    ),
    "off_shift": StateLook(
        "Off shift", "OFF", Colour("#808286", "#7E8084"), "☾", " ", "-", " ", "outline", 0.12,
        f'<path {_STROKE} d="M20 14.5A8.5 8.5 0 1 1 9.5 4 7 7 0 0 0 20 14.5z"/>',
    ),
}  # fmt: skip
"""The nine machine states, in the order in which a bar of time shows them: working, waiting, stopped."""

TOKENS: dict[str, Colour] = {
    "page": Colour("#F2F4F6", "#0F1317"),
    "card": Colour("#FFFFFF", "#181D23"),
    "track": Colour("#E4E8EC", "#2A313A"),
    "ink": Colour("#14181D", "#E8ECF0"),
    "ink-2": Colour("#444C56", "#B6BEC8"),
    "ink-3": Colour("#626A75", "#929BA6"),
    "rule": Colour("#D3D8DE", "#2D343C"),
    "rule-2": Colour("#848C96", "#6F7883"),
    "total": Colour("#59626D", "#7B8590"),
    "accent": Colour("#1771A2", "#55AFEB"),
    "band": Colour("#BFD9EA", "#1F4159"),
    "good": Colour("#1F6F4A", "#6CC79A"),
    "bad": Colour("#B3260A", "#FF9A78"),
    "alarm": Colour("#FBE9E4", "#33201B"),
    "less": Colour("#1771A2", "#55AFEB"),
    "more": Colour("#CE731F", "#F7BF2D"),
}
"""Colours by their use; `good`, `bad` for words beside a number, `less`, `more` for differences of cost."""

LEVELS: tuple[tuple[str, str], ...] = (
    ("#8C2735", "2 3"),
    ("#B86512", "8 3 2 3"),
    ("#1771A2", ""),
    ("#3C3F92", "9 4"),
    ("#627031", "5 2"),
    ("#954F75", "1 3 5 3"),
)
"""Colour on white and dashes of the line of a level of automation, from the least automated on."""


def level_looks(count: int) -> list[tuple[str, str]]:
    """Pick the looks of so many levels, at most as many as there are: two are told apart best far from each other."""
    places = {1: [2], 2: [0, 2], 3: [0, 2, 3]}.get(count, range(count))
    return [LEVELS[place] for place in places]
