"""The whole chain on one machine: `make run`."""
