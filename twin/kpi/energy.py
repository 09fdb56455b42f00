"""Electrical energy: power by state times time in state, and what starting takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.accounts import Accounts, Floats

JOULES_PER_KWH = 3.6e6


def energy_j(accounts: Accounts) -> Floats:
    """Electrical energy that each machine took in the measured time [J].

    Notes
    -----
    ``E = sum over states of P(state) * (t(state) - t_standby(state)) + P_standby * t_standby + starts * E_warm_up``,
    with the powers of the line's description [W] and the times of the accounts [s].
    """
    energy: Floats = ((accounts.states - accounts.standby_s) * accounts.power_w).sum(axis=1)
    energy += accounts.standby_s.sum(axis=1) * accounts.standby_w + accounts.warm_ups * accounts.warm_up_j
    return energy
