"""What holds for every test: Hypothesis repeats itself, so that a failure comes from a change and not from the day."""

from __future__ import annotations

from hypothesis import settings

# No deadline: the first example may compile. `make soak` looks further, and elsewhere each time.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=1000)
settings.load_profile("steady")
