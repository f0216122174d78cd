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
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self

from tests.lab.namespaces import COMMAND_SECONDS, FOLDERS, Namespace, host, sweep, wait_until_ready
from tests.lab.services import Services

LAN = "10.77.0"
ROUTER_ADDRESS = f"{LAN}.1"
ROUTER_OUTSIDE = "10.77.4.1"
LINE_NEAR = "10.77.4.2"
LINE_FAR = "10.77.5.1"
INTERNET_NEAR = "10.77.5.2"
INTERNET_ADDRESS = "10.77.8.1"
MOST_CLIENTS = 40

FRAME_BYTES = 1_514
"""A full Ethernet frame as the shaper counts it."""
PAYLOAD_BYTES = 1_448
"""What TCP with timestamps carries in it."""

UDP_BYTES = 1_472
BACKGROUND_PORT = 5_301
BACKGROUND_SECONDS = 600
"""The longest that background traffic goes on, whatever happens to the test."""

_serials = itertools.count(1)


def goodput_mbit_s(rate_mbit_s: float) -> float:
    """The most that TCP can carry on a line of that rate."""
    return rate_mbit_s * PAYLOAD_BYTES / FRAME_BYTES


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
        self.down_mbit_s = down_mbit_s
        self.up_mbit_s = up_mbit_s
        self.delay_ms = delay_ms
        self.loss = loss
        self.queue_ms = queue_ms
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
            self._connect_lan()
            self._connect_line()
            self._shape()
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

    def start_program(self, where: Namespace, command: Sequence[str | Path]) -> subprocess.Popen[bytes]:
        """Starts a program of the lab in that namespace and waits until it has written `ready`.

        What it complains of is in `programs.log` in the box's folder.
        """
        with self.log_file.open("ab") as log:
            process = self.popen(where, command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        wait_until_ready(process, self.log_file)
        return process

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

    def wait_for_listener(self, where: Namespace, port: int, seconds: float = 10) -> None:
        """Waits until something in that namespace listens on the TCP port."""
        deadline = time.monotonic() + seconds
        while not self.run(where, ["ss", "-Hltn", f"sport = :{port}"]).stdout:
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing listens on port {port} in {where.role}")
            time.sleep(0.02)

    def close(self) -> None:
        """Ends all processes in the box and removes it."""
        for namespace in reversed(self.namespaces):
            namespace.delete()
        for process in self._started:
            process.kill()
            process.wait(timeout=COMMAND_SECONDS)
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream:
                    stream.close()
        self._started.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _connect_lan(self) -> None:
        self._ip(
            self.router, "link add name lan type bridge", f"addr add {ROUTER_ADDRESS}/24 dev lan", "link set dev lan up"
        )
        for number, client in enumerate(self.clients):
            _cable(client, "eth0", self.router, f"port{number}")
            self._ip(self.router, f"link set dev port{number} master lan up")
            self._ip(
                client,
                f"addr add {client.address}/24 dev eth0",
                "link set dev eth0 up",
                f"route add default via {ROUTER_ADDRESS} congctl {self.congestion}",
            )

    def _connect_line(self) -> None:
        _cable(self.router, "wan", self.line, "school")
        far_device = self._connect_far_end()
        self._ip(self.internet, f"addr add {INTERNET_ADDRESS}/32 dev lo", f"link set dev {far_device} up")
        self._ip(
            self.internet,
            f"addr add {INTERNET_NEAR}/30 dev {far_device}",
            f"route add default via {LINE_FAR} src {INTERNET_ADDRESS} congctl {self.congestion}",
        )
        self._ip(
            self.line,
            f"addr add {LINE_NEAR}/30 dev school",
            f"addr add {LINE_FAR}/30 dev {far_device}",
            "link set dev school up",
            f"link set dev {far_device} up",
            f"route add {LAN}.0/24 via {ROUTER_OUTSIDE}",
            f"route add default via {INTERNET_NEAR}",
        )
        self._ip(
            self.router,
            f"addr add {ROUTER_OUTSIDE}/30 dev wan",
            "link set dev wan up",
            f"route add default via {LINE_NEAR}",
        )

    def _connect_far_end(self) -> str:
        """A cable between line and internet, or the relay that holds packets; returns the name of its two ends."""
        if not self.delay_ms:
            _cable(self.line, "far", self.internet, "far")
            return "far"
        with self.log_file.open("ab") as log:
            relay = subprocess.Popen(
                [
                    *(sys.executable, "-I", Path(__file__).with_name("delay_relay.py")),
                    *(self.line.name, self.internet.name, "--device", "far", "--one-way-ms", str(self.delay_ms / 2)),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self._started.append(relay)
        wait_until_ready(relay, self.log_file)
        for namespace in (self.line, self.internet):
            self._ip(namespace, "link set dev far txqueuelen 10000")
        return "far"

    def _shape(self) -> None:
        """The router's end shapes what goes up, the provider's end what comes down.

        A sender may hand over several frames as one when the line is fast. Such a bundle is at most one millisecond
        of the line, and one frame where packets are to be lost one by one.
        """
        for namespace, device, rate in (
            (self.router, "wan", self.up_mbit_s),
            (self.line, "school", self.down_mbit_s),
        ):
            burst = max(6_000, int(rate * 250))  # two milliseconds, in bytes
            host(
                [
                    *("tc", "-n", namespace.name, "qdisc", "replace", "dev", device, "root", "tbf"),
                    *("rate", f"{int(rate * 1e6)}bit", "burst", str(burst), "latency", f"{self.queue_ms}ms"),
                ]
            )
        up, down = (
            1 if self.loss else max(1, int(rate * 125 / FRAME_BYTES)) for rate in (self.up_mbit_s, self.down_mbit_s)
        )
        for namespace, device, frames in [(client, "eth0", up) for client in self.clients] + [
            (self.internet, "far", down),
            (self.router, "wan", up),
            (self.line, "school", down),
        ]:
            self._ip(namespace, f"link set dev {device} gso_max_segs {frames}")
        if self.loss:
            self._lose()

    def _lose(self) -> None:
        self.line.run(
            ["nft", "-f", "-"],
            text="table ip line {\n chain lossy {\n  type filter hook forward priority 0;\n"
            f"  numgen random mod 1000000 < {round(self.loss * 1_000_000)} drop\n }}\n}}\n",
        )

    @staticmethod
    def _ip(namespace: Namespace, *commands: str) -> None:
        host(["ip", "-n", namespace.name, "-batch", "-"], text="\n".join(commands) + "\n")


def _cable(one: Namespace, one_end: str, other: Namespace, other_end: str) -> None:
    """A veth pair between two namespaces; its ends never exist outside them."""
    host(
        [
            *("ip", "link", "add", "name", one_end, "netns", one.name),
            *("type", "veth", "peer", "name", other_end, "netns", other.name),
        ]
    )
