"""A report's way in: checked, queued, written down."""
