"""line.up_headroom: how many times over the line carries the sitting's upload beside the rest of the school."""

from __future__ import annotations

from collector.readiness.capacity.headroom import line_headroom

DERIVED = line_headroom("up")
