"""The HTTP edge, thin: every file here turns requests into calls and answers into bytes, and decides nothing."""
