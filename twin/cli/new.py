"""`twin new`: a small line to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.errors import InputError

TEMPLATE = """\
# A line of three stations to start from: replace each number by what you know, then run `twin check` on this file.
# Times, powers and amounts carry their unit: 12 s, 0.2 min, 8 h, 3.5 kW, 180 kEUR. Shares are 0.02 or 2 %.
line: {name}
product: {unit: piece, demand_per_year: 700000}       # what is made, and how many of it are asked a year
shifts: {pattern: 2x8, days: mon-fri}                 # 1x8, 2x8, 3x8, 5x8 or continuous
operators: {operator: 4, technician: 1}               # who is there in one shift, by skill

stations:                                             # in the order of the flow
  cut:
    label: Cutting
    cycle: {min: 14 s, mode: 16 s, max: 22 s}         # time per part on one machine, as a person estimates it
    crew: {operator: 1}                               # whom the machine needs while it works
    failures:                                         # an entry for each way to fail
      jam: {ttf: {exponential: {mean: 40 min}}, ttr: {lognormal: {mean: 2 min, cv: 1}}, repaired_by: {operator: 1}}
    power: {processing: 12 kW, idle: 3 kW}
    capex: 200 kEUR                                   # what it cost, how long it lasts, its upkeep a year
    life: 12 yr
    upkeep: 3 %
  assemble:
    label: Assembly
    machines: 2                                       # side by side, each with a crew of its own
    cycle: {lognormal: {mean: 34 s, cv: 0.2}}         # a mean and its coefficient of variation
    crew: {operator: 1}
    scrap: 1 %
    power: {processing: 2 kW, idle: 0.5 kW}
    capex: 60 kEUR
    automation:                                       # what could be automated: the keys that change, and the price
      robot:
        label: Robot cell
        machines: 1
        cycle: 15 s                                   # always the same
        crew: {}
        failures:                                     # as data sheets say it; `twin check` tells the time to failure
          stop: {availability: 0.9, ttr: {lognormal: {mean: 8 min, cv: 1}}, repaired_by: {technician: 1}}
        power: {processing: 8 kW, idle: 2 kW}
        capex: 250 kEUR
        upkeep: 4.5 %
        posts: {operator: -2}                         # change of posts per shift
  inspect:
    label: Inspection
    kind: inspection
    cycle: 13 s
    crew: {operator: 1}
    false_reject: 0.5 %                               # good parts that it throws away

levels:                                               # named sets of options, from least to most automated
  manual: {}
  robot: {assemble: robot}

route:                                                # buffer: the places between two stations
  - {from: cut, to: assemble, buffer: 8}
  - {from: assemble, to: inspect, buffer: 8}
  - {from: inspect, to: assemble, probability: 0.02, rework: true}    # no buffer named: it holds without limit
  - {from: inspect, to: out}                                          # takes the other 98 %

basis:                                                # where the numbers come from; "assumption" marks a guess
  product: "assumption: to be replaced"
  operators: "assumption: to be replaced"
  stations: "assumption: to be replaced"
  route: "assumption: to be replaced"

# A line that works on orders, in lots, with several products and setups between them, says so by `source:
# {orders: ...}`, `move: order`, `products:` and, of a station, `cycle: {per_piece: 40 s}` and `setup:`; see how with
# `twin check bracket_shop`.
"""
"""The line that `twin new` writes; `{name}` stands for its name."""


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The line's name; the file is NAME.yaml.")],
) -> None:
    """Write a small line to start from.

    NAME.yaml has three stations, two levels of automation, and a comment at every key; no file is overwritten.
    """
    import lines
    from twin.line.names import NAME

    name = name.removesuffix(".yaml").removesuffix(".yml")
    if NAME.fullmatch(name) is None:
        raise InputError(f'"{name}" is not a name; write a letter, then letters, digits, _ and -, such as my_line')
    if name in lines.names():
        raise InputError(f'"{name}" comes along already, and a command would read that line; choose another name')
    path = Path(f"{name}.yaml")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE.replace("{name}", name))
    except FileExistsError:
        raise InputError(f"{path} exists and stays as it is; choose another name") from None
    except OSError as error:
        path.unlink(missing_ok=True)  # half a file, where the disk is full
        raise InputError(f"{path} cannot be written: {error.strerror}; choose a folder that can be") from None
    print(f"{path} is a line of three stations to start from. What it says: twin check {path}")
