"""What the accounts of a line mean: KPIs named as in ISO 22400-2, energy, the bottleneck, and accounts from events."""
