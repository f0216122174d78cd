"""Whether this machine's browsers are told to ask a script (PAC) which way to take. The script is never run here: it
belongs to the browser, so where one is configured nobody but a browser knows the way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from agent.system.machine import System
from agent.system.programs import CommandFailedError

COMMAND_TIMEOUT_S = 3.0
NOT_BY_HOST = "(file)"
"""In place of the host of a script that lies on the machine."""

_SETTINGS = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
_WINDOWS_VALUES = (
    (rf"HKCU\{_SETTINGS}", "AutoConfigURL"),
    # For the whole machine, as device management writes it, and by group policy.
    (r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings", "AutoConfigURL"),
    (r"HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings", "AutoConfigURL"),
    # Browsers that have a policy of their own go by that instead.
    (r"HKLM\SOFTWARE\Policies\Microsoft\Edge", "ProxyPacUrl"),
    (r"HKLM\SOFTWARE\Policies\Microsoft\Edge", "ProxySettings"),
    (r"HKLM\SOFTWARE\Policies\Google\Chrome", "ProxyPacUrl"),
    (r"HKLM\SOFTWARE\Policies\Google\Chrome", "ProxySettings"),
    (r"HKLM\SOFTWARE\Policies\Mozilla\Firefox\Proxy", "AutoConfigURL"),
)
_MANAGED = "/Library/Managed Preferences"
_MACOS_COMMANDS = (
    ("scutil", "--proxy"),
    ("plutil", "-p", f"{_MANAGED}/com.google.Chrome.plist"),
    ("plutil", "-p", f"{_MANAGED}/com.microsoft.Edge.plist"),
)
_LINUX_POLICIES = (
    "/etc/opt/chrome/policies/managed/*.json",
    "/etc/opt/edge/policies/managed/*.json",
    "/etc/chromium/policies/managed/*.json",
    "/etc/firefox/policies/policies.json",
)
_GNOME = "org.gnome.system.proxy"


def configured_pac(system: System) -> str | None:
    """The host of the script that is configured, never its whole address; None where there is none, or the system does
    not say.
    """
    readers: Mapping[str, Callable[[System], Iterator[str]]] = {"windows": _windows, "macos": _macos, "linux": _linux}
    reader = readers.get(system.platform_name())
    scripts = (script_of(said) for said in reader(system)) if reader else iter(())
    script = next((one for one in scripts if one), None)
    return _host_of(script) if script else None


def _host_of(script: str) -> str:
    try:
        return urlsplit(script).hostname or NOT_BY_HOST
    except ValueError:
        return NOT_BY_HOST


def _windows(system: System) -> Iterator[str]:
    """The account that the agent runs under is often no pupil's, so everybody is asked who is logged on."""
    users = [(rf"HKU\{one}\{_SETTINGS}", "AutoConfigURL") for one in system.registry_keys("HKU")]
    for key, value in (*_WINDOWS_VALUES, *users):
        yield from _printed(system, ("reg", "query", key, "/v", value))


def _macos(system: System) -> Iterator[str]:
    for command in _MACOS_COMMANDS:
        yield from _printed(system, command)


def _linux(system: System) -> Iterator[str]:
    yield from _printed(system, ("gsettings", "list-recursively", _GNOME))
    for path in (path for pattern in _LINUX_POLICIES for path in system.paths(pattern)):
        yield system.read_text(path) or ""


def _printed(system: System, command: Sequence[str]) -> Iterator[str]:
    if system.find_program(command[0]) is not None:
        with suppress(CommandFailedError):  # reg ends with an error where there is no such value
            yield system.output_of(command, COMMAND_TIMEOUT_S)


def script_of(said: str) -> str | None:
    """The address of the script in what the system says; None where it says that none is in use. Pure."""
    if found := re.search(r"^\s*(?:AutoConfigURL|ProxyPacUrl)[ \t]+REG_(?:EXPAND_)?SZ[ \t]+(\S+)", said, re.MULTILINE):
        return found[1]
    if found := re.search(r'"(?:AutoConfigURL|ProxyPacUrl)"\s*(?::|=>)\s*"([^"]+)"', said):
        return found[1]
    if re.search(r"^\s*ProxyAutoConfigEnable\s*:\s*1\s*$", said, re.MULTILINE):
        found = re.search(r"^\s*ProxyAutoConfigURLString\s*:\s*(\S+)", said, re.MULTILINE)
        return found[1] if found else NOT_BY_HOST
    if re.search(rf"^{_GNOME} mode 'auto'\s*$", said, re.MULTILINE):
        found = re.search(rf"^{_GNOME} autoconfig-url '([^']+)'", said, re.MULTILINE)
        return found[1] if found else None  # without an address it looks for WPAD, which has a word of its own
    return None
