"""A line of more ways than can be drawn, on which most of what is made goes straight on."""

from __future__ import annotations

from twin.line.line import Line

NAMES = tuple(f"station_{number}" for number in range(1, 9))


def ways() -> list[dict[str, object]]:
    """Return the ways: six in ten to the next station, a quarter to the one behind it, the rest to three more, or out.

    What goes to the next station waits 2 h on its way.
    """
    found: list[dict[str, object]] = []
    for place, name in enumerate(NAMES):
        onward = [*NAMES[place + 1 : place + 6], "out"][:5]
        given = dict(zip(onward, ("0.6", "0.25", "0.05", "0.05"), strict=False))
        given.pop(onward[-1], None)  # it takes the rest
        found += [
            {"from": name, "to": to}
            | ({"probability": given[to]} if to in given else {})
            | ({"delay": "2 h"} if to == onward[0] and to != "out" else {})
            for to in onward
        ]
    return found


def described() -> dict[str, object]:
    """Return the line as in a line file: orders of 10 pieces that move as one lot."""
    return {
        "line": "crowded",
        "move": "order",
        "operators": {"operator_of_the_first_half": "2", "operator_of_the_second_half": "2"},
        "source": {"orders": {"every": "10 h", "pieces": "10"}},
        "stations": {
            name: {"cycle": {"per_piece": "6 min"}, "crew": {f"operator_of_the_{half}_half": "1"}}
            for place, name in enumerate(NAMES)
            for half in ("first" if place < len(NAMES) / 2 else "second",)
        },
        "route": ways(),
    }


def crowded_line() -> Line:
    """Return the line."""
    return Line.model_validate(described())
