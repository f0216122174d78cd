"""Measuring towards the public internet with speedtest-cli, in a process of its own with bounds."""
