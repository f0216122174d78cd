"""Verdicts of every kind to show in a real browser, and how a page of them is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Literal

import msgspec
from playwright.sync_api import Browser, Page, sync_playwright

from collector.judgement.snapshot import Snapshot
from collector.readiness.domain.model import Bilingual, Room, School, Status, Text
from collector.readiness.domain.plan import Plan
from collector.readiness.verdict.room_reports import SchoolRooms
from tests.support.incidents import failing, incident
from tests.support.rooms import days_of, radio, reports
from tests.support.verdicts import NOW, changed, device, finding, school, sitting, snapshot, step, verdict

CHROMIUM = "/usr/bin/chromium"
HEADLESS = "/usr/bin/chromium-headless-shell"
"""The same engine of the same build without what is around a page: a visit costs a fifth of the processor time."""

QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
Scheme = Literal["light", "dark"]
LONG = "Internationella Engelska Gymnasieförberedelseskolan"


@contextmanager
def chromium(*arguments: str, program: str = HEADLESS) -> Iterator[Browser]:
    """Debian's Chromium, without a window. Playwright occupies the thread's event loop meanwhile."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=[*QUIET, *arguments])
        yield started
        started.close()


PLAN = Plan(
    pupils=52,
    pupils_on_line=52,
    down_mbit_s=33.8,
    up_mbit_s=6.76,
    start_mbit_s=18.0,
    margin=1.3,
    others=21,
    others_down_mbit_s=29.4,
    others_up_mbit_s=6.3,
    machines=58,
    radios=4,
    pupils_per_radio=25,
)


def every_kind() -> Snapshot:
    """Each status, a consequence, a recommendation, long names, simulated data, silent devices, a broken file, an odd
    day and a plan.
    """
    ek, asp, long = school(), school("10000002", "Aspskolan"), school("10000003", LONG, simulated=True)
    ek = msgspec.structs.replace(ek, rooms=[*ek.rooms, Room("a3", 24)])
    line = finding(
        "line",
        Status.NOT_READY,
        headroom=0.6,
        steps=[step(), step("line.up_available")],
        advice=[Text("page_headroom_missing", {"percent": 40})],
    )
    start = finding("start", Status.NOT_READY, headroom=0.7, caused_by="line", steps=[step("start_burst")])
    wifi = finding("wifi", Status.UNKNOWN, room="a2", measured=None, count=0, newest_at=None)
    old = finding("browser", Status.AT_RISK, severity="recommended", title=Bilingual(sv="Webbläsaren", en="Browser"))
    later = NOW + timedelta(days=8)
    made = snapshot(
        verdict(line, start, wifi, old, finding("up"), of=ek, about=sitting("bad", of=ek), next_binding="wifi"),
        verdict(wifi, of=asp, about=sitting("unknown", of=asp)),
        changed(
            verdict(old, of=asp, about=sitting("risk", of=asp, starts_at=later)),
            warnings=[Text("calendar_sunday"), Text("calendar_unmeasured")],
        ),
        verdict(finding(headroom=1.8), of=long, about=sitting("good", of=long, starts_at=later)),
        changed(verdict(of=ek, about=sitting("unjudged", of=ek, starts_at=later)), plan=PLAN),
        devices=[
            device("d-1"),
            device("d-2", label=None, last_seen_at=NOW - timedelta(days=9), clock_offset_s=400.0),
            device("d-3", of=long, last_seen_at=None, simulated=True),
        ],
        configuration_errors=[f"config/schools.d/{'a-rather-long-name-' * 4}.yaml:12: unknown key 'nmae'. Remove it."],
    )
    box = incident(failing(issuer="Skolfilter AB", code="tls_inspected"), kind="tls", code="tls_inspected")
    return msgspec.structs.replace(
        made, incidents=[box, incident(failing(long.code))], rooms={ek.code: _rooms(ek), asp.code: reports([], of=asp)}
    )


def _rooms(of: School) -> SchoolRooms:
    """Good air, air of which half is known, a room that nobody measured, and an access point in the wrong place."""
    read_at = NOW - timedelta(minutes=5)
    half = radio("02:00:00:00:a2:00", name="AP-A2", clients=0, unclear="disagree", at=read_at)
    air = [
        *days_of("a1", [-50.0, -55.0, -60.0], now=NOW),
        *days_of("a2", [-70.0] * 3, bssid="02:00:00:00:a2:00", snr_db=None, now=NOW),
    ]
    return reports(air, [radio(clients=12, room="a2", at=read_at), half], of=of, now=NOW)


def opened(
    browser: Browser, address: str, *, width: int = 1280, scheme: Scheme = "light", javascript: bool = True
) -> Page:
    """A page in a context of its own; the caller closes it by `page.context.close()`."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=javascript
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(address)
    return page
