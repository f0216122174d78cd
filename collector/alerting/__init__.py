"""Decides what to say to whom (pure) and delivers it."""
