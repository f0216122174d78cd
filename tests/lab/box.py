"""A school in a box: clients, their router, a line of known rate, delay and loss, and an internet behind it.

    client0 ─┐
    client1 ─┴─ (bridge "lan") router ──"wan"── line ──(TUN relay when there is a delay)── internet

All of it lives in network namespaces of its own: nothing leaves the machine, and two boxes never meet. The rates are
rates on the wire, so that one TCP connection can get at most `goodput_mbit_s` of them. See docs/lab.md.
"""

from __future__ import annotations

import itertools
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self

from tests.lab.namespaces import COMMAND_SECONDS, FOLDERS, Namespace, sweep, wait_until_ready
from tests.lab.services import Services, program
from tests.lab.wiring import (
    FAR,
    FRAME_BYTES,
    INTERNET_ADDRESS,
    LAN,
    LINE_NEAR,
    ROUTER_ADDRESS,
    Shape,
    cable,
    connect_lan,
    connect_line,
    goodput_mbit_s,
    shape,
)

__all__ = ["SchoolBox", "goodput_mbit_s"]

MOST_CLIENTS = 40
UDP_BYTES = 1_472
BACKGROUND_PORT = 5_301
BACKGROUND_SECONDS = 600
"""The longest that background traffic goes on, whatever happens to the test."""

_serials = itertools.count(1)


class SchoolBox:
    """A school in namespaces, from `with SchoolBox(...) as box:` to the end of the block.

    `delay_ms` is added to every round trip, half of it each way. `loss` is the share of packets lost, each way.
    `queue_ms` is how long the line's buffer may get before it drops. `congestion` is what TCP does at both ends:
    `cubic` unless told otherwise, as on school machines and most servers, whatever this machine itself uses.
    """

    def __init__(
        self,
        down_mbit_s: float,
        up_mbit_s: float,
        delay_ms: float = 0,
        loss: float = 0.0,
        clients: int = 1,
        *,
        queue_ms: float = 50,
        congestion: Literal["cubic", "reno", "bbr"] = "cubic",
    ) -> None:
        """Nothing is made before the block is entered. Rates are Mbit/s on the wire."""
        if not 1 <= clients <= MOST_CLIENTS:
            raise ValueError(f"a box has 1 to {MOST_CLIENTS} clients, not {clients}")
        self.shape = Shape(down_mbit_s, up_mbit_s, loss, queue_ms)
        self.delay_ms = delay_ms
        self.congestion = congestion
        serial = next(_serials)
        self.internet = Namespace("internet", serial, INTERNET_ADDRESS)
        self.line = Namespace("line", serial, LINE_NEAR)
        self.router = Namespace("router", serial, ROUTER_ADDRESS)
        self.clients = [Namespace(f"client{i}", serial, f"{LAN}.{10 + i}") for i in range(clients)]
        self.folder = FOLDERS / self.line.name.replace("-line", "-files")
        """Certificates, settings and logs of what runs in the box; removed with it."""
        self._services: Services | None = None
        self._started: list[subprocess.Popen[bytes]] = []

    @property
    def log_file(self) -> Path:
        """What the lab's own programs complain of."""
        return self.folder / "programs.log"

    @property
    def namespaces(self) -> list[Namespace]:
        """All namespaces of the box."""
        return [self.internet, self.line, self.router, *self.clients]

    def __enter__(self) -> Self:
        """Makes the box, after removing what dead runs left."""
        sweep()
        try:
            self.folder.mkdir()
            for namespace in self.namespaces:
                namespace.create()
            connect_lan(self.router, self.clients, self.congestion)
            if self.delay_ms:
                self._start_relay()
            else:
                cable(self.line, FAR, self.internet, FAR)
            connect_line(self.router, self.line, self.internet, self.congestion)
            shape(self.line, self.router, self.clients, self.internet, self.shape)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Takes the box down, whatever happened in it."""
        self.close()

    def run(
        self,
        where: Namespace,
        command: Sequence[str | Path],
        *,
        text: str | None = None,
        timeout_s: float = COMMAND_SECONDS,
        check: bool = True,
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Runs `command` in that namespace to its end; raises CommandFailedError if it fails and `check` is set."""
        return where.run(command, text=text, timeout_s=timeout_s, check=check, env=env)

    def popen(
        self,
        where: Namespace,
        command: Sequence[str | Path],
        *,
        stdin: int | None = subprocess.DEVNULL,
        stdout: int | IO[bytes] | None = subprocess.DEVNULL,
        stderr: int | IO[bytes] | None = subprocess.STDOUT,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.Popen[bytes]:
        """Starts `command` in that namespace; it is killed at the latest when the box goes."""
        process = where.popen(command, stdin=stdin, stdout=stdout, stderr=stderr, env=env, cwd=cwd)
        self._started.append(process)
        return process

    def start_program(
        self, where: Namespace, command: Sequence[str | Path], *, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Starts a program of the lab in that namespace and waits until it has written `ready`.

        What it complains of is in `programs.log` in the box's folder.
        """
        with self.log_file.open("ab") as log:
            process = self.popen(where, command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=env)
        wait_until_ready(process, self.log_file)
        return process

    def reshape(self, down_mbit_s: float, up_mbit_s: float) -> None:
        """Makes it a line of other rates, without loss: for what takes long to start and is to measure several."""
        self.shape = Shape(down_mbit_s, up_mbit_s, 0.0, self.shape.queue_ms)
        shape(self.line, self.router, self.clients, self.internet, self.shape)

    def start_services(self) -> Services:
        """Starts names, web sites and identity provider in the internet, and tells the clients about them."""
        self._services = Services(self)
        return self._services

    @property
    def services(self) -> Services:
        """What `start_services` started."""
        if self._services is None:
            raise RuntimeError("the box has no services: call start_services() first")
        return self._services

    @contextmanager
    def background(self, *, down_mbit_s: float = 0, up_mbit_s: float = 0, client: int = -1) -> Iterator[None]:
        """Constant traffic (UDP, rates on the wire) between a client and the internet while the block runs.

        A lesson that goes on; it does not give way to others as TCP would.
        """
        ways = [(BACKGROUND_PORT, down_mbit_s, ["--reverse"]), (BACKGROUND_PORT + 1, up_mbit_s, [])]
        programs = []
        for port, rate_mbit_s, direction in ways:
            if rate_mbit_s:
                programs.append(self.popen(self.internet, ["iperf3", "--server", "--one-off", "--port", str(port)]))
                self.wait_for_listener(self.internet, port)
                rate = f"{int(rate_mbit_s * 1e6 * UDP_BYTES / FRAME_BYTES)}"
                load = ["--udp", "--length", str(UDP_BYTES), "--bitrate", rate, "--time", str(BACKGROUND_SECONDS)]
                command = ["iperf3", "--client", self.internet.address, "--port", str(port), *load, *direction]
                programs.append(self.popen(self.clients[client], command))
        try:
            yield
        finally:
            for program in programs:
                program.kill()
                program.wait(timeout=COMMAND_SECONDS)

    def wait_for_listener(self, where: Namespace, port: int, seconds: float = 30) -> None:
        """Waits until something in that namespace listens on the TCP port."""
        deadline = time.monotonic() + seconds
        while not self.run(where, ["ss", "-Hltn", f"sport = :{port}"]).stdout:
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing listens on port {port} in {where.role}")
            time.sleep(0.02)

    def close(self) -> None:
        """Ends all processes in the box and removes it, each part even if another will not go."""
        with ExitStack() as last_first:
            last_first.callback(shutil.rmtree, self.folder, ignore_errors=True)
            for process in self._started:
                last_first.callback(_end, process)
            for namespace in self.namespaces:
                last_first.callback(namespace.delete)
        self._started.clear()

    def _start_relay(self) -> None:
        """Joins line and internet by something that holds packets; it runs outside, because it belongs to both."""
        command = [*program("delay_relay.py"), self.line.name, self.internet.name]
        command += ["--device", FAR, "--one-way-ms", str(self.delay_ms / 2)]
        with self.log_file.open("ab") as log:
            relay = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        self._started.append(relay)
        wait_until_ready(relay, self.log_file)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait(timeout=COMMAND_SECONDS)
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            stream.close()
