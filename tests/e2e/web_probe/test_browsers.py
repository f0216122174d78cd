"""Browsers without client hints: nobody is refused, what they tell is taken, and what they hide is unknown.

The user agent strings are as those browsers send them (written by hand from what they document), the rest is Chromium.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from collector.facts.catalogue import PROBES
from tests.support.collectors import Place
from tests.support.measuring_pages import evaluated
from tests.support.shown_pages import HEADLESS
from tests.support.web_visits import said, visitor

pytestmark = pytest.mark.needs(HEADLESS)

NO_HINTS = "Object.defineProperty(Navigator.prototype, 'userAgentData', {get: () => undefined})"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
MAC = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI}"


class Agent(NamedTuple):
    """A user agent string, whether the screen can be touched, and what shall come of it."""

    text: str
    touch: bool
    browser: tuple[str, str | None]
    system: tuple[str, str | None]


AGENTS = {
    "firefox-windows": Agent(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
        False,
        ("firefox", "145"),
        ("windows", None),
    ),
    "firefox-linux": Agent(
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        False,
        ("firefox", "140"),
        ("linux", None),
    ),
    "safari-mac": Agent(f"{MAC} Version/26.1 Safari/605.1.15", False, ("safari", "26.1"), ("macos", None)),
    "safari-ipad-as-a-mac": Agent(
        f"{MAC} Version/18.6.2 Safari/605.1.15", True, ("safari", "18.6.2"), ("ipados", None)
    ),
    "safari-ipad": Agent(
        f"Mozilla/5.0 (iPad; CPU OS 17_7_1 like Mac OS X) {SAFARI} Version/17.6 Mobile/15E148 Safari/604.1",
        True,
        ("safari", "17.6"),
        ("ipados", "17.7.1"),
    ),
    "safari-iphone-that-hides-its-system": Agent(
        f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {SAFARI} Version/26.0 Mobile/15E148 Safari/604.1",
        True,
        ("safari", "26.0"),
        ("ios", None),
    ),
    "chrome-ipad": Agent(
        f"Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) {SAFARI} CriOS/142.0.7444.77 Mobile/15E148 Safari/604.1",
        True,
        ("chrome", "142.0.7444.77"),
        ("ipados", None),
    ),
    "chrome-reduced": Agent(
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {BLINK} Chrome/142.0.0.0 Safari/537.36",
        False,
        ("chrome", None),
        ("windows", None),
    ),
    "edge-reduced": Agent(
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {BLINK} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
        False,
        ("edge", None),
        ("windows", None),
    ),
    "chromebook": Agent(
        f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {BLINK} Chrome/142.0.0.0 Safari/537.36",
        True,
        ("chrome", None),
        ("chromeos", None),
    ),
    "an-old-chrome": Agent(
        f"Mozilla/5.0 (Windows NT 6.1) {BLINK} Chrome/86.0.4240.198 Safari/537.36",
        False,
        ("chrome", "86.0.4240.198"),
        ("windows", None),
    ),
    "android-tablet": Agent(
        f"Mozilla/5.0 (Linux; Android 10; K) {BLINK} Chrome/142.0.0.0 Safari/537.36",
        True,
        ("chrome", None),
        ("android", None),
    ),
    "samsung": Agent(
        f"Mozilla/5.0 (Linux; Android 13; SM-X200) {BLINK} SamsungBrowser/23.0 Chrome/115.0.0.0 Safari/537.36",
        True,
        ("other", None),
        ("android", "13"),
    ),
    "seb-ipad": Agent(
        f"Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) {SAFARI} Mobile/15E148 SEB/3.4",
        True,
        ("other", None),
        ("ipados", None),
    ),
    "nothing-known": Agent("Mozilla/5.0", False, ("other", None), ("", None)),
}
VISITED = ["firefox-windows", "safari-ipad-as-a-mac", "chromebook", "nothing-known"]


@pytest.mark.parametrize("name", VISITED)
def test_nobody_is_refused(browser: Browser, place: Place, name: str) -> None:
    """A whole visit, with an answer; the version is what the browser tells, or not known, and then nothing is ready."""
    agent = AGENTS[name]
    with visitor(browser, place, scripts=[NO_HINTS], user_agent=agent.text, has_touch=agent.touch) as pupil:
        pupil.visits()
        found, number = said(place, pupil.device_id()), pupil.device_id()
        product, version = agent.browser
        if version is None:
            assert pupil.page.locator("#headline").inner_text() == "Vet inte än om den här datorn är redo"
        assert pupil.complaints == []
    assert number
    versions = {fact: value for fact, value in found["browsers"].facts.items() if value is not None}
    assert versions == ({f"{product}_version": version} if version else {})
    assert found["device"].facts["os_name"] == (agent.system[0] or None)


def test_an_older_browser(browser: Browser, place: Place) -> None:
    """One that lacks what came in the last years: no hints, no battery, no timers that abort, no lists of viewports."""
    without = """
      delete AbortSignal.timeout; delete AbortSignal.any; delete Navigator.prototype.getBattery;
      Object.defineProperty(window, 'visualViewport', {get: () => undefined});
    """
    with visitor(browser, place, scripts=[NO_HINTS, without], user_agent=AGENTS["safari-ipad"].text) as pupil:
        pupil.visits()
        assert pupil.complaints == []
        machine = said(place, pupil.device_id())["device"]
    assert (machine.facts["os_version"], machine.missing["power_source"]) == ("17.7.1", "not_told")


@pytest.mark.parametrize("name", AGENTS)
def test_what_a_user_agent_tells(bare: Page, name: str) -> None:
    """A number only where it is the browser's own; else none, with the reason."""
    text, touch, (product, version), (system, system_version) = AGENTS[name]
    found = evaluated(bare, "browser.js", "m.running(null, v[0])", text)
    assert (found["product"], found["version"]) == (product, version)
    assert (found["reason"] is None) == (version is not None)
    seen = evaluated(bare, "system.js", "m.systemFacts(null, v[0], v[1])", text, 5 if touch else 0)
    assert (seen["facts"]["os_name"] or "", seen["facts"]["os_version"]) == (system, system_version)
    assert {fact for fact, value in seen["facts"].items() if value is None} == set(seen["missing"])


@pytest.mark.parametrize(
    ("brands", "product", "version", "reason"),
    [
        (
            ["Chromium 142.0.7444.59", "Google Chrome 142.0.7444.59", "Not_A Brand 99.0.0.0"],
            "chrome",
            "142.0.7444.59",
            None,
        ),
        (
            ["Not)A;Brand 8.0.0.0", "Chromium 142.0.7444.59", "Microsoft Edge 142.0.3595.53"],
            "edge",
            "142.0.3595.53",
            None,
        ),
        (["Chromium 142.0.7444.59", "Not:A-Brand 24.0.0.0"], "chromium", "142.0.7444.59", None),
        (["HeadlessChrome 142.0.7444.59", "Not;A=Brand 8.0.0.0"], "chromium", "142.0.7444.59", None),
        (["Chromium 142.0.7444.59", "Opera 124.0.5705.15", "Not(A:Brand 8.0.0.0"], "opera", "124.0.5705.15", None),
        (["Chromium 142.0.7444.59", "Brave 142.0.0.0", "Not A;Brand 99.0.0.0"], "brave", None, "version_hidden"),
        (["Chromium 142.0.7444.59", "YaBrowser 25.10", "Not A;Brand 99.0.0.0"], "other", None, "unknown_browser"),
        (["Not A;Brand 99.0.0.0"], "other", None, "unknown_browser"),
        (["Google Chrome 142.0.0.0", "Chromium 142.0.0.0"], "chrome", None, "version_reduced"),
        (["Google Chrome latest"], "chrome", None, "version_hidden"),
    ],
)
def test_what_client_hints_tell(
    bare: Page, brands: list[str], product: str, version: str | None, reason: str | None
) -> None:
    """The browser's own brand before its engine's, and never the brand that nobody has."""
    pairs = [dict(zip(("brand", "version"), brand.rsplit(" ", 1), strict=True)) for brand in brands]
    found = evaluated(bare, "browser.js", "m.running({fullVersionList: v[0]}, '')", pairs)
    assert (found["product"], found["version"], found["reason"]) == (product, version, reason)
    facts = evaluated(bare, "browser.js", "m.browserFacts(v[0])", found)
    assert facts["facts"].keys() == PROBES["browsers"].keys()
    assert facts["facts"].get(f"{product}_version") == version
    assert {fact for fact, value in facts["facts"].items() if value is None} == set(facts["missing"])


@pytest.mark.parametrize(
    ("hints", "name", "version", "title"),
    [
        ({"platform": "Windows", "platformVersion": "19.0.0"}, "windows", None, "Windows 11"),
        ({"platform": "Windows", "platformVersion": "10.0.0"}, "windows", None, "Windows 10"),
        ({"platform": "Windows", "platformVersion": "0.3.0"}, "windows", None, "Windows"),
        ({"platform": "macOS", "platformVersion": "15.6.1"}, "macos", "15.6.1", "macOS 15.6.1"),
        ({"platform": "Chrome OS", "platformVersion": "16328.65.0"}, "chromeos", "16328.65.0", "ChromeOS 16328.65.0"),
        ({"platform": "Linux", "platformVersion": "6.12.0"}, "linux", None, "Linux"),
        ({"platform": "Fuchsia", "platformVersion": "1"}, None, None, None),
    ],
)
def test_what_hints_tell_of_the_system(
    bare: Page, hints: dict[str, str], name: str | None, version: str | None, title: str | None
) -> None:
    """Windows tells its generation and not its version; Linux tells nothing."""
    facts = evaluated(bare, "system.js", "m.systemFacts(v[0], '', 0)", hints)["facts"]
    assert (facts["os_name"], facts["os_version"], facts["os_title"]) == (name, version, title)


@pytest.mark.parametrize(
    ("hints", "architecture"),
    [
        ({"architecture": "x86", "bitness": "64"}, "x86_64"),
        ({"architecture": "x86", "bitness": "32"}, "x86"),
        ({"architecture": "arm", "bitness": "64"}, "arm64"),
        ({"architecture": ""}, None),
    ],
)
def test_processors(bare: Page, hints: dict[str, str], architecture: str | None) -> None:
    """As the agent names them."""
    found = evaluated(bare, "system.js", "m.systemFacts(v[0], 'Mozilla/5.0 (X11; Linux)', 0)", hints)
    assert found["facts"]["architecture"] == architecture


LAPTOP = {"osName": "windows", "touchPoints": 0, "finePointer": True, "shrunk": False}
KEY = {"isTrusted": True, "code": "KeyA", "key": "a", "keyCode": 65}


@pytest.mark.parametrize(
    ("key", "around", "present", "reason"),
    [
        ({}, {}, True, None),
        ({"isTrusted": False}, {}, None, "key_not_told"),
        ({"code": ""}, {}, None, "key_not_told"),
        ({"key": "Unidentified"}, {}, None, "key_not_told"),
        ({"keyCode": 229}, {}, None, "key_not_told"),
        ({}, {"shrunk": True}, None, "maybe_on_screen"),
        ({}, {"osName": "ipados", "touchPoints": 5, "finePointer": False}, True, None),
        ({}, {"osName": "ipados", "touchPoints": 5, "finePointer": False, "shrunk": True}, None, "maybe_on_screen"),
        ({}, {"touchPoints": 10}, True, None),
        ({}, {"touchPoints": 10, "finePointer": False}, None, "maybe_on_screen"),
        ({}, {"osName": "chromeos", "touchPoints": 10, "finePointer": False}, None, "maybe_on_screen"),
    ],
)
def test_what_a_key_press_tells(
    bare: Page, key: dict[str, Any], around: dict[str, Any], present: bool | None, reason: str | None
) -> None:
    """A physical keyboard only where it can be no other."""
    found = evaluated(bare, "keyboard.js", "m.judgedKey(v[0], v[1])", KEY | key, LAPTOP | around)
    assert found == {"present": present, "reason": reason}


@pytest.mark.parametrize(
    ("screen", "ratio", "sides"),
    [((1920, 1080), 1, (1920, 1080)), ((810, 1080), 2, (2160, 1620)), ((1093, 614), 1.25, (1366, 768))],
)
def test_screens_in_their_own_dots(bare: Page, screen: tuple[int, int], ratio: float, sides: tuple[int, int]) -> None:
    """The longer side first, however the device is held."""
    window = {
        "screen": {"width": screen[0], "height": screen[1]},
        "devicePixelRatio": ratio,
        "navigator": {"userAgent": "x"},
    }
    facts = evaluated(bare, "device.js", "m.screenFacts(v[0])", window)["facts"]
    assert (facts["screen_width_px"], facts["screen_height_px"]) == sides


BATTERIES = {
    "on-battery": ({"charging": False, "level": 0.634, "chargingTime": 0}, "battery", 63.4),
    "charging": ({"charging": True, "level": 0.5, "chargingTime": 900}, "mains", 50),
    "full-or-none-or-not-told": ({"charging": True, "level": 1, "chargingTime": 0}, None, None),
}


@pytest.mark.parametrize("name", BATTERIES)
def test_batteries(bare: Page, name: str) -> None:
    """What a browser without leave to tell says is no knowledge."""
    battery, source, level = BATTERIES[name]
    window = "{navigator: {userAgent: 'x', maxTouchPoints: 0, getBattery: async () => v[0]}, screen: null}"
    facts = evaluated(bare, "device.js", f"(await m.machineFacts({window}, null)).facts", battery)
    assert (facts["power_source"], facts["battery_level_percent"]) == (source, level)
