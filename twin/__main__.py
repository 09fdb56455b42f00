"""`python -m twin` is `twin`."""

from __future__ import annotations

import sys

from twin.cli.app import main

if __name__ == "__main__":
    sys.argv[0] = "twin"
    main()
