"""The short marks of a drawing that say what a station is, where it is more than a machine, and what circulates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.line.joined_work import feeds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twin.line.line import Line


def mark(line: Line, name: str) -> str:
    """Return the mark of a station, "" of a machine or an inspection.

    What a split makes of one, the parts that an assembly joins by feed, what a batch, a belt or a store holds.
    """
    station = line.stations[name]
    places = "∞" if station.capacity is None else f"{station.capacity:,}"
    return {
        "split": f"×{station.parts}",
        "assembly": "+".join(str(takes) for _, takes in feeds(line, name)) if station.kind == "assembly" else "",
        "batch": f"batch {station.size}",
        "conveyor": f"belt {places}",
        "storage": f"store {places}",
    }.get(station.kind, "")


def marked_names(line: Line, names: dict[str, str]) -> dict[str, str]:
    """Return the names of a drawing, those of stations with their marks behind them."""
    return names | {name: f"{names[name]} ({found})" for name in line.stations if (found := mark(line, name))}


def marks_text(line: Line) -> str:
    """Say what the marks of a line's stations mean; "" where there are none."""
    kinds = {station.kind for station in line.stations.values()}
    meanings = {"split": "×12, parts made of one", "assembly": "4+1, parts joined by feed"}
    said = [meaning for kind, meaning in meanings.items() if kind in kinds]
    said += ["parts that a batch, belt or store holds"] * bool(kinds & {"batch", "conveyor", "storage"})
    return f"Behind a name: {'; '.join(said)}." if said else ""


def carrier_texts(line: Line) -> Iterator[str]:
    """Yield a row for each kind of carrier: how many there are, and between which stations they are held."""
    for name, carrier in line.carriers.items():
        yield f"{name}: {carrier.number:,}, each held from {carrier.from_} to {carrier.to}"
