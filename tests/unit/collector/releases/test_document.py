"""Making the release list from MDN's data; the fixture is cut out of version 8.1.9, otherwise unchanged."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from collector.configuration.structure import read
from collector.readiness.domain.model import Release, Releases
from collector.releases.document import (
    CompatData,
    read_compat_data,
    releases_from_compat_data,
    releases_yaml,
    write_releases,
)

FIXTURE = Path(__file__).parent / "browser-compat-data.json"
DAY = date(2026, 11, 21)


@pytest.fixture
def document() -> CompatData:
    """The trimmed data."""
    return read_compat_data(FIXTURE)


def versions(releases: Releases, product: str) -> list[str]:
    """Version numbers in the order of the list."""
    return [release.version for release in releases.products[product]]


def test_only_what_users_have_got(document: CompatData) -> None:
    """No beta (158, 161, 141, 27.3), nothing planned (160), nothing older than three years (92)."""
    releases = releases_from_compat_data(document, DAY)
    assert versions(releases, "chrome") == ["120", "156", "157"]
    assert versions(releases, "edge") == ["156", "157"]
    assert versions(releases, "firefox") == ["150", "153", "159", "160"]
    assert versions(releases, "opera") == ["139", "140"]
    assert versions(releases, "safari") == ["18.6", "26.6", "27.2"]
    assert releases.products["chrome"][-1] == Release("157", date(2026, 11, 3))


def test_chromium_follows_chrome(document: CompatData) -> None:
    """Same versions, and the browsers stand in alphabetical order."""
    products = releases_from_compat_data(document, DAY).products
    assert products["chromium"] == products["chrome"]
    assert list(products) == ["chrome", "chromium", "edge", "firefox", "opera", "safari"]


def test_never_newer_than_its_source(document: CompatData) -> None:
    """The document is of 12 November; asking on the 21st does not make it know more. Its version is in the source."""
    releases = releases_from_compat_data(document, DAY)
    assert releases.as_of == date(2026, 11, 12)
    assert releases.source == "@mdn/browser-compat-data 8.1.9 (CC0-1.0), browsers.*.releases"


def test_as_of_an_earlier_day(document: CompatData) -> None:
    """What was known then: 157 came on 3 November."""
    assert versions(releases_from_compat_data(document, date(2026, 11, 3)), "chrome")[-1] == "157"
    assert versions(releases_from_compat_data(document, date(2026, 11, 2)), "chrome")[-1] == "156"


def test_missing_browser(document: CompatData) -> None:
    """An empty list would make every version of it unknown without a word."""
    browsers = {name: browser for name, browser in document.browsers.items() if name != "edge"}
    with pytest.raises(KeyError, match="edge"):
        releases_from_compat_data(msgspec.structs.replace(document, browsers=browsers), DAY)


def test_another_form_of_document(tmp_path: Path) -> None:
    """Refused, with the place."""
    path = tmp_path / "data.json"
    path.write_text('{"__meta": {"version": "9", "timestamp": "2026-11-12T14:10:29Z"}, "browsers": {"chrome": 1}}')
    with pytest.raises(msgspec.ValidationError, match="browsers"):
        read_compat_data(path)


def test_written_and_read_back(document: CompatData, tmp_path: Path) -> None:
    """Through the same strict reader that the collector uses; the old file is replaced and nothing is left over."""
    path = tmp_path / "releases.yaml"
    path.write_text("old", encoding="utf-8")
    releases = releases_from_compat_data(document, DAY)
    write_releases(releases, path)
    assert read(path, Releases).value == releases
    assert [file.name for file in tmp_path.iterdir()] == ["releases.yaml"]


def test_one_release_per_line() -> None:
    """So that an update is easy to review; quotes keep 18.10 apart from 18.1."""
    releases = Releases(DAY, 'the "source"', {"safari": [Release("18.10", date(2025, 1, 2))]})
    assert releases_yaml(releases).splitlines()[2:] == [
        "as_of: 2026-11-21",
        'source: "the \\"source\\""',
        "products:",
        "  safari:",
        '    - {version: "18.10", released: 2025-01-02}',
    ]
