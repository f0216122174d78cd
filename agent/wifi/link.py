"""What a link is described by, the same on every system; and the rows of what else is heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.measuring.contract import ProbeReading
from agent.protocol.facts import FactSpec, at_least, at_most
from agent.protocol.wifi_channels import band_of, channel_of
from agent.protocol.wire import Facts

_SIGNAL_DBM = at_least(-90, -85, -80, -75, -72, -70, -67, -60, -50)
_RATES_MBIT_S = at_least(1, 2, 6, 12, 24, 54, 100, 200, 400, 1_000)
"""From where a machine takes the air of many others to where its share of it hardly counts."""

FACTS = (
    FactSpec("signal_dbm", "float", "dBm", "signal of the own access point", -120, 0, _SIGNAL_DBM),
    FactSpec("frequency_mhz", "int", "MHz", "centre of the primary channel", 2_000, 8_000),
    FactSpec("channel", "int", "", "primary channel", 1, 300),
    FactSpec("width_mhz", "int", "MHz", "channel width", 5, 400),
    FactSpec("tx_rate_mbit_s", "float", "Mbit/s", "rate towards the access point", 0, 100_000, _RATES_MBIT_S),
    FactSpec("rx_rate_mbit_s", "float", "Mbit/s", "rate from the access point", 0, 100_000, _RATES_MBIT_S),
    FactSpec("bssid", "str", "", "the own access point's address"),
    FactSpec("band", "str", "", "band in GHz: 2.4, 5 or 6"),
    FactSpec("phy_type", "str", "", "kind of radio link: b, g, a, n, ac, ax or be"),
    FactSpec("noise_dbm", "float", "dBm", "noise on the channel", -130, 0, at_most(-85, -75, -65)),
    FactSpec("snr_db", "float", "dB", "signal above noise", -30, 120, at_least(10, 15, 20, 25, 35)),
    FactSpec(
        "retries_ratio",
        "float",
        "ratio",
        "share of frames sent since connecting that were repeats",
        0,
        1,
        at_most(0.1, 0.2, 0.3, 0.5),
    ),
)
NAMES = tuple(spec.name for spec in FACTS)


def reading(known: Facts, reasons: Mapping[str, str] | None = None, rows: Sequence[Facts] = ()) -> ProbeReading:
    """A link of which `known` is known. Why the rest is not: by name from `reasons`, else `not_stated`."""
    facts: Facts = {name: known.get(name) for name in NAMES}
    frequency = facts["frequency_mhz"]
    if isinstance(frequency, int):
        facts["band"] = band_of(frequency)
        if facts["channel"] is None:
            facts["channel"] = channel_of(frequency)
    signal, noise = facts["signal_dbm"], facts["noise_dbm"]
    if isinstance(signal, float) and isinstance(noise, float):
        facts["snr_db"] = signal - noise
    why = reasons or {}
    missing = {name: why.get(name, "not_stated") for name, value in facts.items() if value is None}
    return ProbeReading(facts, missing, list(rows))


def nothing(reason: str) -> ProbeReading:
    """A link of which nothing is known, all for one reason."""
    return reading({}, dict.fromkeys(NAMES, reason))


def heard(*, own: bool | None, bssid: str | None, frequency_mhz: int | None, signal_dbm: float | None) -> Facts:
    """A row of the scan. A foreign access point keeps its address to itself; `own` is None if nobody can tell."""
    return {
        "own": own,
        "bssid": bssid if own else None,
        "band": band_of(frequency_mhz) if frequency_mhz else None,
        "channel": channel_of(frequency_mhz) if frequency_mhz else None,
        "signal_dbm": signal_dbm,
    }
