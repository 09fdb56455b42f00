"""Events read from JSON and text, and written as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args

from pydantic import BaseModel, Field, TypeAdapter, ValidationError, create_model

from twin.errors import InputError
from twin.events.models import AnyEvent, Header, Name, NoteEvent, Whole
from twin.events.vocabulary import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_SHOWN = 80

UNNAMED = "hash"
"""The source of an event whose plant numbers none: its sequence is then made of what it says."""

_NO_SIGN = "string_pattern_mismatch"
_ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"))


@cache
def _adapter() -> TypeAdapter[Any]:
    # Built on first use: a run without events never pays for it.
    return TypeAdapter(AnyEvent)


@cache
def _adapter_of_unnamed() -> TypeAdapter[Any]:
    """Return the reader of events that may leave out who says them, and what is null."""
    kinds: Any = Union[tuple(_may_be_unnamed(kind) for kind in get_args(get_args(AnyEvent)[0]))]  # noqa: UP007 -- made of a list
    return TypeAdapter(Annotated[kinds, Field(discriminator="kind")])


def _may_be_unnamed(kind: type[Header]) -> type[BaseModel]:
    annotated = {name: kind.model_fields[name] for name in ("station", "machine")}
    left_out: dict[str, Any] = {
        "source": (Name | None, None),
        "boot": (Whole | None, None),
        "sequence": (Whole | None, None),
        "run": (Whole, 0),
        **{name: (None, None) for name, field in annotated.items() if field.annotation is type(None)},
    }
    if kind is NoteEvent:
        left_out |= {"station": (Name | None, None), "machine": (Annotated[int, Field(ge=1)] | None, None)}
    return create_model(kind.__name__, __base__=kind, **left_out)


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of one event as a JSON object."""
    about = "As the twin writes it. Of a plant it also takes events without source, boot and sequence."
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Event", "description": about}
    return head | _adapter().json_schema()


def to_json(event: Event) -> str:
    """One event as one line of JSON."""
    return _ENCODER.encode({
        "source": event.source, "boot": event.boot, "sequence": event.sequence, "run": event.run, "time": event.time,
        "line": event.line, "station": event.station, "machine": event.machine, "kind": event.kind,
        "fields": event.fields, "epoch_ns": event.epoch_ns,
    })  # fmt: skip


def from_json(text: str | bytes, *, unnamed: Callable[[], int] | None = None) -> Event:
    """Read one event from JSON.

    Parameters
    ----------
    text
        The JSON object.
    unnamed
        Gives the sequence of an event that leaves out its source, boot or sequence; it may then leave out its run, and
        a station and machine that are null, too. Without it such events are refused.

    Raises
    ------
    InputError
        If the text is no JSON object, or not an event as `json_schema` says; every problem is named.
    """
    try:
        if unnamed is None:
            return _event(_adapter().validate_json(text, strict=True))
        model = _adapter_of_unnamed().validate_json(text, strict=True)
    except ValidationError as error:
        raise InputError(*_sentences(error)) from error
    event = _event(model)
    if model.source is None or model.boot is None or model.sequence is None:
        return replace(event, source=UNNAMED, boot=0, sequence=unnamed())
    return event


def from_text(values: dict[str, Any]) -> Event:
    """Build an event from values that may all be text, such as the cells of a CSV row.

    Raises
    ------
    InputError
        If the values are no event as `json_schema` says; every problem is named.
    """
    try:
        return _event(_adapter().validate_python(values))
    except ValidationError as error:
        raise InputError(*_sentences(error)) from error


def _event(model: Any) -> Event:  # noqa: ANN401 -- one of the models above
    # A model's fields as they lie in it; dumping them would copy them at thrice the cost.
    return Event(**{**model.__dict__, "fields": model.fields.__dict__})


def _sentences(error: ValidationError) -> list[str]:
    return [_sentence(problem) for problem in error.errors(include_url=False)]


def _sentence(problem: Mapping[str, Any]) -> str:
    # The path begins with the kind, by which Pydantic chose among the models; in the event that is no step.
    place = ".".join(str(step) for step in problem["loc"][1:])
    found = repr(problem["input"])
    shown = found if len(found) <= LONGEST_SHOWN else f"{found[:LONGEST_SHOWN]}..."
    said = "Signs that steer a terminal have no place in it" if problem["type"] == _NO_SIGN else problem["msg"]
    return f"event{place and f' {place}'}: {shown} does not fit: {said}"
