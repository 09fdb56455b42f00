"""The one vocabulary: all that a machine, a buffer, a crew or a part can be said to do.

A plant over MQTT, a historic log and the simulation speak in the same events, so that one piece of code reads the KPIs
of all three. Inside the program an event is a plain `Event`; where it comes in or goes out it is one JSON object, held
to the models of its kind, which make the JSON Schema too.
"""

from __future__ import annotations

from twin.events.models import KINDS, LARGEST, LONGEST_NAME, LONGEST_S, LONGEST_TEXT, MOST, Part, State
from twin.events.reading import UNNAMED, from_json, from_text, json_schema, to_json
from twin.events.vocabulary import (
    MACHINE_OUTCOMES,
    OUTCOMES,
    STATE_NAMES,
    STATES,
    Event,
    OutcomeName,
    StateName,
    StateNames,
    Value,
)

__all__ = [
    "KINDS", "LARGEST", "LONGEST_NAME", "LONGEST_S", "LONGEST_TEXT", "MACHINE_OUTCOMES", "MOST", "OUTCOMES", "STATES",
    "STATE_NAMES", "UNNAMED", "Event", "OutcomeName", "Part", "State", "StateName", "StateNames", "Value", "from_json",
    "from_text", "json_schema", "to_json",
]  # fmt: skip
