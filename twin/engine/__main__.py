"""Compile the rules once: `python -m twin.engine`, the last step of setting up."""

from __future__ import annotations

import sys

from twin.engine.compile_once import compile_once

if __name__ == "__main__":
    compile_once(sys.stderr)
