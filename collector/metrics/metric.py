"""What a metric is: its entry in the catalogue, and a sample of it."""

from __future__ import annotations

from typing import Literal

import msgspec

BYTES_PER_MBIT = 125_000

NamedSample = tuple[str, tuple[str, ...], float]
"""A metric's name, label values in the catalogue's order, and the value."""


class Metric(msgspec.Struct, frozen=True):
    """One metric: `name` as queries write it, `unit` as the end of the name says it ("" for counts and states)."""

    name: str
    type: Literal["gauge", "counter", "info"]
    unit: str
    help: str
    labels: tuple[str, ...] = ()
