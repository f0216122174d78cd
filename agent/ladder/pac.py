"""Whether this machine's browsers are told to ask a script (PAC) which way to take. The script is never run here: it
belongs to the browser, so where one is configured nobody but a browser knows the way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from agent.system.machine import System
from agent.system.programs import CommandFailedError

COMMAND_TIMEOUT_S = 3.0
NOT_BY_HOST = "(file)"
"""In place of the host of a script that lies on the machine."""

_SETTINGS = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
_WINDOWS_KEYS = (rf"HKCU\{_SETTINGS}", r"HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings")
_GNOME = "org.gnome.system.proxy"


def configured_pac(system: System) -> str | None:
    """The host of the script that is configured, never its whole address; None where there is none, or the system does
    not say.
    """
    readers: Mapping[str, list[list[str]]] = {
        "windows": [["reg", "query", key, "/v", "AutoConfigURL"] for key in _WINDOWS_KEYS],
        "macos": [["scutil", "--proxy"]],
        "linux": [["gsettings", "list-recursively", _GNOME]],
    }
    for command in readers.get(system.platform_name(), []):
        if system.find_program(command[0]) is None:
            continue
        try:
            url = script_of(system.output_of(command, COMMAND_TIMEOUT_S))
        except CommandFailedError:  # reg ends with an error where there is no such value
            continue
        if url:
            return urlsplit(url).hostname or NOT_BY_HOST
    return None


def script_of(said: str) -> str | None:
    """The address of the script in what the system says; None where it says that none is in use. Pure."""
    if found := re.search(r"^\s*AutoConfigURL\s+REG_(?:EXPAND_)?SZ\s+(\S+)", said, re.MULTILINE):
        return found[1]
    if re.search(r"^\s*ProxyAutoConfigEnable\s*:\s*1\s*$", said, re.MULTILINE):
        found = re.search(r"^\s*ProxyAutoConfigURLString\s*:\s*(\S+)", said, re.MULTILINE)
        return found[1] if found else NOT_BY_HOST
    if re.search(rf"^{_GNOME} mode 'auto'\s*$", said, re.MULTILINE):
        found = re.search(rf"^{_GNOME} autoconfig-url '([^']+)'", said, re.MULTILINE)
        return found[1] if found else None  # without an address it looks for WPAD, which has a word of its own
    return None
