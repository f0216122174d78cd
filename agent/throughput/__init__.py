"""The throughput engine: how much a line carries, found out with as few bytes as it takes (see docs/throughput.md).

`timeline`, `estimate`, `stop`, `counts` and `responsiveness` are pure; `connection`, `download`, `upload`, `exchange`
and `round_trips` are the edge.
"""
