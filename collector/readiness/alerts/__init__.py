"""When to warn whom of what. Pure."""
