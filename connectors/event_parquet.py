"""Event logs in Parquet: a column of its own type for each field, and of which run it is in the file's metadata."""

from __future__ import annotations

import types
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from connectors.event_rows import COLUMNS, HEADER, are_columns, complete, event_of, row_of
from twin.errors import InputError
from twin.events import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa

    from twin.events import Event

PREFIX = "twin."
"""Begins the name of every text that we keep in a file's metadata."""
ROWS = 20_000
"""Events written, and read, at a time."""
_TEXTS, _REALS = ("source", "line", "station", "kind"), ("time",)


def write_parquet(events: Iterable[Event], path: Path, texts: Mapping[str, str]) -> int:
    """Write events to a Parquet file, and texts into its metadata; return the number of events."""
    from pyarrow import RecordBatch, array
    from pyarrow.parquet import ParquetWriter

    count, schema, rows = 0, _schema(texts), map(row_of, events)
    with complete(path, binary=True) as file, ParquetWriter(file, schema) as writer:
        while some := list(islice(rows, ROWS)):
            columns = zip(*some, strict=True)
            arrays = [array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_batch(RecordBatch.from_arrays(arrays, schema=schema))
            count += len(some)
    return count


def read_parquet(path: Path) -> Iterator[Event]:
    """Read a Parquet file of events, one at a time; raises as `read_events`."""
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    row = 0
    try:
        with ParquetFile(path) as file:
            if not are_columns(file.schema_arrow.names):
                raise InputError(f"{path}: these are not the columns of an event log; write {','.join(COLUMNS)}")
            for batch in file.iter_batches(ROWS):
                for values in batch.to_pylist():
                    row += 1
                    yield event_of(values, f"{path}:{row}")
    except (OSError, ArrowException, ValueError, KeyError) as error:
        raise _unreadable(path, error) from error


def kept_texts(path: Path) -> dict[str, str]:
    """Return the texts that a file's metadata keep, by name.

    Raises
    ------
    InputError
        If the file cannot be read as Parquet.
    """
    from pyarrow import ArrowException
    from pyarrow.parquet import read_schema

    try:
        metadata = read_schema(path).metadata or {}
        texts = {name.decode(): value.decode() for name, value in metadata.items()}
    except (OSError, ArrowException, ValueError, KeyError) as error:
        raise _unreadable(path, error) from error
    return {name.removeprefix(PREFIX): text for name, text in texts.items() if name.startswith(PREFIX)}


def _unreadable(path: Path, error: Exception) -> InputError:
    return InputError(f"{path}: cannot be read as an event log ({str(error).splitlines()[0]})")


def _schema(texts: Mapping[str, str]) -> pa.Schema:
    from pyarrow import bool_, field, float64, int64, schema, string

    arrow = {str: string(), bool: bool_(), float: float64(), int: int64()}
    header = {name: str if name in _TEXTS else float if name in _REALS else int for name in HEADER}
    fields = {name: kind for model in KINDS.values() for name, kind in _kinds(model).items()}
    metadata = {f"{PREFIX}{name}": text for name, text in texts.items()}
    return schema([field(name, arrow[kind]) for name, kind in (header | fields).items()], metadata=metadata)


def _kinds(model: Any) -> dict[str, type]:  # noqa: ANN401 -- a model of `KINDS`
    return {name: _kind(field.annotation) for name, field in model.model_fields.items()}


def _kind(annotation: Any) -> type:  # noqa: ANN401 -- whatever a model is annotated with
    """Return the type of a field's values: text, number or yes and no, whatever bounds it has."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(arguments[0])
    if origin is Literal:
        return type(arguments[0])
    if origin in (Union, types.UnionType):
        kinds = {_kind(each) for each in arguments if each is not type(None)}
        return float if kinds == {float, int} else kinds.pop()
    found: type = annotation
    return found
