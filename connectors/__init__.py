"""The systems that the twin speaks to: one file a system."""
