"""Addresses that people follow from a warning or a dashboard: pages and runbooks of this collector."""

from __future__ import annotations

from urllib.parse import quote

from collector.configuration.model import Listen, Settings

PROBE, PROBE_SIGNS = "prob", "prob/skylt"
"""Pages of the web probe, which other pages and papers lead to."""

EVERY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 - recognised so that a link never points there, nothing listens


def base_url(settings: Settings) -> str:
    """Where people reach this collector, without a slash at the end: `public_url`, else the listening address."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = "localhost" if settings.listen.host in EVERY_ADDRESS else settings.listen.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.listen.port}"


def own_url(listen: Listen) -> str:
    """Where a program on this same machine reaches the collector."""
    host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(listen.host, listen.host)  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{listen.port}"


def session_page(base: str, code: str) -> str:
    """Where a browser takes part in the supervised session with that code."""
    return f"{base}/{PROBE}?pass={quote(code, safe='')}"


def sitting_page(base: str, sitting_id: str) -> str:
    """The page with the sitting's findings and remedies."""
    return f"{base}/sittings/{quote(sitting_id, safe='')}"


def runbook_page(base: str, alertname: str) -> str:
    """What to do about an alert of that name."""
    return f"{base}/runbooks/{alertname}"
