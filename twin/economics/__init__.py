"""What a line costs: formulas only. They read accounts, scenarios and sites, and run nothing."""
