"""Programs that go by a browser's name and are none: apps around an engine, browsers made of others, Safe Exam Browser.

The cases are user agent strings and client hints that were once read as a browser's; their brothers are as those
programs send them, as far as they document it or others have written it down.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import pytest
from playwright.sync_api import Browser, Page

from tests.support.cases import CASES, case_names
from tests.support.collectors import Place
from tests.support.measuring_pages import evaluated
from tests.support.shown_pages import HEADLESS
from tests.support.web_visits import said, visitor

pytestmark = pytest.mark.needs(HEADLESS)

NOT_A_BROWSER: tuple[str, str | None] = ("other", None)


class Told(NamedTuple):
    """What shall come of a case: the browser, its title, the system, and Safe Exam Browser's version if that it is."""

    browser: tuple[str, str | None]
    title: str
    system: tuple[str, str | None]
    locked: str | None = None


RIGHT = {
    "android-webview": Told(NOT_A_BROWSER, "WebView", ("android", "14")),
    "avg-avast-secure": Told(NOT_A_BROWSER, "Avast 117.0.22683.153", ("windows", None)),
    "chromium142-NotA-underscore": Told(("chromium", "142.0.7444.60"), "Chromium 142.0.7444.60", ("windows", None)),
    "digiexam": Told(NOT_A_BROWSER, "Digiexam 16.2.1", ("windows", None)),
    "edge-webview2-teams": Told(NOT_A_BROWSER, "Teams 25153.1010.3727.5483", ("windows", None)),
    "edgehtml18": Told(NOT_A_BROWSER, "Edge 18.17763", ("windows", None)),
    "seb-ipad-3.7": Told(NOT_A_BROWSER, "Safe Exam Browser 3.7", ("ipados", None), "3.7"),
    "seb-mac-3.7": Told(NOT_A_BROWSER, "Safe Exam Browser 3.7", ("macos", None), "3.7"),
    "seb-win-3.10": Told(NOT_A_BROWSER, "Safe Exam Browser 3.10.0.826", ("windows", None), "3.10.0.826"),
}


def test_every_case_has_its_right_value() -> None:
    """A case without one would show nothing."""
    assert case_names("ua", ".json") == set(RIGHT)


@pytest.mark.parametrize("name", RIGHT)
def test_cases(bare: Page, name: str) -> None:
    """What the page makes of it: browser, system and lock."""
    case = msgspec.json.decode((CASES / f"ua-{name}.json").read_bytes())
    text, hints, touch = case["user_agent"], case["hints"], case["touch_points"]
    right = RIGHT[name]
    found = evaluated(bare, "browser.js", "m.running(v[0], v[1])", hints, text)
    assert ((found["product"], found["version"]), found["title"]) == (right.browser, right.title)
    seen = evaluated(bare, "system.js", "m.systemFacts(v[0], v[1], v[2]).facts", hints, text, touch)
    assert (seen["os_name"], seen["os_version"]) == right.system
    lock = evaluated(bare, "lockdown.js", "m.lockdownFacts({navigator: {userAgent: v[0]}}, null, null).facts", text)
    assert (lock["seb_in_use"], lock["seb_version"]) == (right.locked and True, right.locked)


WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
IPAD = "Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X)"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K)"
KHTML = "AppleWebKit/537.36 (KHTML, like Gecko)"
BLINK = f"{KHTML} Chrome/117.0.5938.153"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
BORROWERS = {
    "Electron": f"{WINDOWS} {BLINK} Electron/26.2.4 Safari/537.36",
    "Norton": f"{WINDOWS} {BLINK} Safari/537.36 Norton/117.0.22683.153",
    "CCleaner": f"{WINDOWS} {BLINK} Safari/537.36 CCleaner/117.0.22683.153",
    "AVG": f"{WINDOWS} {BLINK} Safari/537.36 AVG/117.0.22683.153",
    "Whale": f"{WINDOWS} {BLINK} Whale/3.22.205.26 Safari/537.36",
    "Opera GX": f"{WINDOWS} {BLINK} Safari/537.36 OPR/103.0.4928.34 OPX/2.1",
    "Opera for Android": f"{ANDROID} {BLINK} Mobile Safari/537.36 OPR/89.0.4447.71",
    "Opera Mini": f"{ANDROID} {KHTML} Version/4.0 OPR/15.0.2125.101257 Mobile Safari/537.36",
    "Huawei": f"{ANDROID} {BLINK} HuaweiBrowser/14.0.5.302 Mobile Safari/537.36",
    "a WebView of an app with a name": f"{ANDROID} {KHTML} Version/4.0 Chrome/142.0.7444.1 Safari/537.36 GSA/16.1",
    "SeaMonkey": "Mozilla/5.0 (X11; Linux x86_64; rv:91.0) Gecko/20100101 Firefox/91.0 SeaMonkey/2.53.18",
    "DuckDuckGo on an iPad": f"{IPAD} {WEBKIT} Version/17.7 Mobile/15E148 Safari/604.1 Ddg/17.7",
    "Google's app on an iPad": f"{IPAD} {WEBKIT} GSA/331.0.665236494 Mobile/15E148 Safari/604.1",
    "an app on an iPad": f"{IPAD} {WEBKIT} Mobile/15E148",
    "Internet Explorer": "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Safe Exam Browser, by a name of the school's": f"{WINDOWS} {BLINK} Safari/537.36 Skolprov/1.0 SEB/3.8.0",
    "Safe Exam Browser 2, on Firefox": "Mozilla/5.0 (Windows NT 10.0; rv:60.0) Gecko/20100101 Firefox/60.0 SEB/2.4",
}


@pytest.mark.parametrize("name", BORROWERS)
def test_borrowed_names_tell_no_version(bare: Page, name: str) -> None:
    """Its number is not that of a browser that the school could update. Nor is the system's, where an app writes it."""
    found = evaluated(bare, "browser.js", "m.running(null, v[0])", BORROWERS[name])
    assert (found["product"], found["version"]) == NOT_A_BROWSER
    facts = evaluated(bare, "browser.js", "m.browserFacts(v[0])", found)
    assert set(facts["facts"].values()) == {None}
    assert facts["missing"]["chrome_version"] == found["reason"]
    locked = "SEB/" in BORROWERS[name]
    assert found["reason"] == ("in_safe_exam_browser" if locked else "unknown_browser")
    seen = evaluated(bare, "system.js", "m.systemFacts(null, v[0], 5).facts", BORROWERS[name])
    assert not (seen["os_name"] == "ipados" and seen["os_version"])


@pytest.mark.parametrize(
    "brands",
    [
        ["Chromium", "Microsoft Edge", "Microsoft Edge WebView2", "Not/A)Brand"],
        ["Android WebView", "Chromium", "Not?A_Brand"],
        ["Avast Secure Browser", "Chromium", "Not.A/Brand"],
        ["Opera GX", "Chromium", "Not;A=Brand"],
        ["Chromium", "Samsung Internet", "Not=A?Brand"],
    ],
)
def test_a_brand_too_many(bare: Page, brands: list[str]) -> None:
    """Hints that name the browser's engine, or the browser itself, beside another program."""
    listed = [{"brand": brand, "version": "142.0.7444.60"} for brand in brands]
    found = evaluated(bare, "browser.js", "m.running({fullVersionList: v[0]}, '')", listed)
    assert (found["product"], found["version"]) == NOT_A_BROWSER


def test_hints_of_an_engine_alone(bare: Page) -> None:
    """Electron and Safe Exam Browser for Windows name Chromium and no more: then the user agent string tells."""
    listed = [{"brand": "Chromium", "version": "142.0.7444.60"}, {"brand": "Not_A Brand", "version": "99.0.0.0"}]
    call = "m.running({fullVersionList: v[0]}, v[1])"
    for text in (BORROWERS["Electron"], f"{WINDOWS} {BLINK} SEB/3.10.0.826"):
        assert evaluated(bare, "browser.js", call, listed, text)["product"] == "other"
    opera = [*listed, {"brand": "Opera", "version": "89.0.4447.71"}]
    assert evaluated(bare, "browser.js", call, opera, f"{ANDROID} {BLINK} Safari/537.36")["product"] == "other"


GREASE = [" ", "(", ":", "-", ".", "/", ")", ";", "=", "?", "_"]


@pytest.mark.parametrize("decoy", [f"Not{a}A{b}Brand" for a, b in zip(GREASE, [*GREASE[1:], " "], strict=True)])
def test_every_decoy_of_chromium(bare: Page, decoy: str) -> None:
    """All that its sources can make, one major version after the other."""
    listed = [{"brand": decoy, "version": "99.0.0.0"}, {"brand": "Google Chrome", "version": "142.0.7444.60"}]
    found = evaluated(bare, "browser.js", "m.running({fullVersionList: v[0]}, '')", listed)
    assert (found["product"], found["version"]) == ("chrome", "142.0.7444.60")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (f"{ANDROID} {KHTML} Chrome/142.0.0.0 Safari/537.36", ("chrome", None)),
        (f"{WINDOWS} {BLINK} Safari/537.36 OPR/103.0.4928.34 (Edition Campaign 34)", ("opera", "103.0.4928.34")),
        (f"{WINDOWS} {BLINK} Safari/537.36 Vivaldi/6.4.3160.34", ("vivaldi", "6.4.3160.34")),
        (f"{IPAD} {WEBKIT} Version/17.0 EdgiOS/142.0.3595.53 Mobile/15E148 Safari/604.1", ("edge", "142.0.3595.53")),
        (f"{IPAD} {WEBKIT} FxiOS/145.0 Mobile/15E148 Safari/604.1", ("firefox", "145.0")),
        ("Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", ("firefox", "145")),
        ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ("firefox", "140")),
        (
            f"{WINDOWS} {KHTML} HeadlessChrome/142.0.7444.1 Safari/537.36",
            ("chromium", "142.0.7444.1"),
        ),
    ],
)
def test_browsers_by_their_own_names(bare: Page, text: str, right: tuple[str, str | None]) -> None:
    """Nobody who names nothing but what browsers name is taken for a borrower."""
    found = evaluated(bare, "browser.js", "m.running(null, v[0])", text)
    assert (found["product"], found["version"]) == right


def test_the_system_that_firefox_on_a_mac_names(bare: Page) -> None:
    """It writes the frozen version with a dot."""
    text = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0"
    assert evaluated(bare, "system.js", "m.systemFacts(null, v[0], 0).facts.os_version", text) is None
    old = text.replace("10.15", "10.14")
    assert evaluated(bare, "system.js", "m.systemFacts(null, v[0], 0).facts.os_version", old) == "10.14"


def test_safe_exam_browser_under_another_name(browser: Browser, place: Place) -> None:
    """Schools may write its user agent string themselves; its script gives it away."""
    scripts = [
        "window.SafeExamBrowser = {}",
        "Object.defineProperty(Navigator.prototype, 'userAgentData', {get: () => undefined})",
    ]
    with visitor(browser, place, scripts=scripts, user_agent=f"{WINDOWS} {BLINK} Safari/537.36") as pupil:
        pupil.visits()
        found = said(place, pupil.device_id())
    assert found["browsers"].missing["chrome_version"] == "in_safe_exam_browser"
    assert found["lockdown"].facts["seb_in_use"] is True
