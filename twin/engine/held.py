"""What holds parts, in numbers: belts and stores, and the carriers on which parts go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from twin.engine.builder import Row, filled
from twin.engine.records import INFINITE, UNLIMITED
from twin.engine.streams import BLOCK, RESERVE
from twin.line.carriers import buffers_of
from twin.line.discrete import Constant
from twin.line.station import HOLDERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.engine.builder import Builder
    from twin.line.carriers import Carrier
    from twin.line.station import Station

Tables = dict[str, np.ndarray[Any, Any]]


def station_held(b: Builder, name: str, station: Station) -> Row:
    """Return what a station that holds parts needs besides; nothing for any other."""
    if station.kind not in HOLDERS:
        return {}
    capacity = UNLIMITED if station.capacity is None else station.capacity
    if station.kind == "storage":
        return {"many": capacity, "stay_stream": b.stream(name, 0, "stay", station.stay)}
    belt = station.belt_s
    return {
        "many": capacity, "belt": belt, "pitch": belt / capacity,
        "accumulating": int(station.accumulating),
    }  # fmt: skip


def machine_held(station: Station) -> Row:
    """Return what the machine of a station needs besides: an empty belt that moves, and nothing to work on."""
    fields: Row = {"head": -1, "tail": -1, "stopped": -1.0, "entered": -INFINITE}
    if station.kind in HOLDERS:
        fields |= {"entry_timer": -1, "work": INFINITE}
    return fields


def _buffers(b: Builder) -> dict[str, Carrier]:
    return buffers_of(b.line.carriers, b.line.stations)


def add_carriers(b: Builder, edges: list[Row], stations: Sequence[Row]) -> list[str]:
    """Add an edge for each kind of carriers, behind all others, and tell stations theirs; return the edges' names."""
    for row in edges:
        row["until"] = -1
    for name, kind in _buffers(b).items():
        comes_back = kind.return_ != Constant(0.0)
        # All carriers of a kind may be freed at one instant, by parts joined of many.
        burst = min(kind.number, BLOCK - RESERVE)
        start = b.station_index[kind.from_]
        station = stations[start]
        if station.get("first_carrier", 0) == station.get("last_carrier", 0):
            station["first_carrier"] = len(edges)
        station["last_carrier"] = len(edges) + 1
        station["comes_again"] = station.get("comes_again", 0) or int(_comes_again(b, kind, edges))
        edges.append({
            "from": name, "to": start, "until": b.station_index[kind.to], "share": 1.0, "capacity": UNLIMITED,
            "rework": 0, "limit": -1, "arrival_stream": -1, "overtaking": 1,
            "stream": b.stream(name, 0, "return", kind.return_, burst) if comes_back else -1,
        })  # fmt: skip
    return list(_buffers(b))


def _comes_again(b: Builder, kind: Carrier, edges: Sequence[Row]) -> bool:
    """Say whether a part can come to where it was put on a carrier before it leaves it."""
    names = list(b.station_index)
    reached, ahead = set[int](), [b.station_index[kind.from_]]
    while ahead:
        name = names[ahead.pop()]
        to = {row["to"] for row in edges if row["from"] == name and row["to"] >= 0} if name != kind.to else set()
        ahead += to - reached
        reached |= to
    return b.station_index[kind.from_] in reached


def add_tokens(b: Builder, tables: Tables) -> None:
    """Put a record for each carrier behind those of parts; at time 0 all carriers are free."""
    first = len(tables["edges"]) - len(b.line.carriers)
    place = len(tables["parts"])
    rows: list[Row] = []
    for e, (_, kind) in enumerate(_buffers(b).items(), first):
        head = place + len(rows)
        rows += [
            {"number": k + 1, "step": e, "next": head + k + 1, "carrier": -1, "order": -1, "left": -1.0}
            for k in range(kind.number)
        ]
        rows[-1]["next"] = -1
        edge = tables["edges"][e : e + 1]
        edge["head"], edge["tail"] = head, place + len(rows) - 1
        edge["level"] = edge["ready"] = kind.number
    tables["parts"] = np.concatenate([tables["parts"], filled("parts", rows, full=True)])
