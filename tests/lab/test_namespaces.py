"""Boxes leave nothing behind, do not meet, and remove what dead runs left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.box import SchoolBox
from tests.lab.namespaces import ETC_NETNS, CommandFailedError, leftovers, sweep

pytestmark = pytest.mark.xdist_group("lab")  # measures nothing, so it may run beside other tests

NETNS = Path("/run/netns")
PING = ("ping", "-c", "1", "-w", "20")
"""Asks each second until one answer has come: a busy machine may be late with the first."""
DIES_IN_A_BOX = """
import os, signal
from tests.lab.box import SchoolBox
box = SchoolBox(10, 10, delay_ms=10).__enter__()
box.start_services()
sleeper = box.popen(box.clients[0], ["sleep", "600"])
print(sleeper.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def is_running(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_a_box_leaves_nothing_behind() -> None:
    with SchoolBox(10, 10, delay_ms=10) as box:
        box.start_services()
        sleeper = box.popen(box.clients[0], ["sleep", "600"])
        assert (NETNS / box.router.name).exists()
    assert sleeper.returncode == -signal.SIGKILL
    for namespace in box.namespaces:
        assert not (NETNS / namespace.name).exists()
        assert not (ETC_NETNS / namespace.name).exists()
    assert not box.folder.exists()


def test_a_test_that_fails_leaves_nothing_behind() -> None:
    with pytest.raises(CommandFailedError, match="client0: false"), SchoolBox(10, 10) as box:
        box.run(box.clients[0], ["false"])
    assert not (NETNS / box.router.name).exists()


def test_what_a_killed_run_left_is_swept_and_the_living_kept() -> None:
    died = subprocess.run(
        [sys.executable, "-c", DIES_IN_A_BOX], capture_output=True, text=True, check=False, timeout=60
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    with SchoolBox(10, 10) as alive:  # sweeps as it starts
        assert not is_running(int(died.stdout))
        assert leftovers() == []
        assert sweep() == []
        assert (NETNS / alive.router.name).exists()


def test_two_boxes_with_the_same_addresses_do_not_meet() -> None:
    with SchoolBox(10, 10) as one, SchoolBox(10, 10, delay_ms=20) as other:
        assert one.router.name != other.router.name
        assert one.clients[0].address == other.clients[0].address
        one.run(one.clients[0], [*PING, one.internet.address])
        other.close()
        one.run(one.clients[0], [*PING, one.internet.address])


def test_clients_reach_each_other_and_the_internet_but_not_this_machine() -> None:
    with SchoolBox(10, 10, clients=3) as box:
        first = box.clients[0]
        assert [client.address for client in box.clients] == ["10.77.0.10", "10.77.0.11", "10.77.0.12"]
        for there in (box.clients[2].address, box.router.address, box.internet.address):
            box.run(first, [*PING, there])
        links = box.run(box.internet, ["ip", "-o", "link"]).stdout.splitlines()
        assert [line.split(": ")[1].split("@")[0] for line in links] == ["lo", "far"]


@pytest.mark.parametrize("clients", [0, 41])
def test_a_box_has_a_bounded_number_of_clients(clients: int) -> None:
    with pytest.raises(ValueError, match=f"1 to 40 clients, not {clients}"):
        SchoolBox(10, 10, clients=clients)


def test_names_hold_the_pid_so_that_the_living_are_known() -> None:
    assert SchoolBox(10, 10).router.name.startswith(f"provklar-{os.getpid()}-")
