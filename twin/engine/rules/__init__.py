"""What happens on a line: plain functions over records, written once, run under either clock.

A rule takes the `World` and the record it changes. It allocates nothing and knows no distribution and no clock; the
clock gives it one function, `set_time`. A module imports those before it: record, timers, work, crew, failures, lots,
setup, delays, dispatch, batches, belts, upkeep, standby, flow, outcome, assembly, visits, sources, releases, calendar,
order. What stands under `if FULL` is for lines
whose parts differ; the others run without it.
"""
