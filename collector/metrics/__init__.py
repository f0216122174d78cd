"""The metrics that Prometheus fetches: a catalogue, and what fills it."""
