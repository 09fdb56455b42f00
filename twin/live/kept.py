"""Sums as text: what a checkpoint keeps of a snapshot, to the bit."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from typing import Any

import numpy as np

from twin.kpi.snapshot import Snapshot

_ARRAYS = (
    "spent", "joules", "stood_by", "entries", "slots", "machines", "ideal_s", "buffers", "pools", "counts", "lead_bins",
    "peaks", "means",
)  # fmt: skip
_PLAIN = ("time_s", "wip_s", "lead_sum_s", "open_stops")


def pack(snapshot: Snapshot) -> dict[str, Any]:
    """Return a snapshot as data that JSON can hold."""
    arrays = [np.ascontiguousarray(getattr(snapshot, name)) for name in _ARRAYS]
    text = b64encode(zlib.compress(b"".join(array.tobytes() for array in arrays), 1)).decode()
    shapes = [[array.dtype.str, list(array.shape)] for array in arrays]
    return {"arrays": text, "shapes": shapes, **{name: getattr(snapshot, name) for name in _PLAIN}}


def unpack(data: dict[str, Any]) -> Snapshot:
    """Return the snapshot that `pack` was given."""
    raw, place = zlib.decompress(b64decode(data["arrays"])), 0
    arrays: list[Any] = []
    for kind, shape in data["shapes"]:
        count = int(np.prod(shape))
        array = np.frombuffer(raw, kind, count, place).reshape(shape)
        arrays.append(array)
        place += array.nbytes
    stops = tuple((row, start, tuple(map(tuple, shares))) for row, start, shares in data["open_stops"])
    held: dict[str, Any] = {**dict(zip(_ARRAYS, arrays, strict=True)), **{name: data[name] for name in _PLAIN}}
    return Snapshot(**held | {"open_stops": stops})
