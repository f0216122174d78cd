"""What a device asks: policy, leave to fill the line, the measurement point, and the web probe's way in."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tests.support.same_bytes.http_talk import Answer, Question
from tests.support.same_bytes.municipality import AT_HOME, AT_SCHOOL, Machine
from tests.support.same_bytes.side import Side, until

PAGE = {"origin": "https://page.example"}
PREFLIGHT = {
    **PAGE,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization",
}
SEB = {"user-agent": "Mozilla/5.0 SEB/3.7", "x-safeexambrowser-configkeyhash": "a" * 64}


def policy(side: Side, machine: Machine) -> str:
    """The policy, whole and known before; gives its ticket."""
    answer = side.ask(Question("GET", "/api/v1/policy", machine.headers))
    for known in (answer.header("etag"), f"W/{answer.header('etag')}", "*", '"other"'):
        side.ask(Question("GET", "/api/v1/policy", {**machine.headers, "if-none-match": known}), f"known {known}")
    return str(answer.json()["ticket"])


def leases(side: Side, machines: Sequence[Machine]) -> str:
    """Each machine looks, asks, asks again and gives back; the last that got a lease keeps it. Gives its ticket."""
    ticket = ""
    for machine in machines:
        side.ask(Question("GET", "/api/v1/leases", machine.headers), machine.label)
        side.ask(Question("GET", "/api/v1/leases?probe=no", machine.headers), machine.label)
        answer = _lease(side, machine)
        _lease(side, machine)
        if answer.status == 200:
            target = f"/api/v1/leases/{answer.json()['lease_id']}"
            side.ask(Question("DELETE", target, machine.headers), machine.label)
            side.ask(Question("DELETE", target, machine.headers), machine.label)
            ticket = _lease(side, machine).json().get("ticket", answer.json()["ticket"])
    return ticket


def _lease(side: Side, machine: Machine) -> Answer:
    body = json.dumps({"probe": "throughput"}).encode()
    return side.ask(Question("POST", "/api/v1/leases", machine.headers, body), machine.label)


def at_home(side: Side, machine: Machine, reports: list[object]) -> None:
    """The same reports and the same wish, from the school's networks and from elsewhere."""
    for where, address in (("at home", AT_HOME), ("at school", AT_SCHOOL)):
        headers = {**machine.headers, "x-forwarded-for": address}
        told = [{**report, "report_id": f"{report['report_id']}-{address}"} for report in reports]  # type: ignore[index,dict-item]
        body = json.dumps({"reports": told}).encode()
        side.ask(Question("POST", "/api/v1/reports", headers, body), where)
        side.ask(Question("GET", "/api/v1/leases", headers), where)


def measurement(side: Side, tickets: dict[str, str], *, point: bool = False) -> None:
    """All that a measurement point answers, in the collector or (`point`) beside it."""
    for holder, ticket in {**tickets, "nobody": "x.y", "": ""}.items():
        shown = {"authorization": f"Bearer {ticket}"} if holder else {}
        for method, target, body in (
            ("GET", "ping", None),
            ("GET", "down?bytes=100000", None),
            ("GET", "down?bytes=0", None),
            ("GET", "down?bytes=no", None),
            ("GET", "down", None),
            ("POST", "up", b"x" * 10_000),
            ("POST", "up", b""),
            ("PUT", "up", b""),
            ("GET", "no", None),
            ("OPTIONS", "ping", None),
        ):
            for more in ({}, PAGE, PREFLIGHT):
                question = Question(method, f"/measure/v1/{target}", {**shown, **more}, body)
                name = ", ".join(filter(None, [holder, *more.values(), f"{len(body or b'')} bytes"]))
                side.ask(question, name, point=point, rules=["monotonic"])


def own_point(side: Side, tickets: dict[str, str]) -> None:
    """The same of a measurement point that is a process of its own."""
    command = ["provklar", "measurement-point", "--port", str(side.ports.point), "--allowed-origins", PAGE["origin"]]
    with side.running(*command, "--secret-file", str(side.world / "data/measurement.secret")) as process:
        log = side.world / "provklar-measurement-point.log"
        until(lambda: process.poll() is not None or log.read_text() != "", "the measurement point")
        measurement(side, tickets, point=True)
    side.note("command", "provklar measurement-point", log.read_text())


def web_probe(side: Side, machine: Machine) -> None:
    """A browser joins, is judged before and after it reports what `machine` did, and asks what is around it."""
    for wish in ({"school": machine.school, "room": "A101"}, {"school": machine.school, "room": "a101", "kept": True}):
        body = json.dumps(wish).encode()
        joined = side.ask(
            Question("POST", "/api/v1/web-devices", {"content-type": "application/json"}, body), str(wish)
        )
        browser = Machine("browser", machine.school, joined.json()["device_id"], joined.json()["token"], [])
        _judged(side, browser, "nothing known")
        reports = [{**report, "device_id": browser.device_id} for report in machine.reports[-3:]]
        side.ask(
            Question("POST", "/api/v1/reports", browser.headers, json.dumps({"reports": reports}).encode()), "browser"
        )
        _judged(side, browser, "some known")
    side.ask(Question("GET", "/api/v1/web-devices/surroundings"))
    side.ask(Question("GET", "/api/v1/web-devices/surroundings", SEB), "Safe Exam Browser")


def _judged(side: Side, browser: Machine, what: str) -> None:
    for language in ("", "?lang=en"):
        side.ask(
            Question("GET", f"/api/v1/web-devices/verdict{language}", browser.headers), f"{browser.device_id}, {what}"
        )
