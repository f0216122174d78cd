"""What keeps the agent going: settings, schedule, probes under deadlines, the outbox and the way to the collector."""
