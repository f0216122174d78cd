"""The order of a local run: collector, enrolment, measurement, verdict, and then both programs on their schedules.

On Ctrl-C the agent stops first, so that what it just measured can still be delivered; then the collector.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Protocol

import httpx

from collector.clock import Clock
from collector.local.processes import LocalRunError, child, finish, last_lines
from collector.local.waiting import STANDSTILL_S, START_S, Patience, wait_for_collector, wait_for_verdict
from collector.local.workplace import Workplace, write_agent_settings

MEASURE_S = 600.0


class ChainHost(Protocol):
    """What a run needs of whoever started it."""

    def say(self, code: str, **values: str) -> None:
        """Prints a sentence of the commands' catalogue by its code."""

    def key_for(self, school: str) -> str:
        """Makes an enrolment key."""

    def simulate(self, place: Workplace) -> Sequence[str] | None:
        """Sends a simulated municipality's past and gives the command that keeps it reporting, if there is one."""

    def judged(self, done: int) -> None:
        """So many sittings have been judged by now."""

    def show(self, place: Workplace) -> None:
        """Prints the verdicts."""

    def running(self, place: Workplace) -> None:
        """Says that all of it runs now, and what can be done with it."""


def run(place: Workplace, around: ChainHost, now: Clock, *, verbose: bool) -> None:
    """The whole run; returns after Ctrl-C or SIGTERM, with everything stopped in order."""
    signal.signal(signal.SIGTERM, _interrupt)
    if not port_is_free(place.url):
        raise LocalRunError("port_taken", port=str(httpx.URL(place.url).port))
    with ExitStack() as running:
        around.say("starting_collector", url=place.url)
        collector = running.enter_context(child(place.collector("serve"), place.log("collector")))
        wait_for_collector(collector, place)
        around.say("enrolling", school=place.school.name, room=place.room.id)
        enrol(place, around.key_for, os.environ)
        keep_simulating = around.simulate(place)
        around.say("measuring")
        measured_from = now()
        finish(place.agent("once", *([] if verbose else ["--brief"])), "measuring_failed", MEASURE_S)
        around.say("judging")
        wait_for_verdict(collector, place, measured_from, around.judged, Patience(STANDSTILL_S, time.monotonic))
        around.show(place)
        if keep_simulating:
            running.enter_context(child(keep_simulating, place.log("simulation")))
        agent = running.enter_context(child(place.agent("run"), place.log("agent")))
        around.running(place)
        watch({"provklar serve": collector, "provklar-agent run": agent}, place)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def port_is_free(url: str) -> bool:
    """Whether nothing answers on the collector's port yet."""
    address = httpx.URL(url)
    with socket.socket() as knock:
        knock.settimeout(1)
        return knock.connect_ex((address.host, address.port or 80)) != 0


def enrol(place: Workplace, key_for: Callable[[str], str], environ: Mapping[str, str]) -> None:
    """Makes this machine a device, once: an agent that has an identity here keeps it."""
    write_agent_settings(place)
    if (place.agent_data / "identity.json").exists():
        return
    key = {"PROVKLAR_ENROLMENT_KEY": key_for(place.school.code)}
    done = subprocess.run(
        place.agent("enroll"), env={**environ, **key}, capture_output=True, text=True, timeout=START_S, check=False
    )
    if done.returncode != 0:
        raise LocalRunError("enrolment_failed", said=(done.stderr or done.stdout).strip())


def watch(children: dict[str, subprocess.Popen[bytes]], place: Workplace) -> None:
    """Sleeps until Ctrl-C; an error if a child ends by itself."""
    while True:
        for name, process in children.items():
            if process.poll() is not None:
                log = place.log("collector" if name == "provklar serve" else "agent")
                raise LocalRunError("child_ended", name=name, log=str(log), said=last_lines(log))
        time.sleep(1)
