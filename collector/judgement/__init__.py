"""Keeps verdicts current, and hands them out as they are known at that moment."""
