"""Who may fill a school's line, and when. Pure."""
