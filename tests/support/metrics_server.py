"""A real HTTP server in this process for a handful of routes, and a school worth looking at in a dashboard."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from collector.judgement.gear_status import GearStatus
from collector.judgement.snapshot import Snapshot
from collector.readiness.domain.model import Bilingual, Status, UplinkLoad
from collector.readiness.incidents.attribute import RungCount
from collector.readiness.leases.counts import LeaseCounts
from tests.support.alert_scenes import requirement
from tests.support.incidents import failing, incident
from tests.support.processes import free_port
from tests.support.verdicts import NOW, changed, device, finding, profile, school, sitting, snapshot, verdict


@contextmanager
def serving(routes: Sequence[Route]) -> Iterator[str]:
    """Serves `routes` on a free port until the end of the block; gives the base address."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=port, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, name="served-for-a-test")
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive(), "the server ended before it answered"
            assert time.monotonic() < deadline, "the server did not start within 20 s"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)


def eventful_snapshot(now: datetime = NOW) -> Snapshot:
    """Three schools at `now`: one ready, one simulated with a thin line and an unknown room, one that never sent
    anything. Every metric of the catalogue but the delivery's has something to show.
    """
    shift = now - NOW
    heard_at = now - timedelta(minutes=5)
    oak, elm, ash = school(), school("10000002", "Almskolan", simulated=True), school("10000003", "Askskolan")
    verdicts = [
        verdict(
            finding(headroom=1.8, newest_at=heard_at),
            of=oak,
            about=sitting(of=oak, starts_at=NOW + shift + timedelta(days=3)),
        ),
        verdict(
            finding(status=Status.NOT_READY, headroom=0.8, measured=20.8, newest_at=heard_at),
            finding("line_up", Status.UNKNOWN, measured=4.0, required=5.2, newest_at=heard_at),
            finding(
                "wifi_signal", Status.UNKNOWN, room="a2", newest_at=None, title=Bilingual(sv="Signal", en="Signal")
            ),
            of=elm,
            about=sitting("alm-9-ma", of=elm, starts_at=NOW + shift + timedelta(days=10)),
        ),
        verdict(of=ash, about=sitting("ask-9-ma", of=ash, starts_at=NOW + shift + timedelta(days=10))),
    ]
    made = snapshot(
        *(changed(one, judged_at=now) for one in verdicts),
        devices=[
            device(last_seen_at=now - timedelta(minutes=2)),
            device("d-2", last_seen_at=now - timedelta(days=2)),
            device("d-3", of=elm, last_seen_at=now - timedelta(minutes=2), simulated=True),
        ],
        judged_at=now,
    )
    rules = [requirement("line_down"), requirement("line_up", fact="line.up_headroom")]
    judging = msgspec.structs.replace(profile(), requirements=rules)
    return msgspec.structs.replace(
        made,
        configuration=msgspec.structs.replace(made.configuration, profiles={judging.id: judging}),
        outcomes_total={"accepted": 40, "rejected": 2},
        rejected_total={"future_schema": 2},
        left_out_total={"wifi": 3},
        incidents=[incident(failing(oak.code), schools_count=2)],
        rungs=[RungCount(oak.code, "dns-1", "dns", {"failed": 2, "ok": 1})],
        leases=LeaseCounts(granted=12, refused={"enough_for_now": 30}, held=1),
        gear=[
            GearStatus("ek-router", oak.code, heard_at, None, polled=True, failures={"timeout": 3},
                      load=UplinkLoad("ek-router", now, 60.0, 80.0, 8.0), speed_mbit_s=1000),
            GearStatus("wlc", "", None, "auth", polled=True, failures={"auth": 9}),
            GearStatus("alm-router", elm.code, None, None, polled=False, failures={}),
        ],
    )  # fmt: skip
