"""How a line runs: one set of rules, two clocks.

`simulate` runs a scenario; everything else here is in its service.
"""

from twin.engine.simulation import simulate

__all__ = ["simulate"]
