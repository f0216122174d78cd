"""What fails right now, and whose fault it is."""
