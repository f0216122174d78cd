"""A proxy script is found by what the systems print, and then nothing beyond is called open or closed. What they print
is hand-written after their documentation: no recording with a script was at hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatch

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
PROGRAMS = {"windows": ("reg",), "macos": ("scutil", "plutil"), "linux": ("gsettings",)}
INTUNE = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings /v AutoConfigURL"
POLICIES = r"HKLM\SOFTWARE\Policies"
BY_EDGE = f"\r\nHKEY_LOCAL_MACHINE\\...\r\n    ProxyPacUrl    REG_SZ    {SCRIPT}\r\n\r\n"
AS_JSON = f'{{"ProxyMode": "pac_script", "ProxyPacUrl": "{SCRIPT}"}}'
BY_CHROME = f"\r\nHKEY_LOCAL_MACHINE\\...\r\n    ProxySettings    REG_SZ    {AS_JSON}\r\n\r\n"
BY_PROFILE = f'{{\n  "ProxyMode" => "pac_script"\n  "ProxyPacUrl" => "{SCRIPT}"\n}}\n'
BY_FIREFOX = f'{{"policies": {{"Proxy": {{"Mode": "autoConfig", "AutoConfigURL": "{SCRIPT}"}}}}}}'


class Told(DirectSystem):
    """A machine of one system that prints this, or fails to; `only` to the question that has this in it. `users` are
    logged on to Windows, and `files` lie on it.
    """

    def __init__(
        self,
        platform: str,
        said: str | None,
        only: str = "",
        users: Sequence[str] = (),
        files: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._platform = platform
        self._said = said
        self._only = only
        self._users = users
        self._files = files or {}

    def platform_name(self) -> str:
        return self._platform

    def find_program(self, name: str) -> str | None:
        return f"/bin/{name}" if name in PROGRAMS.get(self._platform, ()) else None

    def output_of(self, command: Sequence[str], deadline_s: float) -> str:
        if self._said is None or self._only not in " ".join(command):
            raise CommandFailedError("it ended with 1")
        return self._said

    def registry_keys(self, key: str) -> list[str]:
        return list(self._users) if key == "HKU" else []

    def paths(self, pattern: str) -> list[str]:
        return [path for path in self._files if fnmatch(path, pattern)]

    def read_text(self, path: str) -> str | None:
        return self._files.get(path)


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


@pytest.mark.parametrize(
    "address", ["file:///etc/proxy.pac", "data:application/x-ns-proxy-autoconfig;base64,aaaa", "http://[/"]
)
def test_a_script_without_a_host(address: str) -> None:
    """Written into the setting itself, or in a way that nobody can read."""
    assert configured_pac(Told("macos", MACOS.replace(SCRIPT, address))) == NOT_BY_HOST


@pytest.mark.parametrize(
    "system",
    [
        Told("windows", WINDOWS, INTUNE),
        Told("windows", WINDOWS, rf"{POLICIES}\Microsoft\Windows"),
        Told("windows", WINDOWS, rf"{POLICIES}\Mozilla\Firefox\Proxy /v AutoConfigURL"),
        Told("windows", BY_EDGE, rf"{POLICIES}\Microsoft\Edge /v ProxyPacUrl"),
        Told("windows", BY_CHROME, rf"{POLICIES}\Google\Chrome /v ProxySettings"),
        Told("windows", WINDOWS, r"HKU\S-1-5-21-7-1001\Software", users=["S-1-5-18", "S-1-5-21-7-1001"]),
        Told("macos", BY_PROFILE, "com.google.Chrome.plist"),
        Told("macos", BY_PROFILE, "com.microsoft.Edge.plist"),
        Told("linux", None, files={"/etc/opt/chrome/policies/managed/skola.json": AS_JSON}),
        Told("linux", None, files={"/etc/firefox/policies/policies.json": BY_FIREFOX}),
    ],
    ids=[
        "intune",
        "group policy",
        "firefox",
        "edge",
        "chrome",
        "a pupil",
        "mac chrome",
        "mac edge",
        "linux",
        "linux firefox",
    ],
)
def test_managed_machines(system: Told) -> None:
    """Where device management, group policy and the browsers' own policies write it, and pupils beside the agent."""
    assert configured_pac(system) == "wpad.skolan.example"
    (row,) = climb(system, [Rung("proxy", "proxy")], 20.0)
    assert (row.status, row.code) == ("not_reached", "pac_not_evaluated")
    assert summary([row]).facts["ladder_ok"] is None


def test_policies_without_a_script() -> None:
    """A fixed proxy is another thing, and an empty value is none."""
    fixed = '{"ProxyMode": "fixed_servers", "ProxyServer": "proxy.skolan.example:3128"}'
    assert configured_pac(Told("linux", None, files={"/etc/opt/chrome/policies/managed/skola.json": fixed})) is None
    empty = "\r\nHKEY_CURRENT_USER\\...\r\n    AutoConfigURL    REG_SZ    \r\n\r\nEnd of search: 1 match(es) found.\r\n"
    assert configured_pac(Told("windows", empty)) is None


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
