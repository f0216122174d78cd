"""The only door of the probes to the machine: files of the system, programs, sockets, psutil, netlink, clocks.

Tests hand in a recorded machine instead. The resident process does not import this module: it must stay small.
"""

from __future__ import annotations

import http.client
import os
import platform
import shutil
import socket
import ssl
import struct
import subprocess
import time
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import psutil

from agent.system import windows_registry
from agent.system.windows_registry import RegistryValue
from agent.system.wlan_structures import WlanInterface

if TYPE_CHECKING:
    from agent.system.core_graphics import DisplaySize

Netlink = dict[str, Any]
"""A netlink message as nested dictionaries of attribute names and plain values."""

_FILE_MAX_BYTES = 2**20
_ADJTIMEX_BYTES = 512
"""More than `struct timex` has on any machine; all zeros asks and changes nothing."""

_CLOCK_UNSYNCHRONISED = 5
"""adjtimex: TIME_ERROR."""

_PLATFORMS = {"Linux": "linux", "Windows": "windows", "Darwin": "macos"}
_WIRELESS_ATTRIBUTES = frozenset(
    f"NL80211_{name}"
    for name in (
        "ATTR_IFINDEX",
        "ATTR_IFNAME",
        "ATTR_IFTYPE",
        "ATTR_MAC",
        "ATTR_WIPHY_FREQ",
        "ATTR_CHANNEL_WIDTH",
        "ATTR_STA_INFO",
        "STA_INFO_SIGNAL",
        "STA_INFO_TX_BITRATE",
        "STA_INFO_RX_BITRATE",
        "STA_INFO_TX_PACKETS",
        "STA_INFO_TX_RETRIES",
        "RATE_INFO_BITRATE",
        "RATE_INFO_BITRATE32",
        "RATE_INFO_MCS",
        "RATE_INFO_VHT_MCS",
        "RATE_INFO_HE_MCS",
        "RATE_INFO_EHT_MCS",
        "ATTR_SURVEY_INFO",
        "SURVEY_INFO_NOISE",
        "SURVEY_INFO_IN_USE",
        "BSS_BSSID",
        "BSS_FREQUENCY",
        "BSS_SIGNAL_MBM",
        "BSS_STATUS",
    )
)
"""What is kept of nl80211's answers. Networks' names (SSID) are left out on purpose."""


class CommandFailedError(Exception):
    """A program could not be started, ended with an error, or took too long."""


class Battery(NamedTuple):
    """`level_percent` 0-100; `on_mains` is None where the system can't tell."""

    level_percent: float
    on_mains: bool | None


class Address(NamedTuple):
    """One address that a name resolved to, as the socket module wants it."""

    family: int
    sockaddr: tuple[Any, ...]


class Interface(NamedTuple):
    """A network interface; `is_up` means that it has a carrier too. `addresses` are IPv4 and IPv6."""

    name: str
    is_up: bool
    addresses: list[str]


class System:
    """The machine that this process runs on. `ca_file` adds a certificate authority for the measurement point, and
    `proxy` (a URL) is the way to it.
    """

    def __init__(self, ca_file: str | None = None, proxy: str | None = None) -> None:
        self._ca_file = ca_file
        self.proxy = proxy

    # --- clocks

    def now(self) -> datetime:
        """The time of day, UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Seconds on a clock that never jumps."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Waits."""
        time.sleep(seconds)

    def clock_synchronised(self) -> bool | None:
        """Whether Linux's kernel holds its clock for synchronised; None where it does not say."""
        import ctypes  # noqa: PLC0415  for this alone

        ask = getattr(ctypes.CDLL(None), "adjtimex", None)
        state = ask(ctypes.create_string_buffer(_ADJTIMEX_BYTES)) if ask else -1
        return None if state < 0 else state != _CLOCK_UNSYNCHRONISED

    # --- what the machine is

    def platform_name(self) -> str:
        """`linux`, `windows` or `macos`; for others the system's own name in lower case."""
        name = platform.system()
        return _PLATFORMS.get(name, name.lower())

    def platform_version(self) -> str:
        """The version of Windows (10.0.22631) or macOS (14.5); on Linux that of the kernel."""
        return platform.mac_ver()[0] if self.platform_name() == "macos" else platform.version()

    def machine(self) -> str:
        """The processor architecture as the system calls it."""
        return platform.machine()

    def memory_total_bytes(self) -> int:
        """Memory that the system can use."""
        return int(psutil.virtual_memory().total)

    def user_files_folder(self) -> str:
        """Where users' files live."""
        if self.platform_name() == "windows":
            return os.environ.get("SYSTEMDRIVE", "C:") + "\\"
        return next((folder for folder in ("/home", "/Users") if Path(folder).is_dir()), "/")

    def disk_free_bytes(self, folder: str) -> int:
        """Space left for ordinary users where `folder` is."""
        return shutil.disk_usage(folder).free

    def battery(self) -> Battery | None:
        """The battery as psutil sees it, or None. For Windows and macOS: Linux says more in /sys."""
        found = psutil.sensors_battery()
        return None if found is None else Battery(float(found.percent), found.power_plugged)

    # --- files and programs

    def read_text(self, path: str) -> str | None:
        """A text file of the system; None where there is none. PermissionError where it is hidden."""
        try:
            return Path(path).read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def read_bytes(self, path: str) -> bytes | None:
        """The first MiB of a file of the system, as `read_text`."""
        try:
            with Path(path).open("rb") as file:
                return file.read(_FILE_MAX_BYTES)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def paths(self, pattern: str) -> list[str]:
        """Paths that match an absolute shell pattern, sorted."""
        anchor = Path(pattern).anchor or "/"
        return sorted(str(path) for path in Path(anchor).glob(str(Path(pattern).relative_to(anchor))))

    def file_version(self, path: str) -> str | None:
        """The version that a Windows program carries inside itself; None if it has none or can't be read."""
        from agent.system import pe  # noqa: PLC0415  for Windows only

        try:
            return pe.file_version(path)
        except OSError:
            return None

    def display_sizes(self) -> list[DisplaySize]:
        """How large the connected screens are, on macOS; none on other systems, which tell it elsewhere."""
        from agent.system import core_graphics  # noqa: PLC0415  for macOS only

        return core_graphics.display_sizes()

    def registry_values(self, key: str) -> dict[str, RegistryValue] | None:
        """The values of a key of Windows' registry, such as `HKLM\\SOFTWARE\\...`, by name; None if it is not there."""
        return windows_registry.values(key)

    def registry_keys(self, key: str) -> list[str]:
        """The names of the keys right below a key of Windows' registry; none if it is not there."""
        return windows_registry.keys(key)

    def find_program(self, name: str) -> str | None:
        """Where a program is: on PATH, or itself if `name` is the path of a program."""
        return shutil.which(name)

    def output_of(self, command: Sequence[str], deadline_s: float) -> str:
        """What a program prints. Raises CommandFailedError."""
        try:
            done = subprocess.run(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=deadline_s,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise CommandFailedError(str(error)) from error
        return done.stdout.decode("utf-8", errors="replace")

    # --- the network

    def interfaces(self) -> list[Interface]:
        """Every network interface of the machine."""
        states, addresses = psutil.net_if_stats(), psutil.net_if_addrs()
        return [
            Interface(
                name,
                state.isup,
                [
                    one.address.partition("%")[0]
                    for one in addresses.get(name, [])
                    if one.family in {socket.AF_INET, socket.AF_INET6}
                ],
            )
            for name, state in states.items()
        ]

    def open_socket(self, family: int, kind: int, protocol: int = 0) -> socket.socket:
        """A socket, not yet connected. PermissionError where ordinary users may have none of the kind."""
        return socket.socket(family, kind, protocol)

    def proxy_for(self, host: str) -> str | None:
        """The proxy that this machine is told to use towards `host` over HTTPS, as a URL; None for the direct way."""
        proxies = urllib.request.getproxies()
        return None if urllib.request.proxy_bypass(host) else proxies.get("https")

    def certificate_of(self, connection: socket.socket, host: str) -> bytes:
        """The certificate (DER) that is shown to this machine, trusted or not. Nothing may be sent over this."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(connection, server_hostname=host) as secured:
            return secured.getpeercert(binary_form=True) or b""

    def resolve(self, host: str, port: int) -> list[Address]:
        """The addresses of a name, in the order in which the system would try them. socket.gaierror if none."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [Address(family, sockaddr) for family, _, _, _, sockaddr in found]

    def connect(self, address: Address, timeout_s: float) -> socket.socket:
        """A TCP connection; OSError if there is none within `timeout_s`."""
        connection = socket.socket(address.family, socket.SOCK_STREAM)
        try:
            connection.settimeout(timeout_s)
            connection.connect(address.sockaddr)
        except OSError:
            connection.close()
            raise
        return connection

    def interface_index(self, name: str) -> int:
        """The number that the system gives a network interface. OSError if there is none of that name."""
        return socket.if_nametoindex(name)

    def secure(self, connection: socket.socket, host: str) -> ssl.SSLSocket:
        """TLS over `connection`, checked against what this machine trusts, as a browser would check it."""
        return ssl.create_default_context().wrap_socket(connection, server_hostname=host)

    def http_connection(self, url: str, timeout_s: float) -> http.client.HTTPConnection:
        """A connection to the host of `url`, not yet opened. `timeout_s` holds for every single read and write.

        With a proxy it leads there: for HTTPS through a tunnel, for HTTP to be asked for whole URLs.
        """
        parts, proxy = urlsplit(url), urlsplit(self.proxy or "")
        host, port = (proxy.hostname, proxy.port or 80) if self.proxy else (parts.hostname, parts.port)
        if parts.scheme != "https":
            return http.client.HTTPConnection(host or "", port, timeout=timeout_s)
        context = ssl.create_default_context()
        if self._ca_file:
            context.load_verify_locations(self._ca_file)
        connection = http.client.HTTPSConnection(host or "", port, timeout=timeout_s, context=context)
        if self.proxy:
            connection.set_tunnel(parts.hostname or "", parts.port or 443)
        return connection

    def wlan_interfaces(self) -> list[WlanInterface] | None:
        """Every radio from Windows' WLAN API; None on a machine without that service, and on other systems."""
        from agent.system import windows_wlan  # noqa: PLC0415  for Windows only

        return windows_wlan.wlan_interfaces()

    def wireless_interfaces(self) -> list[Netlink] | None:
        """Every wireless interface from nl80211, with its `stations` (as a client: the own access point), the
        `survey` of its channels, and from its last `scan` what it heard, names left out.

        None where the kernel knows no radio: netlink is not even opened then. OSError where nl80211 refuses.
        """
        if not any(Path("/sys/class/ieee80211").glob("*")):
            return None
        from pyroute2 import IW  # noqa: PLC0415  is installed on Linux only
        from pyroute2.netlink.exceptions import NetlinkError  # noqa: PLC0415  the same

        try:
            with IW() as nl80211:
                found = [plain_netlink(message) for message in nl80211.get_interfaces_dump()]
                for interface in found:
                    stations = nl80211.get_stations(interface["NL80211_ATTR_IFINDEX"])
                    interface["stations"] = [plain_netlink(message) for message in stations]
                    interface.update(_heard(nl80211, interface["NL80211_ATTR_IFINDEX"]))
                return found
        except NetlinkError as error:
            raise OSError(error.code, str(error)) from error


def _heard(nl80211: Any, index: int) -> Netlink:  # noqa: ANN401  pyroute2 ships no types
    """Survey and last scan of an interface: drivers need not have them, and then they are empty. No scan is begun:
    that would take rights, and time from whoever uses the radio.
    """
    from pyroute2.netlink import NLM_F_DUMP, NLM_F_REQUEST  # noqa: PLC0415  is installed on Linux only
    from pyroute2.netlink.exceptions import NetlinkError  # noqa: PLC0415  the same
    from pyroute2.netlink.nl80211 import NL80211_NAMES, nl80211cmd  # noqa: PLC0415  the same

    found: Netlink = {"survey": [], "scan": []}
    ask = nl80211cmd()
    ask["cmd"] = NL80211_NAMES["NL80211_CMD_GET_SCAN"]
    ask["attrs"] = [["NL80211_ATTR_IFINDEX", index]]
    try:
        found["survey"] = [plain_netlink(message) for message in nl80211.survey(index)]
        answers = nl80211.nlm_request(ask, msg_type=nl80211.prid, msg_flags=NLM_F_REQUEST | NLM_F_DUMP)
        found["scan"] = without_names([message.get_attr("NL80211_ATTR_BSS") for message in answers])
    except (NetlinkError, struct.error):  # not supported, or an element that pyroute2 can't decode
        pass
    return found


def without_names(stations: Sequence[Any]) -> list[Netlink]:
    """Access points that were heard, with `is_own` in place of the name: own is what has the connected one's name."""
    named = [(plain_netlink(one), _name(one)) for one in stations if one is not None]
    own = {name for one, name in named if "NL80211_BSS_STATUS" in one and name}
    return [{**one, "is_own": name in own or "NL80211_BSS_STATUS" in one} for one, name in named]


def _name(station: Any) -> bytes:  # noqa: ANN401  as above
    """A hidden name is empty, or all zeros."""
    elements = station.get_attr("NL80211_BSS_INFORMATION_ELEMENTS") or {}
    return bytes(elements.get("SSID", b"")).strip(b"\0")


def plain_netlink(message: Any) -> Netlink:  # noqa: ANN401  pyroute2 ships no types
    """The attributes that are wanted of a pyroute2 message, nested ones too, as dictionaries."""
    plain: Netlink = {}
    for attribute in message["attrs"]:
        name, value = attribute[0], attribute[1]
        if name in _WIRELESS_ATTRIBUTES:
            plain[name] = plain_netlink(value) if isinstance(value, dict) and "attrs" in value else value
    return plain
