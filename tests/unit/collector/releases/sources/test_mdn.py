"""Making releases from MDN's data; the recorded answer is cut out of version 8.1.9, otherwise unchanged."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from collector.readiness.domain.model import Release
from collector.releases.published import Published
from collector.releases.sources import understood
from collector.releases.sources.mdn import CompatData, releases_from_compat_data
from tests.support.release_answers import recorded

DAY = date(2026, 11, 21)


@pytest.fixture
def document() -> CompatData:
    """The trimmed data."""
    return msgspec.json.decode(recorded("mdn"), type=CompatData)


def versions(published: Published, product: str) -> list[str]:
    """Version numbers in the order of the list."""
    return [release.version for release in published.products[product]]


def test_only_what_users_have_got(document: CompatData) -> None:
    """No beta (158, 161, 141, 27.3), nothing planned (160), nothing older than three years (92)."""
    releases = releases_from_compat_data(document, DAY)
    assert versions(releases, "chrome") == ["120", "156", "157"]
    assert versions(releases, "edge") == ["156", "157"]
    assert versions(releases, "firefox") == ["150", "153", "159", "160"]
    assert versions(releases, "opera") == ["139", "140"]
    assert versions(releases, "safari") == ["18.6", "26.6", "27.2"]
    assert releases.products["chrome"][-1] == Release("157", date(2026, 11, 3))


def test_never_newer_than_its_source(document: CompatData) -> None:
    """The document is of 12 November; asking on the 21st does not make it know more. Its version is in the source."""
    releases = releases_from_compat_data(document, DAY)
    assert releases.day == date(2026, 11, 12)
    assert releases.name == "@mdn/browser-compat-data 8.1.9 (CC0-1.0), browsers.*.releases"


def test_as_of_an_earlier_day(document: CompatData) -> None:
    """What was known then: 157 came on 3 November."""
    assert versions(releases_from_compat_data(document, date(2026, 11, 3)), "chrome")[-1] == "157"
    assert versions(releases_from_compat_data(document, date(2026, 11, 2)), "chrome")[-1] == "156"


def test_missing_browser(document: CompatData) -> None:
    """An empty list would make every version of it unknown without a word."""
    browsers = {name: browser for name, browser in document.browsers.items() if name != "edge"}
    with pytest.raises(KeyError, match="edge"):
        releases_from_compat_data(msgspec.structs.replace(document, browsers=browsers), DAY)


def test_another_form_of_document() -> None:
    """Refused, with the place."""
    raw = b'{"__meta": {"version": "9", "timestamp": "2026-11-12T14:10:29Z"}, "browsers": {"chrome": 1}}'
    with pytest.raises(msgspec.ValidationError, match="browsers"):
        msgspec.json.decode(raw, type=CompatData)


def test_every_browser_at_once() -> None:
    """Safari and Opera among them; asked on a later day, it speaks of the day that it was made."""
    said = understood("data.json", recorded("mdn"), DAY)
    assert said.day == date(2026, 11, 12)
    assert set(said.products) == {"chrome", "edge", "firefox", "opera", "safari"}
