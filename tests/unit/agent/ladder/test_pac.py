"""A proxy script is found by what the systems print, and then nothing beyond is called open or closed. What they print
is hand-written after their documentation: no recording with a script was at hand.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agent.ladder import proxy
from agent.ladder.climb import RungRow, climb, settled
from agent.ladder.outcome import RungUndecidedError
from agent.ladder.pac import NOT_BY_HOST, configured_pac, script_of
from agent.probes.ladder import summary
from agent.protocol.wire import Rung
from agent.system.programs import CommandFailedError
from tests.support.ladder_world import DirectSystem, answer, web_server
from tests.unit.agent.ladder.trying import held, rung, soon

SCRIPT = "http://wpad.skolan.example/proxy.pac?nyckel=hemlig"
WINDOWS = f"\r\nHKEY_CURRENT_USER\\Software\\...\\Internet Settings\r\n    AutoConfigURL    REG_SZ    {SCRIPT}\r\n\r\n"
MACOS = f"""<dictionary> {{
  HTTPEnable : 0
  ProxyAutoConfigEnable : 1
  ProxyAutoConfigURLString : {SCRIPT}
}}
"""
GNOME = f"""org.gnome.system.proxy autoconfig-url '{SCRIPT}'
org.gnome.system.proxy ignore-hosts ['localhost']
org.gnome.system.proxy mode 'auto'
"""
PROGRAMS = {"windows": "reg", "macos": "scutil", "linux": "gsettings"}


class Told(DirectSystem):
    """A machine of one system that prints this, or fails to."""

    def __init__(self, platform: str, said: str | None) -> None:
        super().__init__()
        self._platform = platform
        self._said = said
        self.asked: list[str] = []

    def platform_name(self) -> str:
        return self._platform

    def find_program(self, name: str) -> str | None:
        return f"/bin/{name}" if name == PROGRAMS.get(self._platform) else None

    def output_of(self, command: Sequence[str], deadline_s: float) -> str:
        self.asked.append(command[0])
        if self._said is None:
            raise CommandFailedError("it ended with 1")
        return self._said


@pytest.mark.parametrize(("platform", "said"), [("windows", WINDOWS), ("macos", MACOS), ("linux", GNOME)])
def test_a_script_is_told_by_its_host(platform: str, said: str) -> None:
    """Never by its whole address, in which there may be a secret."""
    assert script_of(said) == SCRIPT
    assert configured_pac(Told(platform, said)) == "wpad.skolan.example"


@pytest.mark.parametrize(
    ("platform", "said"),
    [
        ("windows", None),
        ("windows", "    ProxyEnable    REG_DWORD    0x0\r\n"),
        ("macos", MACOS.replace("Enable : 1", "Enable : 0")),
        ("linux", GNOME.replace("'auto'", "'none'")),
        ("linux", GNOME.replace(SCRIPT, "")),
        ("linux", None),
        ("chromeos", GNOME),
    ],
)
def test_without_a_script(platform: str, said: str | None) -> None:
    """A setting that is off, one that is not there, and a system that does not tell."""
    assert configured_pac(Told(platform, said)) is None


def test_a_script_that_lies_on_the_machine() -> None:
    """It has no host."""
    assert configured_pac(Told("macos", MACOS.replace(SCRIPT, "file:///etc/proxy.pac"))) == NOT_BY_HOST


def test_the_policy_of_a_windows_domain_is_asked_too() -> None:
    """Both places, each in turn."""
    system = Told("windows", None)
    assert configured_pac(system) is None
    assert system.asked == ["reg", "reg"]


def test_the_rung_is_undecided() -> None:
    """Though the host itself answers as it should."""
    with web_server(answer(200)) as port, pytest.raises(RungUndecidedError, match="pac_not_evaluated") as caught:
        proxy.read(Told("linux", GNOME), rung("proxy", f"http://127.0.0.1:{port}/"), soon())
    assert caught.value.details == {"pac": "wpad.skolan.example"}


def test_the_rung_needs_no_target() -> None:
    """Then only what is configured is told."""
    assert held(proxy.read, rung("proxy"), Told("linux", None)).details == {"proxy": None, "wpad": False}


def test_what_is_closed_here_may_be_open_to_browsers() -> None:
    """So it is not known; what is on this side of it is judged as ever."""
    undecided = RungRow(Rung("proxy", "proxy"), "not_reached", code="pac_not_evaluated")
    rows = [
        RungRow(Rung("dns", "dns", "x.se"), "failed", 5.0, "dns_silent"),
        RungRow(Rung("ref", "internet", "x.se"), "failed", 5.0, "no_answer"),
        RungRow(Rung("tls", "tls", "x.se"), "ok", 5.0),
        undecided,
    ]
    found = settled(rows)
    assert [(row.status, row.code) for row in found] == [
        ("failed", "dns_silent"),
        ("not_reached", "pac_not_evaluated"),
        ("ok", None),
        ("not_reached", "pac_not_evaluated"),
    ]
    assert summary(found).facts["ladder_ok"] is False
    (row,) = climb(Told("linux", GNOME), [Rung("proxy", "proxy")], 20.0)
    assert (row.status, row.code, row.details) == ("not_reached", "pac_not_evaluated", {"pac": "wpad.skolan.example"})


def test_a_ladder_with_a_script_is_neither_in_order_nor_broken() -> None:
    """Unknown, with its reason, however well all else stands."""
    whole, undecided = (
        RungRow(Rung("tls", "tls", "x.se"), "ok", 5.0),
        RungRow(Rung("proxy", "proxy"), "not_reached", code="pac_not_evaluated"),
    )
    reading = summary([whole, undecided])
    assert (reading.facts["ladder_ok"], reading.missing["ladder_ok"]) == (None, "pac_not_evaluated")
    assert reading.facts["first_failed_rung"] is None
