"""What a probe is, and what several probes measure with: round trips, the gateway, the measurement point."""
