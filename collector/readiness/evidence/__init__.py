"""What was reported, found again by device and fact, and held against one requirement."""
