"""Electrical energy: power by state times time in state."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.accounts import Accounts, Floats

JOULES_PER_KWH = 3.6e6


def energy_j(accounts: Accounts) -> Floats:
    """Electrical energy that each machine took in the measured time [J].

    Notes
    -----
    ``E = sum over states of P(state) * t(state)``, with the power of the line's description [W] and the time of the
    accounts [s].
    """
    energy: Floats = (accounts.states * accounts.power_w).sum(axis=1)
    return energy
