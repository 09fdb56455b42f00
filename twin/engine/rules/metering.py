"""Electrical power: what the line draws, its peak, its highest 10-minute mean, and machines that go to standby.

Power is whole milliwatts, so that no change of it is ever rounded; the energy of a window starts at 0 with it.
"""

from __future__ import annotations

from twin.engine.records import BLOCKED, FULL, INFINITE, OFF_SHIFT, STARVED, Record, World
from twin.engine.rules.timers import set_time

WINDOW = 600.0
"""Length of a window [s]; windows are aligned to time 0."""


def window_of(now: float) -> float:
    """Return when the window begins in which a moment lies [s]."""
    begins = int(now / WINDOW) * WINDOW
    if begins > now:
        begins -= WINDOW
    return begins


def start_meter(world: World, now: float) -> None:
    """Peak and means count from now on; the window under way only if it begins just now."""
    line = world.line[0]
    begins = window_of(now)
    line.peak = 0
    line.mean_most = -1.0
    line.metered = now
    line.window_end = begins + WINDOW
    line.window_energy = 0.0 if begins == now else -INFINITE


def end_window_of_mean(world: World, power: int) -> None:
    """One window, or several, have ended since the meter was last read [mW]."""
    line = world.line[0]
    now = line.now
    mean = (line.window_energy + power * (line.window_end - line.metered)) / WINDOW
    if mean > line.mean_most:
        line.mean_most = mean
    begins = window_of(now)
    if begins > line.window_end and power > line.mean_most:
        line.mean_most = 1.0 * power
    line.window_end = begins + WINDOW
    line.window_energy = 0.0
    line.metered = begins


def read_meter(world: World) -> None:
    """Count what the line has drawn since the meter was last read: a power that lasts no time is no peak."""
    line = world.line[0]
    now = line.now
    if now <= line.metered:
        return
    power = line.power
    if power > line.peak:
        line.peak = power
    if now >= line.window_end:
        end_window_of_mean(world, power)
    line.window_energy += power * (now - line.metered)
    line.metered = now


def meter(world: World, more: int) -> None:
    """The line draws so much more from now on [mW]."""
    if more != 0:
        read_meter(world)
        world.line[0].power += more


def drawn(world: World, machine: Record, state: int) -> int:
    """Return what the machine draws in a state, or in standby [mW]."""
    if FULL and machine.standby == 1:
        return world.stations[machine.station].standby_power
    return world.powers[machine.account + state]


def sum_power(world: World) -> None:
    """The line draws what its machines draw in the states in which they stand."""
    power = 0
    for m in range(len(world.machines)):
        machine = world.machines[m]
        power += drawn(world, machine, machine.state)
    world.line[0].power = power


def count_standby(world: World, machine: Record, state: int) -> None:
    """The machine has stood by until now, while it was starved or blocked."""
    now = world.line[0].now
    if state == BLOCKED:
        machine.standby_blocked += now - machine.standby_since
    else:
        machine.standby_starved += now - machine.standby_since
    machine.standby_since = now


def warm_up(world: World, machine: Record, energy: float) -> None:
    """The machine starts: so much energy is drawn at once [mJ]."""
    machine.warm_ups += 1
    if energy > 0.0:
        read_meter(world)
        world.line[0].window_energy += energy


def follow_standby(world: World, machine: Record, before: int) -> None:
    """The machine has entered its state: with nothing to do it will go to standby, with something it leaves it.

    A machine that is switched off at the shift's end warms up when it starts again, not then.
    """
    station = world.stations[machine.station]
    state = machine.state
    if machine.standby_timer >= 0:
        is_idle = state in (STARVED, BLOCKED)
        if machine.standby == 1:
            count_standby(world, machine, before)
            if not is_idle:
                machine.standby = 0
                if state != OFF_SHIFT:
                    warm_up(world, machine, station.warm_up)
        elif is_idle:
            if world.timers[machine.standby_timer] == INFINITE:
                set_time(world, machine.standby_timer, world.line[0].now + station.standby_after)
        elif world.timers[machine.standby_timer] < INFINITE:
            set_time(world, machine.standby_timer, INFINITE)
    if before == OFF_SHIFT and state != OFF_SHIFT and station.warm_up > 0.0:
        warm_up(world, machine, station.warm_up)
