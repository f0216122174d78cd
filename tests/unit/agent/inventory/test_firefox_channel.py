"""An extended support release (ESR) of Firefox is told as one, from every source: its number alone looks a year old.

The case: the current ESR was "12 versions behind". Which channels get updates is the collector's to know; the agent
tells the whole version and the channel, and the web page all that the browser says, which is the first number.
"""

from __future__ import annotations

import pytest

from agent.inventory.firefox_channel import with_channel
from agent.measuring.contract import Task
from agent.probes.browsers import read
from agent.system.machine import System
from tests.support.recorded_system import RecordedSystem

INI = """; This file is not used.
[App]
Vendor=Mozilla
Name=Firefox
RemotingName=firefox{name}
Version=140.5.0
BuildID=20251103090342
SourceRepository=https://hg.mozilla.org/releases/mozilla-{repository}
[Gecko]
MinVersion=140.5.0
"""
ESR, RELEASE = INI.format(name="-esr", repository="esr140"), INI.format(name="", repository="release")


class Holding(System):
    """A machine on which every file holds this, or may not be read."""

    def __init__(self, text: str | OSError | None) -> None:
        super().__init__()
        self._text = text

    def read_text(self, path: str) -> str | None:
        if isinstance(self._text, OSError):
            raise self._text
        return self._text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (ESR, "140.5.0esr"),
        (INI.format(name="", repository="esr140"), "140.5.0esr"),
        (ESR.replace("\n", "\r\n"), "140.5.0esr"),
        (RELEASE, "140.5.0"),
        (INI.format(name="-beta", repository="beta"), "140.5.0"),
        ("", "140.5.0"),
        (None, "140.5.0"),
        (PermissionError("hidden"), "140.5.0"),
    ],
)
def test_what_the_program_says_of_itself(said: str | OSError | None, told: str) -> None:
    """By its name or by where it was built; who says nothing is told as it is."""
    assert with_channel(Holding(said), "140.5.0", "application.ini") == told
    assert with_channel(Holding(said), None, "application.ini") is None


def firefox(system: RecordedSystem) -> object:
    """The version that the probe tells."""
    return read(system, Task()).facts["firefox_version"]


def test_on_windows_beside_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """The version inside the program's file does not tell the channel."""
    system = RecordedSystem("windows-11-laptop")
    beside = r"C:\Users\elev\AppData\Local\Mozilla Firefox\application.ini"
    monkeypatch.setattr(system, "read_text", lambda path: ESR if path == beside else None)
    assert firefox(system) == "132.0.2.9082esr"
    assert read(system, Task()).facts["chrome_version"] == "129.0.6668.101"


def test_on_windows_by_the_list_of_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no file can be read, the name that is shown there tells it."""
    system = RecordedSystem("windows-11-laptop")
    original = system.registry_values
    monkeypatch.setattr(system, "file_version", lambda _path: None)
    for name, told in (("Mozilla Firefox ESR (x64 sv-SE)", "115.0esr"), ("Mozilla Firefox (x64 sv-SE)", "115.0")):
        shown = {"DisplayName": name, "DisplayVersion": "115.0"}
        monkeypatch.setattr(
            system, "registry_values", lambda key, shown=shown: shown if "Mozilla Firefox 115" in key else original(key)
        )
        assert firefox(system) == told


def test_on_macos_within_the_application(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its property list does not tell the channel."""
    system = RecordedSystem("macos-sv-laptop")
    within = "/Users/elev/Applications/Firefox.app/Contents/Resources/application.ini"
    monkeypatch.setattr(system, "read_text", lambda path: ESR if path == within else None)
    assert firefox(system) == "128.4.0esr"


def test_on_linux_by_what_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian's firefox-esr, by the program and by the package."""
    system = RecordedSystem("linux-en-server")
    package = "Package: firefox-esr\nStatus: install ok installed\nVersion: 140.5.0esr-1~deb12u1\n"
    monkeypatch.setattr(system, "read_text", lambda path: package if path == "/var/lib/dpkg/status" else None)
    assert firefox(system) == "140.5.0esr"
    monkeypatch.setattr(system, "read_text", lambda _path: None)
    monkeypatch.setattr(system, "find_program", lambda name: "/usr/bin/firefox-esr" if name == "firefox-esr" else None)
    monkeypatch.setattr(system, "output_of", lambda _command, _deadline_s: "Mozilla Firefox 140.5.0esr\n")
    assert firefox(system) == "140.5.0esr"
