from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from twin.errors import InputError
from twin.events import (
    KINDS,
    OUTCOMES,
    STATE_NAMES,
    STATES,
    Event,
    Part,
    State,
    from_json,
    from_text,
    json_schema,
    to_json,
)

NO_LOT = {"pieces": None, "product": None, "parent": None}
"""What a part's event says of it on a line whose parts are alike."""

EXAMPLES = {
    "state": Event("sim", 0, 1, 2, 1.5, "tiles", "press", 1, "state", {"state": "down", "reason": "jam"}),
    "part": Event(
        "sim", 0, 2, 2, 0.1 + 0.2, "tiles", "press", 2, "part",
        {"part": 7, "outcome": "rework", "cycle_s": 2.5, "to": "weld", "pieces": 20, "product": "left", "parent": None},
    ),
    "arrival": Event(
        "sim", 0, 3, 2, 3.0, "tiles", "press", None, "arrival",
        {"part": -1, "accepted": False, "pieces": None, "parent": None},
    ),
    "level": Event("sim", 0, 4, 2, 3.0, "tiles", "weld", None, "level", {"buffer": "press->weld", "level": 4}),
    "crew": Event(
        "sim", 0, 5, 2, 3.0, "tiles", None, None, "crew",
        {"skill": "operator", "present": 4, "busy": 3, "waiting": 0},
    ),
    "power": Event("plant", 1, 6, 0, 3.0, "tiles", "press", 1, "power", {"power_kw": 17.5}),
    "order": Event(
        "plant", 1, 7, 0, 3.0, "tiles", None, None, "order",
        {"order": "A-1", "change": "started", "pieces": 40},
    ),
    "note": Event(
        "plant", 1, 8, 0, 9.0, "tiles", "press", 1, "note",
        {"author": "shift lead", "text": 'belt, "left"\nside', "start_s": 1.0, "end_s": 3.0, "reason": None},
    ),
}  # fmt: skip


def changed(example: str, **values: object) -> str:
    """Return the JSON of an example with values of its header changed."""
    return json.dumps({**json.loads(to_json(EXAMPLES[example])), **values})


def test_every_kind_has_an_example_here() -> None:
    assert set(EXAMPLES) == set(KINDS)


@pytest.mark.parametrize("event", EXAMPLES.values(), ids=EXAMPLES)
def test_an_event_survives_json_to_the_bit(event: Event) -> None:
    assert from_json(to_json(event)) == event


@pytest.mark.parametrize("event", EXAMPLES.values(), ids=EXAMPLES)
def test_fields_of_an_event_are_those_of_its_kind(event: Event) -> None:
    assert tuple(event.fields) == tuple(KINDS[event.kind].model_fields)


@pytest.mark.parametrize("event", EXAMPLES.values(), ids=EXAMPLES)
def test_every_field_is_required_but_the_parent(event: Event) -> None:
    for name in event.fields:
        if name == "parent":
            continue
        rest = {key: value for key, value in event.fields.items() if key != name}
        with pytest.raises(InputError, match=rf"fields\.{name}"):
            from_json(to_json(replace(event, fields=rest)))


@pytest.mark.parametrize("kind", ["part", "arrival"])
def test_a_parent_that_is_left_out_is_none(kind: str) -> None:
    text = to_json(EXAMPLES[kind])
    assert '"parent":null' in text
    assert from_json(text.replace(',"parent":null', "")) == EXAMPLES[kind]


@pytest.mark.parametrize(
    "event",
    [
        replace(EXAMPLES["part"], fields=EXAMPLES["part"].fields | {"outcome": "joined", "to": "join", "parent": 6}),
        replace(EXAMPLES["arrival"], fields=EXAMPLES["arrival"].fields | {"part": 9, "accepted": True, "parent": 7}),
        replace(EXAMPLES["crew"], fields=EXAMPLES["crew"].fields | {"busy": 2.25, "present": 3.5}),
    ],
)
def test_joined_and_cut_parts_and_parts_of_a_person_survive_json(event: Event) -> None:
    assert from_json(to_json(event)) == event


@pytest.mark.parametrize("busy", [-0.5, math.nan, 1e10, True])
def test_a_number_of_people_is_sensible(busy: float) -> None:
    with pytest.raises(InputError, match=r"fields\.busy"):
        from_json(
            json.dumps({**json.loads(to_json(EXAMPLES["crew"])), "fields": EXAMPLES["crew"].fields | {"busy": busy}})
        )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{", "event:"),
        ("[1]", "event:"),
        (changed("state", kind="dance"), "dance"),
        (changed("state", fields={"state": "resting", "reason": None}), "fields.state"),
        (changed("state", fields={"state": "down", "reason": "jam", "mood": "bad"}), "fields.mood"),
        (changed("state", machine=0), "machine"),
        (changed("state", machine=True), "machine"),
        (changed("state", machine=None), "machine"),
        (changed("state", station=None), "station"),
        (changed("level", station=None), "station"),
        (changed("crew", station="press"), "station"),
        (changed("arrival", machine=1), "machine"),
        (changed("state", sequence="1"), "sequence"),
        (changed("state", sequence=-1), "sequence"),
        (changed("state", time=math.nan), "time"),
        (changed("state", time=math.inf), "time"),
        (changed("state", line=""), "line"),
        (changed("part", fields={"part": -1, "outcome": "good", "cycle_s": 1.0, "to": "out"} | NO_LOT), "fields.part"),
        (changed("part", fields={"part": 1, "outcome": "good", "cycle_s": -1.0, "to": "out"} | NO_LOT), "s.cycle_s"),
        (changed("level", fields={"buffer": "a->b", "level": 1.5}), "fields.level"),
        (changed("arrival", fields={"part": 1, "accepted": 1, "pieces": None}), "fields.accepted"),
        (changed("state", colour="red"), "colour"),
    ],
)
def test_what_is_no_event_is_refused_by_name(text: str, place: str) -> None:
    with pytest.raises(InputError) as refusal:
        from_json(text)
    assert place in str(refusal.value)


def test_all_problems_of_an_event_are_reported_at_once() -> None:
    with pytest.raises(InputError) as refusal:
        from_json(changed("state", boot=-1, run=-1))
    assert len(refusal.value.problems) == 2


def test_text_cells_become_the_types_of_the_fields() -> None:
    event = from_text({
        "source": "sim", "boot": "0", "sequence": "3", "run": "2", "time": "3.0", "line": "tiles", "station": "press",
        "machine": None, "kind": "arrival",
        "fields": {"part": "-1", "accepted": "false", "pieces": None, "parent": None},
    })  # fmt: skip
    assert event == EXAMPLES["arrival"]


def test_a_number_that_is_not_finite_is_never_written() -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_json(replace(EXAMPLES["power"], fields={"power_kw": math.nan}))


def test_schema_names_every_kind_with_its_fields_all_required_but_the_parent() -> None:
    schema = json_schema()
    refs = schema["discriminator"]["mapping"]
    assert set(refs) == set(KINDS)
    for kind, ref in refs.items():
        event = schema["$defs"][ref.rsplit("/", 1)[-1]]
        assert set(event["required"]) == set(Event.__slots__) - {"epoch_ns"}
        assert set(event["properties"]) == set(Event.__slots__)
        assert event["additionalProperties"] is False
        fields = schema["$defs"][event["properties"]["fields"]["$ref"].rsplit("/", 1)[-1]]
        assert [*fields["required"], *({"parent"} & set(fields["properties"]))] == list(EXAMPLES[kind].fields)
        assert fields["additionalProperties"] is False
    json.dumps(schema, allow_nan=False)


def test_states_and_outcomes_are_written_alike_in_code_and_schema() -> None:
    schema = State.model_json_schema()["properties"]["state"]["enum"]
    assert tuple(schema) == STATES
    assert tuple(Part.model_json_schema()["properties"]["outcome"]["enum"]) == OUTCOMES


def test_code_of_a_state_is_its_place_in_the_order_of_precedence() -> None:
    assert STATES == (
        "off_shift", "maintenance", "waiting_repair", "down", "setup", "waiting_operator", "processing", "blocked",
        "starved",
    )  # fmt: skip


def test_only_processing_is_productive_in_any_vocabulary() -> None:
    for state, names in STATE_NAMES.items():
        is_processing = state == "processing"
        assert (names.packml == "Execute") is is_processing
        assert (names.semi_e10 == "productive") is is_processing
        assert ("(APT)" in names.iso_22400_2) is is_processing
