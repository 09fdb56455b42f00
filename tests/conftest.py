"""What holds for every test: Hypothesis repeats itself, and no terminal decides where lines end."""

from __future__ import annotations

import os

from hypothesis import settings

# The runner of parallel tests tells its workers how wide its own terminal is.
os.environ.pop("COLUMNS", None)

# No deadline: the first example may compile. `make soak` looks further, and elsewhere each time.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=1000)
settings.load_profile("steady")
