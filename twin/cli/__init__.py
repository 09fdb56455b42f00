"""The commands: the only place that joins the parts."""
