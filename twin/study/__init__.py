"""What many runs say together: replications, intervals and comparisons."""
