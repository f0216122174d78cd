"""wifi: the link to the room's access point, a little up and down; nothing on cable."""

from __future__ import annotations

from agent.protocol.wire import Facts, ProbeError
from collector.simulate.model import SimulatedDevice
from collector.simulate.probe import Moment, SimulatedProbe

_NOISE_DBM = -95.0
_NO_WIFI = ProbeError("no_wifi_interface", "this simulated machine is on cable")


def _on_cable(device: SimulatedDevice) -> ProbeError | None:
    return _NO_WIFI if device.wireless is None else None


def _draw(moment: Moment) -> Facts:
    link, rng = moment.device.wireless, moment.rng
    assert link is not None
    signal_dbm = float(round(link.signal_dbm + rng.gauss(0, 1.5)))
    return {
        "signal_dbm": signal_dbm,
        "frequency_mhz": link.frequency_mhz,
        "channel": link.channel,
        "width_mhz": link.width_mhz,
        "tx_rate_mbit_s": round(link.phy_mbit_s * rng.uniform(0.85, 1.0), 1),
        "rx_rate_mbit_s": round(link.phy_mbit_s * rng.uniform(0.85, 1.0), 1),
        "bssid": link.bssid,
        "band": "2.4" if link.frequency_mhz < 5_000 else "5",
        "phy_type": "ax",
        "noise_dbm": _NOISE_DBM,
        "snr_db": signal_dbm - _NOISE_DBM,
        "retries_ratio": 0.1,
        "roamed": False,
    }


SIMULATED = SimulatedProbe(
    usual_s=0.02,
    draw=_draw,
    unsupported=_on_cable,
    failure=ProbeError("driver_error", "the simulated wireless driver gave no answer"),
    flaky=True,
    breaks=True,
    turn=4,
)
