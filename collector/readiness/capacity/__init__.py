"""What pupils need of a line against what it gives."""
