"""A real collector with a small profile for browsers, and what a pupil does on the web probe's page."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, expect

from collector.readiness.domain.model import Observation
from collector.store.store import Store
from tests.support.collectors import ROOM, SCHOOL, Place, place_in, serving
from tests.support.shown_pages import HEADLESS

GOOD_PROFILE = Path(__file__).parents[1] / "config/good/profiles/plain.yaml"
PROFILE = "webbprov"
REQUIREMENTS: dict[str, dict[str, Any]] = {
    "browser": {
        "title": {"sv": "Webbläsaren är ny", "en": "The browser is new"},
        "failing": {"sv": "Webbläsaren är gammal", "en": "The browser is old"},
        "fact": [f"browsers.{name}_version" for name in ("chrome", "chromium", "edge", "firefox", "safari")],
        "operator": "latest_minus",
        "value": 1,
        "unit": "releases",
    },
    "screen": {
        "title": {"sv": "Skärmen räcker", "en": "The screen is enough"},
        "failing": {"sv": "Skärmen är för smal", "en": "The screen is too narrow"},
        "fact": "device.screen_width_px",
        "operator": "at_least",
        "value": 1366,
        "unit": "px",
    },
    "keyboard": {
        "title": {"sv": "Det finns tangentbord", "en": "There is a keyboard"},
        "failing": {"sv": "Tangentbord saknas", "en": "There is no keyboard"},
        "fact": "device.keyboard_present",
        "operator": "equals",
        "value": True,
        "unit": "",
    },
    "sound": {
        "title": {"sv": "Det finns ljud", "en": "There is sound"},
        "failing": {"sv": "Ljud saknas", "en": "There is no sound"},
        "fact": "device.audio_output_present",
        "operator": "equals",
        "value": True,
        "unit": "",
    },
}
LAPTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 720}, "screen": {"width": 1920, "height": 1080}}
ANSWER_MS = 60_000


def web_place(folder: Path) -> Place:
    """The sample configuration, judged by a profile that asks four things of devices and nothing of the line."""
    place = place_in(folder)
    profile = yaml.safe_load(GOOD_PROFILE.read_text())
    common = {
        "applies_to": "device",
        "severity": "required",
        "owner": "school_it",
        "remedy": {"sv": "Åtgärda det.", "en": "Mend it."},
        "source": "a test",
        "date": profile["valid_from"],
        "trust": "assumed",
    }
    profile["id"] = PROFILE
    profile["requirements"] = [{"id": name, **common, **one} for name, one in REQUIREMENTS.items()]
    (place.config / "profiles" / f"{PROFILE}.yaml").write_text(yaml.safe_dump(profile, allow_unicode=True))
    place.replace("collector.yaml", "\nprofile: skoldigiguide-2023", f"\nprofile: {PROFILE}")
    place.replace("collector.yaml", "\n  throughput:", "\n  latency_samples: 6\n  throughput:")
    # Leave to fill the line at any hour of any day, so that the tests do not depend on when they run.
    place.replace("collector.yaml", "begins_at: 08:00, until: 16:00", "begins_at: 00:00, until: 23:59")
    return place


@contextmanager
def web_collector(folder: Path) -> Iterator[Place]:
    """It runs."""
    place = web_place(folder)
    with serving(place):
        yield place


@dataclass
class Visitor:
    """A page of a browser at the school's first room; `complaints` are what the console and the scripts said."""

    place: Place
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def opens(self, path: str = f"/prob?skola={SCHOOL}&sal={ROOM}") -> None:
        self.page.goto(self.place.url + path)

    def begins(self) -> None:
        self.page.get_by_role("button", name="Börja").click()

    def presses_a_key(self) -> None:
        expect(self.page.locator("#question-keyboard")).to_be_visible(timeout=ANSWER_MS)
        self.page.keyboard.press("a")

    def hears_the_tone(self) -> None:
        expect(self.page.locator("#question-sound")).to_be_visible()
        self.page.get_by_role("button", name="Spela en ton").click()
        self.page.get_by_role("button", name="Ja", exact=True).click()

    def answers(self) -> None:
        self.presses_a_key()
        self.hears_the_tone()

    def visits(self) -> None:
        """The whole of it, until there is an answer."""
        self.opens()
        self.begins()
        self.answers()
        self.reads_an_answer()

    def reads_an_answer(self) -> str:
        """The headline of the collector's answer."""
        expect(self.page.locator('[data-check="sent"] .state')).to_have_text("klart", timeout=ANSWER_MS)
        headline = self.page.locator("#headline")
        expect(headline).to_be_visible()
        return headline.inner_text()

    def state(self, check: str) -> str:
        return self.page.locator(f'[data-check="{check}"] .state').inner_text()

    def kept(self, name: str) -> Any:
        """What the browser keeps."""
        return self.page.evaluate("name => JSON.parse(localStorage.getItem(`provklar.${name}`))", name)

    def device_id(self) -> str:
        return str(self.kept("identity")["deviceId"])


@contextmanager
def visitor(browser: Browser, place: Place, *, scripts: Sequence[str] = (), **context: Any) -> Iterator[Visitor]:
    """A browser of its own; `scripts` run before those of the page, `context` is what Playwright is told."""
    made = browser.new_context(**{**LAPTOP, **context})
    made.set_default_timeout(20_000)
    for script in scripts:
        made.add_init_script(script)
    page = made.new_page()
    visiting = Visitor(place, made, page)

    def note_message(message: ConsoleMessage) -> None:
        # A refusal that the page has words for, such as a lease that another device has, is no complaint.
        if message.type in {"error", "warning"} and "status of 409" not in message.text:
            visiting.complaints.append(message.text)

    def note_error(error: Error) -> None:
        visiting.complaints.append(str(error))

    page.on("console", note_message)
    page.on("pageerror", note_error)
    try:
        yield visiting
    finally:
        made.close()


def said(place: Place, device_id: str) -> dict[str, Observation]:
    """What the collector stored of a device, the newest of each probe."""
    store = Store.open(f"sqlite:///{place.data / 'provklar.db'}")
    try:
        now = datetime.now(UTC) + timedelta(minutes=1)
        device = next(one for one in store.devices() if one.device_id == device_id)
        return {one.probe: one for one in store.device_evidence(device, now, now - timedelta(days=1)).observations}
    finally:
        store.close()


def device(place: Place, device_id: str) -> dict[str, Any]:
    """The device as the API lists it."""
    [found] = [one for one in place.get("/api/v1/devices") if one["id"] == device_id]
    return dict(found)


def chromium_version() -> str:
    """What the installed browser says of itself, asked another way than a page asks."""
    told = subprocess.run([HEADLESS, "--version"], capture_output=True, text=True, check=True, timeout=60)
    return told.stdout.split()[1]
