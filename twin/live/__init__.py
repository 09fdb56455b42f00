"""The plant as it runs: mirrored from its events, foretold to the end of the shift, and simulated to be mirrored."""
