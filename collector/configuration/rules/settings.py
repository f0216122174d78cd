"""Rules of `collector.yaml`: addresses that can be reached, probes that exist."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from ipaddress import ip_network
from urllib.parse import urlsplit

from collector.channels import settings_fields
from collector.configuration.model import Settings
from collector.configuration.problems import ConfigurationProblem, DocumentPath, problem
from collector.readiness.leases.rules import Hours

_HOST_NAME = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_DATABASES = ("sqlite", "postgresql")
HIGHEST_PORT = 65_535


def is_network(text: str) -> bool:
    """Whether `text` is an address or a network. With bits beyond its length it may be a typing error, and nobody can
    tell which of the two numbers is meant.
    """
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def settings_problems(settings: Settings, probes: Collection[str]) -> Iterator[ConfigurationProblem]:
    """All that is wrong in the settings; `probes` are those that the catalogue knows."""
    yield from _addresses(settings)
    yield from _plans(settings, probes)
    yield from _hosts(settings)
    yield from _hours(settings)


def _addresses(settings: Settings) -> Iterator[ConfigurationProblem]:
    addresses: list[tuple[DocumentPath, str | None]] = [
        (("public_url",), settings.public_url),
        (("agents", "measurement_url"), settings.agents.measurement_url),
        *((("alerting", key), getattr(settings.alerting, key)) for key in _addresses_of_channels()),
    ]
    if settings.agents.internet is not None:
        addresses.append((("agents", "internet", "server_url"), settings.agents.internet.server_url))
    for index, origin in enumerate(settings.measurement.allowed_origins):
        addresses.append((("measurement", "allowed_origins", index), origin))
    for place, url in addresses:
        if url is not None and not is_web_address(url):
            yield problem(place, "config_bad_url", key=_key(place), written=url)
    for index, proxy in enumerate(settings.listen.trusted_proxies):
        if not is_network(proxy):
            yield problem(("listen", "trusted_proxies", index), "config_bad_network", written=proxy)
    database = settings.database_url
    if database is not None and database.partition(":")[0].partition("+")[0] not in _DATABASES:
        yield problem(("database_url",), "config_bad_database_url", written=database.partition(":")[0])


def _addresses_of_channels() -> list[str]:
    return [key for key, _, _ in settings_fields() if key.endswith("_url")]


def _key(place: DocumentPath) -> str:
    """The last key on the way to a place, which may lie in a list."""
    return next(str(step) for step in reversed(place) if isinstance(step, str))


def is_web_address(url: str) -> bool:
    """Whether `url` is http or https with a host, and with a port that exists if it has one."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0 and " " not in url


def is_host_name(name: str) -> bool:
    """Whether a host could be called so."""
    return _HOST_NAME.fullmatch(name) is not None


def _plans(settings: Settings, probes: Collection[str]) -> Iterator[ConfigurationProblem]:
    seen: set[str] = set()
    for index, plan in enumerate(settings.agents.plans):
        place = ("agents", "plans", index, "probe")
        if plan.probe not in probes:
            nearest = get_close_matches(plan.probe, probes, n=1, cutoff=0.0)[0]
            known = ", ".join(sorted(probes))
            yield problem(place, "config_unknown_probe", probe=plan.probe, nearest=nearest, known=known)
        if plan.probe == "internet" and settings.agents.internet is None:
            yield problem(place, "config_internet_not_allowed")
        if plan.probe in seen:
            yield problem(place, "config_probe_planned_twice", probe=plan.probe)
        seen.add(plan.probe)


def _hosts(settings: Settings) -> Iterator[ConfigurationProblem]:
    for index, host in enumerate(settings.agents.hosts):
        if not is_host_name(host.name):
            yield problem(("agents", "hosts", index, "name"), "config_bad_host", written=host.name)
        if not 1 <= host.port <= HIGHEST_PORT:
            yield problem(("agents", "hosts", index, "port"), "config_bad_port", written=str(host.port))


def _hours(settings: Settings) -> Iterator[ConfigurationProblem]:
    day = settings.leases.school_day
    if day.until <= day.begins_at:
        yield problem(("leases", "school_day", "until"), "config_school_day_backwards", **_shown(day))
    for index, quiet in enumerate(settings.leases.quiet_hours):
        if quiet.until == quiet.begins_at:
            yield problem(("leases", "quiet_hours", index, "until"), "config_quiet_hours_empty", **_shown(quiet))


def _shown(hours: Hours) -> dict[str, str]:
    return {"begins_at": f"{hours.begins_at:%H:%M}", "until": f"{hours.until:%H:%M}"}
