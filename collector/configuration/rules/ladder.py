"""Rules of `ladder.yaml`: targets that the kind of rung can ask, and expectations that it can check."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from agent.protocol.wire import Rung, RungKind
from collector.configuration.problems import ConfigurationProblem, problem
from collector.configuration.rules.settings import is_host_name

EXPECTATIONS: Mapping[RungKind, tuple[str, ...]] = {
    "link": (),
    "gateway": (),
    "dns": ("addresses", "private", "reference", "resolver"),
    "internet": (),
    "tls": ("fingerprint_sha256", "issuer"),
    "proxy": ("body", "status"),
    "login": ("entity_id", "scope"),
    "service": ("status",),
    "websocket": (),
}
"""What can be expected of each kind; the words are explained in docs/ladder.md."""

_SCHEMES: Mapping[RungKind, tuple[str, ...]] = {
    "proxy": ("http",),
    "login": ("http", "https"),
    "service": ("http", "https"),
    "websocket": ("ws", "wss"),
}
_ASKS_NOBODY = ("link", "gateway")


def rung_problems(index: int, rung: Rung) -> Iterator[ConfigurationProblem]:
    """All that is wrong with one rung by itself."""
    place = ("rungs", index)
    if rung.target is None:
        if rung.kind not in (*_ASKS_NOBODY, "proxy"):
            yield problem(place, "config_rung_needs_target", id=rung.id, kind=rung.kind)
    elif not _fits(rung.kind, rung.target):
        yield problem((*place, "target"), "config_rung_bad_target", written=rung.target, example=_example(rung.kind))
    known = EXPECTATIONS[rung.kind]
    for name in rung.expect:
        if name not in known:
            values = {"name": name, "kind": rung.kind, "known": ", ".join(known) or "–"}
            yield problem((*place, "expect", name), "config_rung_unknown_expectation", **values)


def _fits(kind: RungKind, target: str) -> bool:
    if kind in _ASKS_NOBODY:
        return _is_address(target)
    schemes = _SCHEMES.get(kind)
    if schemes is None:
        return is_host_name(target) or _is_address(target)
    try:
        parts = urlsplit(target)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname) and port != 0 and " " not in target


def _is_address(target: str) -> bool:
    try:
        ipaddress.ip_address(target)
    except ValueError:
        return False
    return True


def _example(kind: RungKind) -> str:
    if kind in _ASKS_NOBODY:
        return "192.0.2.1"
    schemes = _SCHEMES.get(kind)
    return "prov.example.se" if schemes is None else f"{schemes[-1]}://prov.example.se/"
