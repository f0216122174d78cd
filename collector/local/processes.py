"""`provklar local` (`make run`): the whole chain on this one machine, in two child processes.

Starts a collector, enrols this machine as a device of a school, measures, waits for the verdict, prints it, and
then keeps both running on their schedules. On Ctrl-C the agent stops first, so that what it just measured can
still be delivered; then the collector.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import httpx
import msgspec

from collector.configuration.model import Configuration
from collector.readiness.domain.model import Room, School

START_S = 60.0
STOP_S = 20.0
FINISH_S = 600.0
VERDICT_S = 60.0
POLL_S = 0.2

Say = Callable[..., None]
"""Prints a sentence of the commands' catalogue by its code."""


class LocalRunError(Exception):
    """The run cannot go on; `code` is the sentence that says why and what to do, `values` go into it."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code, self.values = code, values


class Workplace(msgspec.Struct, frozen=True):
    """Where this run keeps its things and which device it is."""

    config: Path
    data: Path
    url: str
    school: School
    room: Room

    @property
    def agent_data(self) -> Path:
        """The agent's folder: identity, outbox."""
        return self.data / "agent"

    def log(self, name: str) -> Path:
        """Where a child process writes what it has to say."""
        return self.data / "log" / f"{name}.log"


def workplace(configuration: Configuration) -> Workplace:
    """This machine is a device in the first room of the first school that is not simulated."""
    school = next(s for s in configuration.schools.values() if not s.simulated)
    listen = configuration.settings.listen
    return Workplace(
        config=configuration.folder,
        data=Path(configuration.settings.data_dir),
        url=f"http://{'127.0.0.1' if listen.host == '0.0.0.0' else listen.host}:{listen.port}",  # noqa: S104 - compared, not bound
        school=school,
        room=school.rooms[0],
    )


def copy_config(source: Path, target: Path) -> Path:
    """A copy of the configuration for a demonstration, so that the operator's own files stay as they are."""
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target)
    return target


def port_is_free(url: str) -> bool:
    """Whether nothing answers on the collector's port yet."""
    address = httpx.URL(url)
    with socket.socket() as knock:
        knock.settimeout(1)
        return knock.connect_ex((address.host, address.port or 80)) != 0


@contextmanager
def child(command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own session, so that Ctrl-C in the terminal reaches only us and we stop it in order."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Asks a child to end, and ends it if it does not within its time."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(timeout=STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=STOP_S)


def program(name: str) -> list[str]:
    """One of our two commands, as installed beside the Python that runs this one."""
    beside = Path(sys.executable).with_name(name)
    return [str(beside) if beside.exists() else name]


def wait_for_collector(process: subprocess.Popen[bytes], place: Workplace) -> None:
    """Until the collector answers; an error that quotes its log when it ends or stays silent."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{place.url}/api/v1/sittings", timeout=2).is_success:
                return
        except httpx.HTTPError:
            time.sleep(POLL_S)
    raise LocalRunError(
        "collector_did_not_start", log=str(place.log("collector")), said=last_lines(place.log("collector"))
    )


def last_lines(log: Path, count: int = 8) -> str:
    """The end of a log, to show what a child said."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])


def agent_options(place: Workplace) -> list[str]:
    """What makes an agent this workplace's, without a file of its own."""
    return [
        "--collector",
        place.url,
        "--school",
        place.school.code,
        "--room",
        place.room.id,
        "--data",
        str(place.agent_data),
    ]


def enrol(place: Workplace, key_for: Callable[[str], str], environ: Mapping[str, str]) -> None:
    """Makes this machine a device, once: an agent that has an identity here keeps it."""
    if (place.agent_data / "identity.json").exists():
        return
    command = [*program("provklar-agent"), "enroll", *agent_options(place)]
    key = {"PROVKLAR_ENROLMENT_KEY": key_for(place.school.code)}
    done = subprocess.run(command, env={**environ, **key}, capture_output=True, text=True, timeout=START_S, check=False)
    if done.returncode != 0:
        raise LocalRunError("enrolment_failed", said=(done.stderr or done.stdout).strip())


def finish(command: Sequence[str], failure: str) -> None:
    """Runs a command to its end, its progress straight to the terminal; `failure` is the sentence if it fails."""
    if subprocess.run(command, timeout=FINISH_S, check=False).returncode != 0:
        raise LocalRunError(failure)


def wait_for_verdict(place: Workplace, since: datetime) -> None:
    """Until this school's sittings have been judged after `since`."""
    deadline = time.monotonic() + VERDICT_S
    while time.monotonic() < deadline:
        sittings = httpx.get(f"{place.url}/api/v1/sittings", params={"school": place.school.code}, timeout=5).json()
        if sittings and all(datetime.fromisoformat(s["judged_at"]) >= since for s in sittings):
            return
        time.sleep(POLL_S)
    raise LocalRunError("no_verdict_in_time", log=str(place.log("collector")))


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def run(
    place: Workplace,
    say: Say,
    *,
    key_for: Callable[[str], str],
    show: Callable[[Workplace], None],
    now: Callable[[], datetime],
    simulate: Callable[[], Sequence[str] | None],
) -> None:
    """The whole run; returns after Ctrl-C or SIGTERM, with everything stopped in order.

    `simulate` sends a simulated municipality's past and gives the command that keeps it reporting, if there is one.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    if not port_is_free(place.url):
        raise LocalRunError("port_taken", port=str(httpx.URL(place.url).port))
    with ExitStack() as running:
        say("starting_collector", url=place.url)
        collector = running.enter_context(
            child([*program("provklar"), "serve", "--config", str(place.config)], place.log("collector"))
        )
        wait_for_collector(collector, place)
        say("enrolling", school=place.school.name, room=place.room.id)
        enrol(place, key_for, os.environ)
        keep_simulating = simulate()
        say("measuring")
        measured_from = now()
        finish([*program("provklar-agent"), "once", *agent_options(place)], "measuring_failed")
        say("judging")
        wait_for_verdict(place, measured_from)
        show(place)
        if keep_simulating:
            running.enter_context(child(keep_simulating, place.log("simulation")))
        agent = running.enter_context(
            child([*program("provklar-agent"), "run", *agent_options(place)], place.log("agent"))
        )
        say("running_until_stopped", url=place.url)
        watch({"provklar serve": collector, "provklar-agent run": agent}, place)


def watch(children: dict[str, subprocess.Popen[bytes]], place: Workplace) -> None:
    """Sleeps until Ctrl-C; an error if a child ends by itself."""
    while True:
        for name, process in children.items():
            if process.poll() is not None:
                log = place.log("collector" if name == "provklar serve" else "agent")
                raise LocalRunError("child_ended", name=name, log=str(log), said=last_lines(log))
        time.sleep(1)
