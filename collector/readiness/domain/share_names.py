"""What a share is a share of, by the fact that tells it: a number between 0 and 1 says nothing by itself."""

from __future__ import annotations

from collections.abc import Mapping

SHARES: Mapping[str, str] = {
    "rooms.measured_ratio": "rooms",
    "path.reached_ratio": "machines_that_tried",
    "rungs.dns_ratio": "machines_that_tried",
    "rungs.gateway_ratio": "machines_that_tried",
    "rungs.internet_ratio": "machines_that_tried",
    "rungs.link_ratio": "machines_that_tried",
    "rungs.login_ratio": "machines_that_tried",
    "rungs.proxy_ratio": "machines_that_tried",
    "rungs.service_ratio": "machines_that_tried",
    "rungs.tls_ratio": "machines_that_tried",
    "rungs.websocket_ratio": "machines_that_tried",
    "uplink.error_ratio": "packets",
    "uplink.discard_ratio": "packets",
    "wifi.retries_ratio": "frames",
    "latency.gateway_loss_ratio": "round_trips",
    "latency.loss_ratio": "round_trips",
    "latency.service_loss_ratio": "round_trips",
    "path.hosts_reached_ratio": "hosts",
    "rehearsal.carried_ratio": "sitters",
}
"""By fact, the name in the catalogues (`page_share_of_<name>`)."""


def share_of(fact: str | list[str]) -> str | None:
    """What the fact is a share of; None where it is none, or one of several facts."""
    return SHARES.get(fact) if isinstance(fact, str) else None
