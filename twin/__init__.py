"""The digital twin of a production line: the line described, run, measured and priced."""

from __future__ import annotations


def __getattr__(name: str) -> str:
    """Look up `__version__` when it is asked for: reading the installed metadata takes longer than `import twin`."""
    if name == "__version__":
        from importlib.metadata import version

        return version("line-twin")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
