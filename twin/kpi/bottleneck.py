"""Which station limits the line: the one that waits least for the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.accounts import by_station
from twin.events import STATES

if TYPE_CHECKING:
    from twin.accounts import Accounts, Floats

_PLANNED = [index for index, state in enumerate(STATES) if state not in ("off_shift", "maintenance")]
_WAITING = [STATES.index("blocked"), STATES.index("starved")]


def waiting_s(accounts: Accounts) -> Floats:
    """Time for which a machine of each station was blocked or starved, mean over the station's machines [s].

    Pass the `total` of several replications to pool them.
    """
    waiting = accounts.states[:, _WAITING].sum(axis=1)
    mean: Floats = by_station(accounts, waiting) / by_station(accounts, np.ones(len(waiting)))
    return mean


def bottleneck(accounts: Accounts) -> str:
    """Name the station whose machines were blocked or starved the least; of equals, the first in the file.

    One that was not planned to be busy at all is none as long as another was.

    Notes
    -----
    A station that waits for no other sets the pace. In a serial line, stations before it are mostly blocked and
    stations behind it mostly starved, so that the least sum of the two marks the turning point of Li, Chang and Ni;
    the sum itself also ranks the stations of branched lines, for which no order upstream and downstream exists.
    Repair, setup and waiting for an operator are the station's own, not waiting: the same split into active and
    inactive time as in Roser, Nakano and Tanaka.

    References
    ----------
    L. Li, Q. Chang, J. Ni (2009), Data driven bottleneck detection of manufacturing systems, International Journal of
    Production Research 47(18), 5019-5036.

    C. Roser, M. Nakano, M. Tanaka (2001), A practical bottleneck detection method, Proceedings of the 2001 Winter
    Simulation Conference, 949-953.
    """
    waiting = waiting_s(accounts)
    busy = by_station(accounts, accounts.states[:, _PLANNED].sum(axis=1)) > 0
    if busy.any():
        waiting = np.where(busy, waiting, np.inf)
    return accounts.stations[int(np.argmin(waiting))]
