"""`python -m twin` is `twin`."""

from __future__ import annotations

from twin.cli.app import main

if __name__ == "__main__":
    main()
