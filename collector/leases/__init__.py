"""Leave to fill a school's line: one device at a time, spread over the school day, never in the way of a sitting."""
