"""The profiles' requirements on devices, held against machines as agents and web pages describe them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.protocol.wire import Facts
from collector.configuration.load import load_configuration
from collector.configuration.model import Configuration
from collector.configuration.profile_folder import OF_DEVICES
from collector.readiness.domain.model import Observation, Trust
from collector.readiness.evidence.compliance import DeviceCompliance, Fulfilment, Standard, answer_of
from tests.hygiene.modules import ROOT
from tests.unit.collector.configuration.folders import NOW

DNP, GUIDE = "skolverket-dnp-2024", "skoldigiguide-2023"
BY_PAGE = "not_seen"
ASKED = {
    *("browser-current", "os-supported", "os-not-too-new", "restart-pending", "keyboard", "sound", "charged"),
    *("screen-width", "screen-height", "screen-size", "disk-free", "lockdown", "lockdown-kiosk"),
}
"""The requirements that the machines below are described for. A profile may come to ask more: that is lines of YAML."""


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    """What the product comes with."""
    return load_configuration(ROOT / "config", NOW, environ={})


def observation(probe: str, facts: Facts, missing: dict[str, str]) -> Observation:
    """One result, an hour old."""
    at = NOW - timedelta(hours=1)
    return Observation("1", None, probe, "ok", at, at, 1, facts, missing, [])


def answers(configuration: Configuration, profile: str, facts: Facts, otherwise: str) -> dict[str, DeviceCompliance]:
    """What a device comes to in each device requirement; facts that are not named are missing for `otherwise`."""
    names = {name.partition(".")[0::2] for name in OF_DEVICES}
    found = {}
    for probe in ("device", "browsers", "lockdown", "seen", "support"):
        own = {name: facts.get(f"{probe}.{name}") for of, name in names if of == probe}
        reasons = {name: "not_installed" if probe == "browsers" else otherwise for name in own if own[name] is None}
        found[probe] = {"1": observation(probe, own, reasons)}
    standard = Standard(configuration.releases, NOW)
    judged = configuration.profiles[profile]
    return {
        one.id: answer_of(one, "1", found, standard, judged.evidence.device_days)
        for one in judged.requirements
        if one.applies_to == "device"
    }


CHROMEBOOK: Facts = {
    "device.os_name": "chromeos",
    "device.os_version": "16433.52.0",
    "device.screen_width_px": 1366,
    "device.screen_height_px": 768,
    "device.keyboard_present": True,
    "device.audio_output_present": True,
    "browsers.chrome_version": "157.0.1.2",
}
IPAD: Facts = {
    "device.os_name": "ipados",
    "device.screen_width_px": 2160,
    "device.screen_height_px": 1620,
    "browsers.safari_version": "27.2",
}
WINDOWS: Facts = {
    "device.os_name": "windows",
    "device.os_version": "10.0.26100.2314",
    "device.screen_width_px": 1920,
    "device.screen_height_px": 1080,
    "device.screen_diagonal_inch": 14.0,
    "device.keyboard_present": True,
    "device.audio_output_present": True,
    "device.disk_free_mib": 40_000,
    "device.restart_pending": False,
    "device.battery_level_percent": 80.0,
    "browsers.edge_version": "157.0.1.2",
    "lockdown.seb_installed": True,
}


@pytest.mark.parametrize("profile", [DNP, GUIDE])
@pytest.mark.parametrize("facts", [CHROMEBOOK, IPAD, {}], ids=["chromebook", "ipad", "nothing"])
def test_what_a_web_page_can_not_see_is_never_wrong(configuration: Configuration, profile: str, facts: Facts) -> None:
    """Unknown with the reason; only a browser that nobody has can be known to be missing."""
    for requirement, answer in answers(configuration, profile, facts, BY_PAGE).items():
        if answer.outcome is Fulfilment.FAILED and answer.value is None:
            assert answer.reason == "not_installed"
            assert answer.fact.startswith("browsers.")
        if answer.outcome is Fulfilment.UNKNOWN:
            assert answer.reason == BY_PAGE, requirement


@pytest.mark.parametrize("profile", [DNP, GUIDE])
def test_only_the_browser_can_fail_a_page_that_sees_nothing(configuration: Configuration, profile: str) -> None:
    """Of what the profiles ask; neither a Chromebook nor an iPad in order fails anything there."""
    for facts, expected in ((CHROMEBOOK, set()), (IPAD, set()), ({}, {"browser-current"})):
        found = answers(configuration, profile, facts, BY_PAGE)
        assert {name for name in ASKED & found.keys() if found[name].outcome is Fulfilment.FAILED} == expected


def test_a_chromebook_lacks_nothing_that_counts(configuration: Configuration) -> None:
    """What no page can see counts only where it is known, so it holds nothing back; a kiosk that shows is a kiosk."""
    found = answers(configuration, DNP, CHROMEBOOK, BY_PAGE)
    severity = {one.id: one.severity for one in configuration.profiles[DNP].requirements}
    unknown = {name for name in ASKED & found.keys() if found[name].outcome is Fulfilment.UNKNOWN}
    assert unknown == {"lockdown-kiosk", "screen-size", "charged", "disk-free", "restart-pending"}
    assert {severity[name] for name in unknown} == {"if_known"}
    in_kiosk = answers(configuration, DNP, {**CHROMEBOOK, "lockdown.kiosk": True}, BY_PAGE)
    assert in_kiosk["lockdown-kiosk"].outcome is Fulfilment.OK


def test_an_ipad_whose_page_runs_in_the_lock_down_is_locked(configuration: Configuration) -> None:
    """The page says that Safe Exam Browser is there, and a pressed key that there is a keyboard."""
    facts = {**IPAD, "lockdown.seb_installed": True, "device.keyboard_present": True}
    found = answers(configuration, DNP, facts, BY_PAGE)
    assert (found["lockdown"].outcome, found["keyboard"].outcome) == (Fulfilment.OK, Fulfilment.OK)
    without = answers(configuration, DNP, {**facts, "device.keyboard_present": False}, BY_PAGE)
    assert without["keyboard"].outcome is Fulfilment.FAILED


def test_a_windows_machine_in_order(configuration: Configuration) -> None:
    """In every requirement that it is described for, in both profiles; one up-to-date browser is enough."""
    for profile in (DNP, GUIDE):
        found = answers(configuration, profile, WINDOWS, "not_told_by_system")
        assert {name for name in ASKED & found.keys() if found[name].outcome is not Fulfilment.OK} == set()


@pytest.mark.parametrize(
    ("changed", "requirement", "outcome"),
    [
        ({"lockdown.seb_installed": False}, "lockdown", Fulfilment.FAILED),
        ({"device.os_name": "ipados", "lockdown.seb_installed": None}, "lockdown", Fulfilment.UNKNOWN),
        ({"device.os_name": "chromeos", "lockdown.seb_installed": None}, "lockdown", Fulfilment.OK),
        ({"device.keyboard_present": False}, "keyboard", Fulfilment.FAILED),
        ({"device.screen_diagonal_inch": 9.5}, "screen-size", Fulfilment.FAILED),
        ({"device.screen_diagonal_inch": 9.6}, "screen-size", Fulfilment.OK),
        ({"device.restart_pending": True}, "restart-pending", Fulfilment.FAILED),
        ({"device.disk_free_mib": 600}, "disk-free", Fulfilment.RISKY),
        ({"device.disk_free_mib": 100}, "disk-free", Fulfilment.FAILED),
        ({"device.battery_level_percent": 20.0}, "charged", Fulfilment.OK),
        ({"device.battery_level_percent": 19.0}, "charged", Fulfilment.FAILED),
        ({"device.audio_output_present": False}, "sound", Fulfilment.FAILED),
        ({"device.os_version": "99"}, "os-not-too-new", Fulfilment.OK),
        ({"device.os_name": "macos", "device.os_version": "27.2"}, "os-not-too-new", Fulfilment.OK),
        ({"device.os_name": "macos", "device.os_version": "28.0"}, "os-not-too-new", Fulfilment.FAILED),
        ({"device.os_name": "macos", "device.keyboard_present": None}, "keyboard", Fulfilment.OK),
        ({"device.os_name": None}, "keyboard", Fulfilment.UNKNOWN),
        ({"browsers.edge_version": "120.0", "browsers.firefox_version": "160.0"}, "browser-current", Fulfilment.OK),
        ({"browsers.edge_version": "120.0"}, "browser-current", Fulfilment.FAILED),
    ],
)
def test_one_thing_wrong(configuration: Configuration, changed: Facts, requirement: str, outcome: Fulfilment) -> None:
    """Each thing is told by its own requirement."""
    found = answers(configuration, DNP, {**WINDOWS, **changed}, "not_told_by_system")
    assert found[requirement].outcome is outcome


def test_a_machine_without_a_battery_need_not_charge_it(configuration: Configuration) -> None:
    """Nothing is asked of what it has not."""
    found = answers(configuration, GUIDE, {**WINDOWS, "device.battery_level_percent": None}, "no_battery")
    assert (found["charged"].outcome, found["charged"].reason) == (Fulfilment.OK, "not_concerned")


@pytest.mark.parametrize(
    ("requirement", "trust"),
    [
        ("screen-size", Trust.PUBLISHED),
        ("keyboard", Trust.PUBLISHED),
        ("lockdown", Trust.PUBLISHED),
        ("lockdown-kiosk", Trust.PUBLISHED),
        ("sound", Trust.PUBLISHED),
        ("charged", Trust.ASSUMED),
        ("disk-free", Trust.ASSUMED),
        ("restart-pending", Trust.ASSUMED),
        ("os-not-too-new", Trust.ASSUMED),
    ],
)
def test_no_number_of_our_own_poses_as_skolverkets(
    configuration: Configuration, requirement: str, trust: Trust
) -> None:
    """Published is what Skolverket wrote; the rest names this project."""
    [found] = [one for one in configuration.profiles[DNP].requirements if one.id == requirement]
    assert found.trust is trust
    assert found.source.startswith("This project" if trust is Trust.ASSUMED else "Skolverket")
    assert found.severity == ("required" if requirement in {"keyboard", "lockdown"} else "if_known")
