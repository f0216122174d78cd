"""Network namespaces that belong to one test process: made, entered and always taken down again.

Every name holds the pid of the process that made it, so that parallel runs do not meet and `sweep` can tell what a
dead run left behind. Only processes inside our own namespaces are ever ended.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

ETC_NETNS = Path("/etc/netns")
"""`ip netns exec NAME` shows the files of /etc/netns/NAME as /etc to the program that it starts."""
FOLDERS = Path(tempfile.gettempdir())
"""Where boxes keep their files, each in a folder that is named as its namespaces are."""

COMMAND_SECONDS = 60.0
_OURS = re.compile(r"^provklar-(?P<pid>\d+)-\d+-[a-z0-9]+$")


class CommandFailedError(Exception):
    """A command in the lab ended badly; the text holds what it wrote."""


def host(command: Sequence[str | Path], *, text: str | None = None) -> str:
    """Runs `command` on the machine itself and returns what it wrote; raises CommandFailedError."""
    done = subprocess.run(
        [str(part) for part in command],
        input=text,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    if done.returncode:
        raise CommandFailedError(f"{' '.join(map(str, command))}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def wait_until_ready(process: subprocess.Popen[bytes], log: Path, seconds: float = 15.0) -> None:
    """Waits until one of the lab's own programs has written `ready`; raises CommandFailedError with its `log`."""
    assert process.stdout
    readable, _, _ = select.select([process.stdout], [], [], seconds)
    if readable and process.stdout.readline() == b"ready\n":
        return
    process.kill()
    raise CommandFailedError(f"{process.args!r} did not start: {log.read_text()[-4_000:]}")


class Namespace:
    """One network namespace. `address` is where the others reach it (IPv4, no prefix)."""

    def __init__(self, role: str, serial: int, address: str) -> None:
        """`serial` tells the labs of one test process apart, `role` the namespaces of one lab."""
        self.name = f"provklar-{os.getpid()}-{serial}-{role}"
        self.role = role
        self.address = address

    @property
    def etc(self) -> Path:
        """The folder whose files stand in for those of /etc."""
        return ETC_NETNS / self.name

    def create(self) -> None:
        """Makes the namespace: loopback up, IPv6 off (nothing here uses it), forwarding on, ping for everyone.

        Nothing that one connection learned about the line is kept for the next: every measurement starts cold.
        Whoever has no way says so each time: by the kernel's own measure it may take three tries to hear it.
        """
        host(["ip", "netns", "add", self.name])
        self.run(["ip", "link", "set", "dev", "lo", "up"])
        self.run(
            [
                *("sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"),
                *("net.ipv4.ip_forward=1", "net.ipv4.ping_group_range=0 2147483647"),
                *("net.ipv4.tcp_no_metrics_save=1", "net.ipv4.icmp_ratelimit=0"),
            ]
        )

    def command(self, command: Sequence[str | Path]) -> list[str]:
        """`command` as the machine has to start it so that it runs in here."""
        return ["ip", "netns", "exec", self.name, *(str(part) for part in command)]

    def run(
        self,
        command: Sequence[str | Path],
        *,
        text: str | None = None,
        timeout_s: float = COMMAND_SECONDS,
        check: bool = True,
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Runs `command` in here to its end; raises CommandFailedError if it fails and `check` is set."""
        done = subprocess.run(
            self.command(command), input=text, capture_output=True, text=True, timeout=timeout_s, env=env, check=False
        )
        if check and done.returncode:
            raise CommandFailedError(f"{self.role}: {' '.join(map(str, command))}: {done.stderr or done.stdout}")
        return done

    def popen(
        self,
        command: Sequence[str | Path],
        *,
        stdin: int | None = subprocess.DEVNULL,
        stdout: int | IO[bytes] | None = subprocess.DEVNULL,
        stderr: int | IO[bytes] | None = subprocess.STDOUT,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.Popen[bytes]:
        """Starts `command` in here; whatever still runs when the namespace goes is killed."""
        return subprocess.Popen(self.command(command), stdin=stdin, stdout=stdout, stderr=stderr, env=env, cwd=cwd)

    def delete(self) -> None:
        """Kills what still runs in here and removes the namespace; no error if it is not there."""
        _remove(self.name)


def _remove(name: str) -> None:
    if (Path("/run/netns") / name).exists():
        _kill_inside(name)
        subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True, timeout=COMMAND_SECONDS)
    for folder in (ETC_NETNS, FOLDERS):
        shutil.rmtree(folder / name, ignore_errors=True)


def _kill_inside(name: str, seconds: float = 5.0) -> None:
    """A process may start another while it dies, so look again until nobody is left or `seconds` have gone."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        pids = [pid for pid in _pids_inside(name) if not _is_zombie(pid)]
        if not pids:
            return
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.02)


def _pids_inside(name: str) -> list[int]:
    listed = subprocess.run(
        ["ip", "netns", "pids", name], capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
    )
    return [int(pid) for pid in listed.stdout.split() if int(pid) != os.getpid()]


def _is_zombie(pid: int) -> bool:
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True


def _is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists() and not _is_zombie(pid)


def leftovers() -> list[str]:
    """Names of namespaces and folders whose test process is gone."""
    names: set[str] = set()
    for folder in (Path("/run/netns"), ETC_NETNS, FOLDERS):
        if folder.is_dir():
            names.update(path.name for path in folder.iterdir())
    return sorted(name for name in names if (ours := _OURS.match(name)) and not _is_alive(int(ours["pid"])))


def sweep() -> list[str]:
    """Removes what dead test processes left behind; returns the names that were removed."""
    found = leftovers()
    for name in found:
        _remove(name)
    return found
