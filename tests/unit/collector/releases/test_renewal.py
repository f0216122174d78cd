"""How what publishers say is laid over the list that is there."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.configuration.rules.releases import releases_problems
from collector.readiness.domain.model import Release, Releases
from collector.releases.published import Published, SourceRefusedError
from collector.releases.renewal import renewed
from tests.support.release_answers import TODAY, answer
from tests.unit.collector.configuration.folders import NOW

OLD = Releases(
    as_of=date(2026, 11, 12),
    source="MDN",
    products={
        "chrome": [Release("120", date(2023, 12, 5)), Release("157", date(2026, 11, 2))],
        "chromium": [Release("157", date(2026, 11, 3))],
        "safari": [Release("27.2", date(2026, 10, 26))],
    },
)


def test_no_day_of_a_product_is_older_than_the_list_goes_back() -> None:
    """Of Firefox' whole history, what came out in the last three years."""
    renewed_list = renewed(OLD, {"x": answer("firefox")}, TODAY)
    assert [one.version for one in renewed_list.products["firefox"]] == ["159", "160", "161"]


def test_chromium_follows_chrome() -> None:
    """Same versions, and the browsers stand in alphabetical order."""
    nothing = Releases(as_of=date(2026, 11, 1), source="", products={})
    products = renewed(nothing, {"data.json": answer("mdn")}, TODAY).products
    assert products["chromium"] == products["chrome"]
    assert list(products) == ["chrome", "chromium", "edge", "firefox", "opera", "safari"]


def test_what_was_known_stays_and_what_was_not_looked_up_keeps_its_day() -> None:
    """Chrome 157 keeps its day; Chromium goes with Chrome; Safari's list is no younger than before."""
    new = renewed(OLD, {"a": answer("chrome"), "b": answer("microsoft_edge")}, TODAY)
    assert new.products["chrome"] == [
        Release("120", date(2023, 12, 5)),
        Release("156", date(2026, 10, 20)),
        Release("157", date(2026, 11, 2)),
    ]
    assert new.products["chromium"] == new.products["chrome"]
    assert new.products["safari"] == OLD.products["safari"]
    assert (new.as_of, new.known_on("safari")) == (OLD.as_of, OLD.as_of)
    assert new.looked_up == {"chrome": TODAY, "chromium": TODAY, "edge": TODAY}
    assert new.source == "MDN; Chrome Version History; Edge releases"
    assert list(releases_problems(new, NOW)) == []


def test_looking_twice_changes_only_the_day() -> None:
    """And names no source twice."""
    once = renewed(OLD, {"a": answer("chrome")}, TODAY)
    assert renewed(once, {"a": answer("chrome")}, TODAY) == once


def test_a_document_made_earlier_makes_the_list_no_older() -> None:
    """Chrome was looked up today; MDN's document of last week knows no more."""
    once = renewed(OLD, {"a": answer("chrome")}, TODAY)
    earlier = Published("MDN", date(2026, 11, 12), {"chrome": [Release("157", date(2026, 11, 3))]})
    assert renewed(once, {"b": earlier}, TODAY).known_on("chrome") == TODAY


@pytest.mark.parametrize(
    ("releases", "code"),
    [
        ([], "releases_without_releases"),
        ([Release("nightly", date(2026, 11, 1))], "releases_without_releases"),
        ([Release("156", date(2026, 10, 20))], "releases_older_than_list"),
        ([Release("158", date(2026, 11, 23))], "releases_from_the_future"),
    ],
)
def test_a_source_that_can_not_be_right_is_refused(releases: list[Release], code: str) -> None:
    """Empty, behind the list, or ahead of the clock."""
    with pytest.raises(SourceRefusedError) as refused:
        renewed(OLD, {"somewhere": Published("x", TODAY, {"chrome": releases})}, TODAY)
    assert refused.value.code == code


def test_a_release_of_tomorrow_is_one_of_today() -> None:
    """It is evening here and morning there; the collector accepts no release that is later than its list."""
    said = Published("x", TODAY, {"chrome": [Release("158", TODAY + timedelta(days=1))]})
    assert renewed(OLD, {"x": said}, TODAY).products["chrome"][-1] == Release("158", TODAY)


@given(
    st.lists(st.tuples(st.integers(157, 400), st.integers(0, 3_000)), min_size=1, max_size=20),
    st.sampled_from(["chrome", "safari", "edge"]),
    st.integers(0, 40),
)
def test_whatever_is_taken_in_the_collector_can_read(
    found: list[tuple[int, int]], product: str, made_days_ago: int
) -> None:
    """Each version once, none later than its list; nothing newer is lost."""
    releases = [Release(str(major), TODAY - timedelta(days=made_days_ago + ago)) for major, ago in found]
    said = Published("x", TODAY - timedelta(days=made_days_ago), {product: releases})
    unique = {one.version: one for one in releases}
    said = msgspec.structs.replace(said, products={product: list(unique.values())})
    new = renewed(OLD, {"x": said}, TODAY)
    assert list(releases_problems(new, datetime.combine(TODAY, NOW.timetz()))) == []
    recent = {one.version for one in unique.values() if one.released > TODAY - timedelta(days=3 * 365)}
    assert recent <= {one.version for one in new.products[product]}
