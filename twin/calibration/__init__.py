"""Calibration: from a production log to the numbers of a line, and how sure each of them is."""
