"""The ladder: every rung between a device and the test service, from its own link up. One file per kind of rung."""
