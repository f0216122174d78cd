"""The measurement point: who may use it, what it counts, and the server that is a process of its own."""
