"""Rung `proxy`: whether somebody stands between. Asks a plain HTTP address whose answer is known.

A proxy that the machine is told to use, or a WPAD name, is no fault and is named. An answer that is not the host's
own (a login page, changed content) is one. `expect.status` and `expect.body` say what the host itself answers; some
answers (511, a page that leads to another host) are nobody's own. Without a target nobody is asked, and only what is
configured is told.

Where a script (PAC) is configured the rung is undecided: browsers go as it says, and this probe goes straight.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from urllib.parse import urlsplit

from agent.ladder.http_get import Answered, ask_once
from agent.ladder.outcome import RungFailedError, RungOutcome, RungUndecidedError
from agent.ladder.pac import configured_pac
from agent.ladder.transport import Dialer, failures_named, refuse_others
from agent.protocol.wire import Rung
from agent.system.deadlines import Deadlined, DeadlinePassedError
from agent.system.machine import System

ANSWER_MAX_BYTES = 64 * 1024
WPAD_S = 1.5
PAC_NOT_EVALUATED = "pac_not_evaluated"

_LOGIN_MARK = b"<WISPAccessGatewayParam"
"""Login pages of networks hold it for programs (WISPr)."""
_META = re.compile(rb"<meta\b[^>]*>", re.IGNORECASE)
_REFRESH_URL = re.compile(rb"url\s*=\s*[\"']?([^\"'>\s]+)", re.IGNORECASE)
_WELL_KNOWN: Mapping[str, Mapping[str, str]] = {
    "/generate_204": {"status": "204"},
    "/connecttest.txt": {"status": "200", "body": "Microsoft Connect Test"},
    "/hotspot-detect.html": {"status": "200", "body": "Success"},
    "/success.txt": {"status": "200", "body": "success"},
}
"""What the addresses answer that browsers and systems ask for the same end."""


def read(system: System, rung: Rung, until_s: float) -> RungOutcome:
    """Fails as `network_wants_login`, `http_redirected_elsewhere`, `http_changed`, or as no host is reached. Undecided
    as `pac_not_evaluated`.
    """
    wpad = Deadlined(partial(_wpad, system), "wpad")
    if rung.target is not None:
        with failures_named():
            answer = ask_once(Dialer(system, until_s), rung.target, ANSWER_MAX_BYTES, past_proxy=True)
        judge(answer, rung.target, rung.expect)
    script_host = configured_pac(system)
    if script_host is not None:
        raise RungUndecidedError(PAC_NOT_EVALUATED, pac=script_host)
    proxy = system.proxy_for(urlsplit(rung.target or "").hostname or "")
    try:
        found = wpad.result(WPAD_S)
    except DeadlinePassedError:
        found = False
    named = urlsplit(proxy).hostname if proxy else None
    return RungOutcome(
        {"proxy": named, "wpad": found}, code="proxy_in_use" if named else "wpad_found" if found else None
    )


def judge(answer: Answered, target: str, expect: Mapping[str, str]) -> None:
    """Raises when the answer can't be the host's own."""
    refuse_others(answer.status)
    if _LOGIN_MARK in answer.body:
        raise RungFailedError("network_wants_login", http_status=answer.status)
    there = _sent_on_to(answer)
    if there and there != urlsplit(target).hostname:
        raise RungFailedError("http_redirected_elsewhere", elsewhere=there, http_status=answer.status)
    expect = expect or _WELL_KNOWN.get(urlsplit(target).path, {})
    wanted = expect.get("status")
    if wanted is not None and str(answer.status) != wanted:
        raise RungFailedError("http_changed", http_status=answer.status)
    if "body" in expect and expect["body"].encode() not in answer.body:
        raise RungFailedError("http_changed", http_status=answer.status)


def _sent_on_to(answer: Answered) -> str | None:
    """The host that browsers are sent on to, by the head of the answer or, as Wi-Fi controllers do, by its page."""
    moved = 300 <= answer.status < 400
    address = answer.headers.get("location", "") if moved else _refreshed_from(answer.body)
    return urlsplit(address).hostname


def _refreshed_from(page: bytes) -> str:
    found = (_REFRESH_URL.search(tag) for tag in _META.findall(page) if b"refresh" in tag.lower())
    return next((one[1].decode("latin-1") for one in found if one), "")


def _wpad(system: System) -> bool:
    """Whether the network offers a proxy script by the name that browsers look for."""
    try:
        return bool(system.resolve("wpad", 80))
    except OSError:
        return False
