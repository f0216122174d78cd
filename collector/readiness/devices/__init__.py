"""Whether machines do for a test: many of them, or one."""
