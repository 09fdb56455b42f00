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
    from twin.line.station import HOLDERS

    generator = _generator()
    found: Schema = Line.model_json_schema(schema_generator=generator)
    # A line of one station may leave its route out, and so may one whose products or orders bring routes.
    found["required"] = [key for key in found["required"] if key != "route"]
    station = found["$defs"]["Station"]
    station["anyOf"] = [
        {"required": station.pop("required")},
        {"required": ["kind"], "properties": {"kind": {"enum": list(HOLDERS)}}},
    ]
    orders = found["$defs"]["Source"]["properties"]["orders"]
    orders["anyOf"] = [{"type": "string"}, {"$ref": orders.pop("$ref")}]
    return {"$schema": generator.schema_dialect, **found}


def distribution_schema(value: Schema, title: str, description: str) -> Schema:
    """Return the JSON Schema of what may vary: a value, three estimates, or a family with its parameters."""
    from twin.line.distributions import FORMS

    times = {"type": "array", "minItems": 1, "items": value}
    parameters: dict[str, Schema] = {
        **{key: {"type": "number"} for key in ("cv", "sigma", "shape")},
        "k": {"type": "integer", "minimum": 1},
        "values": times,
        "weights": {"type": "array", "minItems": 1, "items": {"type": "number", "minimum": 0}},
    }

    def form(keys: tuple[str, ...]) -> Schema:
        return _mapping({key: parameters.get(key, value) for key in keys}, required=list(keys))

    short = {"constant": [value], "empirical": [times]}
    families = {name: {"anyOf": [*map(form, forms), *short.get(name, [])]} for name, forms in FORMS.items()}
    family = _mapping(families, minProperties=1, maxProperties=1)
    return {
        "title": title,
        "description": f"{description}, {{min, mode, max}}, or one family with its parameters",
        "anyOf": [value, form(("min", "mode", "max")), family],
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

    from twin.line import distributions, lots
    from twin.line.lots import LotCycle

    written, shared = _as_written(), _shared()

    class LineFile(GenerateJsonSchema):
        """Values as they are written: a quantity as a text with its unit, an absent key as no key at all."""

        def generate_inner(self, schema: Any) -> JsonSchemaValue:  # noqa: ANN401 -- its type is private to Pydantic
            # A bound on the number that a text stands for is none on the text, and these words are Pydantic's own.
            return {key: value for key, value in super().generate_inner(schema).items() if key not in {"gt", "lt"}}

        def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
            reader = schema["function"]["function"]
            return {**written[reader]} if reader in written else super().function_before_schema(schema)

        def function_plain_schema(self, schema: core_schema.PlainValidatorFunctionSchema) -> JsonSchemaValue:
            return self.read_by(schema["function"]["function"])

        def read_by(self, reader: object) -> JsonSchemaValue:
            """Return how a field with a reader of its own is written."""
            if reader is lots.read_cycle:
                either = [self.read_by(distributions.read_time), self.generate_inner(LotCycle.__pydantic_core_schema__)]
                return {"anyOf": either}
            if reader in shared:
                title, made = shared[reader]
                name, reference = self.get_cache_defs_ref_schema(CoreRef(title))
                self.definitions[name] = made
                return reference
            return {**written[reader]}

        def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
            return self.generate_inner(schema["schema"])

        def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
            # Defaults are held in SI units, not as they are written; the descriptions tell them in words.
            return self.generate_inner(schema["schema"])

    return LineFile


def _as_written() -> dict[object, Schema]:
    """Return how a value is written, by the function that reads it."""
    from twin import units
    from twin.line import failure, lots, order_book, shift_times, source

    text: Schema = {"type": "string"}
    days = {"type": "array", "minItems": 1, "items": {"enum": list(shift_times.DAYS)}}
    types: list[tuple[Any, Schema]] = [
        (units.Duration, quantity_schema(units.TIME)),
        (units.Power, quantity_schema(units.POWER)),
        (units.Energy, quantity_schema(units.ENERGY)),
        (units.Length, quantity_schema(units.LENGTH)),
        (units.Speed, quantity_schema(units.SPEED)),
        (units.Money, quantity_schema(units.MONEY)),
        (units.Share, SHARE),
        (shift_times.TimeOfDay, text),
        (shift_times.Shift, text),
        (shift_times.Date, {"type": "string", "format": "date"}),
        (shift_times.Days, {"anyOf": [text, days]}),
    ]
    return {alias.__metadata__[0].func: schema for alias, schema in types} | {
        lots.read_table: {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": r"^[1-9]\d*$"},
            "additionalProperties": quantity_schema(units.TIME),
        },
        failure.read_wear: {
            "type": "object",
            "propertyNames": {"pattern": quantity_schema(units.TIME)["pattern"]},
            "additionalProperties": {
                "anyOf": [
                    {"type": "number", "exclusiveMinimum": 0},
                    {"type": "string", "pattern": rf"^\s*{NUMBER}\s*$"},
                ]
            },
        },
        order_book.read_book: {"anyOf": [text, {"type": "array", "items": {"type": "object"}}]},
        source.read_fed: {
            "anyOf": [{"type": "array", "items": text}, {"type": "object", "additionalProperties": SHARE}]
        },
    }


def _shared() -> dict[object, tuple[str, Schema]]:
    """Return how a distribution is written, by the function that reads it, with the name under which it is kept."""
    from twin.line import distributions
    from twin.units import TIME

    return {
        distributions.read_time: (
            "TimeDistribution",
            distribution_schema(quantity_schema(TIME), "TimeDistribution", "a time such as 12 s"),
        ),
        distributions.read_number: (
            "NumberDistribution",
            distribution_schema(_number(), "NumberDistribution", "a number such as 12"),
        ),
    }


def _number() -> Schema:
    return {
        "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": rf"^\s*{NUMBER}\s*$"}],
        "examples": [12],
    }
