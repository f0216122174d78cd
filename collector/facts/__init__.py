"""The facts that a device can report: a catalogue made from the agent's probes."""
