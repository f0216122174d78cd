"""How each way in which a rung or a host fails is mended, and whose that is. Pure.

Codes that are mended alike share a sentence: which those are is agreed with the collector, which says the same of many
machines at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from agent.commands.check import Owner
from agent.protocol.rung_causes import cause_of


class Remedy(NamedTuple):
    """The code of a sentence that says what to do, and whose it is."""

    code: str
    owner: Owner


_OWNERS: Mapping[str, Owner] = {
    "link": "school_it",
    "gateway": "network",
    "dns": "network",
    "blocked": "network",
    "inspected": "network",
    "clock": "school_it",
    "proxy": "network",
    "portal": "network",
    "login": "login_owner",
    "login_expired": "login_owner",
    "service": "platform",
    "websocket": "network",
    "ladder": "authority",
}
"""By cause; what is not here is for whoever runs what was asked."""
_LINE = Remedy("doctor_mend_line", "line_provider")


def remedy_of(code: str, kind: str) -> Remedy:
    """What to do about `code` at a rung of `kind` ("host" for a host), with an owner in any case."""
    cause = cause_of(code)
    if kind == "internet" and cause == "blocked":
        return _LINE
    return Remedy(f"doctor_mend_{cause}", _OWNERS.get(cause, "login_owner" if kind == "login" else "platform"))
