"""A survey of the air in one room, from a capture in monitor mode: what `provklar-agent survey` does.

The only part of the agent that uses scapy (the extra `survey`), and only in `dissect`, imported when it runs.
"""
