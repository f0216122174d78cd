"""What a radio is, by what the room's machines use it for: its kind, and how many clients it takes for that. Pure."""

from __future__ import annotations

from collector.readiness.domain.model import AirRule, Figure
from collector.readiness.rooms.carriers import Carrier

_NEW, _OLD = frozenset(("ax", "be")), frozenset(("a", "b", "g"))


def kind_in_words(carrier: Carrier) -> str:
    """As people call it: 802.11ac, 5 GHz."""
    kind = None if carrier.phy is None else f"802.11{carrier.phy}"
    band = None if carrier.band is None else f"{carrier.band} GHz"
    return ", ".join(part for part in (kind, band) if part is not None) or "802.11"


def part_of_clients(carrier: Carrier, air: AirRule) -> Figure | None:
    """What it takes of the clients that a usual radio is allowed; None for a usual one, and where nobody tells."""
    if carrier.phy in _NEW:
        return air.new_radio_clients if carrier.band in {"5", "6"} else None
    is_old = carrier.phy in _OLD or (carrier.phy == "n" and carrier.band == "2.4")
    return air.old_radio_clients if is_old else None
