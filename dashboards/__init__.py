"""What the twin looks like: one palette, and the drawings made with it."""
