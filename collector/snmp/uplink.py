"""What an uplink carried and spoiled between two readings of its port. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from collector.snmp.counters import ROUND, Gap, NoRateReason, Rate, rates
from collector.snmp.interfaces import SnmpInterface

MISSED_POLLS = 3
"""A rate over more polls than this would hide what happened in between: a gap is more honest."""
PACKET_COUNTER_ROUND = 2**32


@dataclass(frozen=True)
class Carried:
    """Between two readings: the mean rates in bit/s, and the packets of both ways with those that were spoiled.

    `packets` is 0 where the device does not tell all of them, so that no share can be made of half the truth.
    """

    seconds: float
    in_bit_s: float
    out_bit_s: float
    packets: int = 0
    errors: int = 0
    discards: int = 0


def carried(before: SnmpInterface | None, after: SnmpInterface, every_s: float) -> Carried | NoRateReason | None:
    """What lies between the readings, why that cannot be known, or None where there was no reading before."""
    if before is None:
        return None
    if before.index != after.index or before.bytes_in is None or before.bytes_out is None:
        return "other_counter"
    if after.bytes_in is None or after.bytes_out is None:
        return "other_counter"
    longest = timedelta(seconds=every_s * (MISSED_POLLS + 0.5))
    [into] = rates([before.bytes_in, after.bytes_in], longest)
    [out] = rates([before.bytes_out, after.bytes_out], longest)
    for one in (into, out):
        if isinstance(one, Gap):
            return one.reason
    assert isinstance(into, Rate)
    assert isinstance(out, Rate)
    seconds = (into.until - into.begins_at).total_seconds()
    return Carried(seconds, into.bit_s, out.bit_s, *_packets(before, after))


def _packets(before: SnmpInterface, after: SnmpInterface) -> tuple[int, int, int]:
    """Packets, errors and discards of both ways; nothing unless all of it is told."""
    assert after.bytes_in is not None
    assert after.bytes_out is not None
    good = (
        _grown(before.packets_in, after.packets_in, ROUND[after.bytes_in.width]),
        _grown(before.packets_out, after.packets_out, ROUND[after.bytes_out.width]),
    )
    errors = (_grown(before.errors_in, after.errors_in), _grown(before.errors_out, after.errors_out))
    discards = (_grown(before.discards_in, after.discards_in), _grown(before.discards_out, after.discards_out))
    told = [count for count in (*good, *errors, *discards) if count is not None]
    if len(told) < len((*good, *errors, *discards)):
        return 0, 0, 0
    return sum(told), told[2] + told[3], told[4] + told[5]


def _grown(before: int | None, after: int | None, round_at: int = PACKET_COUNTER_ROUND) -> int | None:
    return None if before is None or after is None else (after - before) % round_at
