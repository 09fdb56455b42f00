"""`twin schema`: the JSON Schema of the events, or of a line file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pydantic.json_schema import GenerateJsonSchema
    from pydantic_core import core_schema

    from twin.units import Quantity

Schema = dict[str, Any]

NUMBER = r"[+]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
SHARE: Schema = {
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "string", "pattern": rf"^\s*{NUMBER}\s*%\s*$"},
    ]
}


def schema(
    line: Annotated[bool, typer.Option("--line", help="The schema of a line file instead, for an editor.")] = False,
) -> None:
    """Print the JSON Schema of an event.

    Draft 2020-12; with --line that of a line file, by which an editor completes keys and marks slips.
    """
    from twin.events import json_schema

    print(json.dumps(line_schema() if line else json_schema(), indent=2, ensure_ascii=False))


def line_schema() -> Schema:
    """Return the JSON Schema (2020-12) of a line file, as an editor needs it.

    It knows the keys, their meaning and how their values are written; what holds across keys only `twin check` knows.
    """
    from twin.line.line import Line

    generator = _generator()
    found: Schema = Line.model_json_schema(schema_generator=generator)
    # A line of one station may leave its route out.
    found["required"] = [key for key in found["required"] if key != "route"]
    return {"$schema": generator.schema_dialect, **found}


def distribution_schema() -> Schema:
    """Return the JSON Schema of a time that may vary: a text, three estimates, or a family with its parameters."""
    from twin.line.distributions import FORMS
    from twin.units import TIME

    time = quantity_schema(TIME)
    times = {"type": "array", "minItems": 1, "items": time}
    parameters: dict[str, Schema] = {
        **{key: {"type": "number"} for key in ("cv", "sigma", "shape")},
        "k": {"type": "integer", "minimum": 1},
        "values": times,
        "weights": {"type": "array", "minItems": 1, "items": {"type": "number", "minimum": 0}},
    }

    def form(keys: tuple[str, ...]) -> Schema:
        return _mapping({key: parameters.get(key, time) for key in keys}, required=list(keys))

    short = {"constant": [time], "empirical": [times]}
    families = {name: {"anyOf": [*map(form, forms), *short.get(name, [])]} for name, forms in FORMS.items()}
    family = _mapping(families, minProperties=1, maxProperties=1)
    return {
        "title": "TimeDistribution",
        "description": "a time such as 12 s, {min, mode, max}, or one family with its parameters",
        "anyOf": [time, form(("min", "mode", "max")), family],
    }


def quantity_schema(quantity: Quantity) -> Schema:
    """Return the JSON Schema of a quantity: a text of a number and one of its units."""
    units = "|".join(quantity.units + quantity.also)
    return {"type": "string", "pattern": rf"^\s*{NUMBER}\s*({units})\s*$", "examples": [quantity.example]}


def _mapping(properties: dict[str, Schema], **more: object) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False, **more}


def _generator() -> type[GenerateJsonSchema]:
    """Return how the schema is made; in a function, so that only this command waits for Pydantic."""
    from pydantic.json_schema import CoreRef, GenerateJsonSchema, JsonSchemaValue

    written = _as_written()

    class LineFile(GenerateJsonSchema):
        """Values as they are written: a quantity as a text with its unit, an absent key as no key at all."""

        def generate_inner(self, schema: Any) -> JsonSchemaValue:  # noqa: ANN401 -- its type is private to Pydantic
            # A bound on the number that a text stands for is none on the text, and these words are Pydantic's own.
            return {key: value for key, value in super().generate_inner(schema).items() if key not in {"gt", "lt"}}

        def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
            reader = schema["function"]["function"]
            return {**written[reader]} if reader in written else super().function_before_schema(schema)

        def function_plain_schema(self, schema: core_schema.PlainValidatorFunctionSchema) -> JsonSchemaValue:  # noqa: ARG002
            # The one field of a line with a reader of its own is the distribution of a time.
            name, reference = self.get_cache_defs_ref_schema(CoreRef("TimeDistribution"))
            self.definitions[name] = distribution_schema()
            return reference

        def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
            return self.generate_inner(schema["schema"])

        def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
            # Defaults are held in SI units, not as they are written; the descriptions tell them in words.
            return self.generate_inner(schema["schema"])

    return LineFile


def _as_written() -> dict[object, Schema]:
    """Return how a value is written, by the function that reads it."""
    from twin import units
    from twin.line import work_calendar

    text: Schema = {"type": "string"}
    days = {"type": "array", "minItems": 1, "items": {"enum": list(work_calendar.DAYS)}}
    types: list[tuple[Any, Schema]] = [
        (units.Duration, quantity_schema(units.TIME)),
        (units.Power, quantity_schema(units.POWER)),
        (units.Money, quantity_schema(units.MONEY)),
        (units.Share, SHARE),
        (work_calendar.TimeOfDay, text),
        (work_calendar.Shift, text),
        (work_calendar.Days, {"anyOf": [text, days]}),
    ]
    return {alias.__metadata__[0].func: schema for alias, schema in types}
