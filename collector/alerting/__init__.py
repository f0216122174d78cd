"""Tells what was decided, through every channel that is set up."""
