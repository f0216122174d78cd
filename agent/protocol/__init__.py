"""What agents and the collector must agree on. The only part of `agent` that `collector` may import."""
