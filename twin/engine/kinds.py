"""What stations of special kinds have in numbers: how many parts go in and come out at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.engine.records import ASSEMBLY, BATCH, CONVEYOR, MACHINE, SPLIT, STORAGE

if TYPE_CHECKING:
    from twin.engine.builder import Row
    from twin.line.station import Station

KINDS = {
    "machine": MACHINE, "inspection": MACHINE, "assembly": ASSEMBLY, "split": SPLIT, "batch": BATCH,
    "conveyor": CONVEYOR, "storage": STORAGE,
}  # fmt: skip
"""The kinds of station by their names in the line file."""


def kind_fields(station: Station) -> Row:
    """Return what a station's kind adds to its row: the kind, how many parts it makes of one or takes at once."""
    return {"kind": KINDS[station.kind]}
