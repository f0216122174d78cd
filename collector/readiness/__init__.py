"""The pure core: facts, profile, calendar and time in; findings and verdicts out. No clock, disk, network, logging."""
