"""Simulated schools whose truth is known: plain arithmetic that shares no code with what it is held against.

A world is written as anyone would write it: a configuration folder, and the lines of a replay. Nothing here imports the
product (tests/hygiene/test_truth_lab.py holds that); all that it knows of it stands in docs/replay.md and the report's
schema.
"""
