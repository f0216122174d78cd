"""Each operator: what passes, what fails, and what cannot be told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol.wire import FactValue
from collector.readiness.domain import operators
from collector.readiness.domain.comparison import KINDS, RequiredValue, Setting
from collector.readiness.domain.model import Operator, Release, Releases
from collector.readiness.domain.operators import OPERATORS, compare, is_aging
from collector.readiness.domain.operators.months_old_at_most import months_before
from collector.readiness.domain.releases import Lifetime, LifetimeList
from collector.readiness.domain.trust import Trust
from tests.unit.collector.readiness.cases import NOW, RELEASES

CHROME = Setting("browsers.chrome_version", RELEASES, NOW)


def test_the_folder_is_the_list() -> None:
    """What a profile may name is what the files of the folder are called; numbers first, then what is more special."""
    assert {path.stem for path in Path(operators.__file__).parent.glob("*.py")} == {"__init__", *OPERATORS}
    assert get_args(Operator) == tuple(OPERATORS)
    kinds = [KINDS.index(one.of) for one in OPERATORS.values()]
    assert kinds == sorted(kinds)


def test_what_is_at_risk_lies_on_the_worse_side() -> None:
    """So an operator without one takes no softer value, and says so."""
    assert [name for name, one in OPERATORS.items() if (one.better is None) != (one.at_risk_value == "none")] == []


@pytest.mark.parametrize(
    ("operator", "measured", "wanted", "passes"),
    [
        ("at_least", 4096, 4096, True),
        ("at_least", 4095.9, 4096, False),
        ("at_most", -67.0, -67, True),
        ("at_most", -66, -67, False),
        ("equals", "mains", "mains", True),
        ("equals", "battery", "mains", False),
        ("equals", True, True, True),
        ("equals", 2, 2.0, True),
        ("one_of", "linux", ["linux", "windows"], True),
        ("one_of", "plan9", ["linux", "windows"], False),
        ("version_at_least", "10.0.19045", "10", True),
        ("version_at_least", "9.9", "10", False),
        ("version_at_most", "14.6", "15", True),
        ("version_at_most", "15.1", "15", False),
    ],
)
def test_passes_or_fails(operator: Operator, measured: FactValue, wanted: RequiredValue, passes: bool) -> None:
    """At the limit and beyond it."""
    assert compare(operator, measured, wanted, CHROME) is passes


@pytest.mark.parametrize(
    ("operator", "measured", "wanted"),
    [
        ("at_least", "4096", 4096),
        ("at_least", True, 1),
        ("at_least", float("nan"), 1),
        ("at_least", float("inf"), 1),
        ("at_least", 1, None),
        ("at_most", None, 5),
        ("at_most", 5, ["5"]),
        ("equals", 1, True),
        ("equals", "1", 1),
        ("equals", None, None),
        ("one_of", 5, ["5"]),
        ("one_of", "linux", "linux windows"),
        ("version_at_least", 12, "10"),
        ("version_at_least", "twelve", "10"),
        ("version_at_least", "12", "ten"),
        ("version_at_most", None, "10"),
        ("latest_minus", "latest", 2),
        ("latest_minus", 143, 2),
        ("latest_minus", "143", "2"),
        ("latest_minus", "143", ["2"]),
        ("months_old_at_most", "143", None),
        ("months_old_at_most", "new", 12),
    ],
)
def test_cannot_be_told(operator: Operator, measured: FactValue, wanted: RequiredValue) -> None:
    """A value of the wrong kind never passes and never fails."""
    assert compare(operator, measured, wanted, CHROME) is None


@given(
    st.sampled_from(sorted(OPERATORS)),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    st.none()
    | st.booleans()
    | st.integers(-99, 99)
    | st.floats()
    | st.text(max_size=8)
    | st.lists(st.text(max_size=4)),
)
def test_nothing_unknown_passes(operator: Operator, measured: FactValue, wanted: RequiredValue) -> None:
    """Any value against any other: no crash, and what is missing never passes."""
    answer = compare(operator, measured, wanted, CHROME)
    assert answer in (True, False, None)
    assert answer is not True or measured is not None


@pytest.mark.parametrize(
    ("measured", "majors", "passes"),
    [
        ("143.0.7000.1", 0, True),
        ("142.0.1", 0, False),
        ("142.0.1", 1, True),
        ("141", 2, True),
        ("140.9", 2, False),
        ("139", 3, False),
        ("139", 4, True),
        ("144.0.1", 0, True),
        ("99", 2, False),
    ],
)
def test_latest_minus(measured: str, majors: int, passes: bool) -> None:
    """Counted in known majors behind the newest; newer than the list is fine."""
    assert compare("latest_minus", measured, majors, CHROME) is passes


def test_latest_minus_counts_releases_not_numbers() -> None:
    """Safari went from 18 to 26: one release behind, not eight."""
    safari = Setting("browsers.safari_version", RELEASES, NOW)
    assert compare("latest_minus", "18.6", 1, safari) is True
    assert compare("latest_minus", "18.6", 0, safari) is False


def test_latest_as_it_was_then() -> None:
    """In July 2026 nobody could have had 142: 140 was one behind."""
    july = Setting("browsers.chrome_version", RELEASES, datetime(2026, 7, 20, tzinfo=UTC))
    assert compare("latest_minus", "140", 1, july) is True
    assert compare("latest_minus", "140", 1, CHROME) is False


def test_chromium_follows_chrome_unless_it_has_its_own() -> None:
    """The same numbers, a few days apart."""
    chromium = Setting("browsers.chromium_version", RELEASES, NOW)
    assert compare("latest_minus", "143.1", 0, chromium) is True
    own = msgspec.structs.replace(
        RELEASES, products={**RELEASES.products, "chromium": [Release("150", date(2026, 9, 2))]}
    )
    assert compare("latest_minus", "143.1", 0, Setting("browsers.chromium_version", own, NOW)) is False


def test_product_without_releases_cannot_be_told() -> None:
    """Opera is not in the list."""
    opera = Setting("browsers.opera_version", RELEASES, NOW)
    assert compare("latest_minus", "143", 2, opera) is None
    assert compare("months_old_at_most", "143", 12, opera) is None


@pytest.mark.parametrize(
    ("days", "passes", "aging"), [(42, True, False), (43, True, True), (183, True, True), (184, None, True)]
)
def test_old_list_cannot_say_what_is_latest(days: int, passes: bool | None, aging: bool) -> None:
    """After six weeks "the latest" is doubtful, half a year after the list was made it is no longer known."""
    moment = datetime(2026, 11, 1, 12, tzinfo=UTC) + timedelta(days=days)
    setting = Setting("browsers.chrome_version", RELEASES, moment)
    assert compare("latest_minus", "143", 2, setting) is passes
    assert is_aging("latest_minus", setting) is aging
    assert is_aging("months_old_at_most", setting) is False


@pytest.mark.parametrize("days", [0, 184, 3_000])
def test_what_is_too_old_by_an_old_list_is_too_old(days: int) -> None:
    """A newer list could only know of more releases."""
    moment = datetime(2026, 11, 1, 12, tzinfo=UTC) + timedelta(days=days)
    assert compare("latest_minus", "140", 2, Setting("browsers.chrome_version", RELEASES, moment)) is False


def test_each_browser_has_the_age_of_its_own_list() -> None:
    """Chrome was looked up today, Safari was not; Chromium goes with Chrome."""
    later = datetime(2027, 6, 1, tzinfo=UTC)
    looked_up = msgspec.structs.replace(RELEASES, looked_up={"chrome": date(2027, 5, 30)})
    ages = {name: Setting(f"browsers.{name}_version", looked_up, later).list_age_days for name in ("chrome", "safari")}
    assert ages == {"chrome": 2, "safari": 212}
    assert Setting("browsers.chromium_version", looked_up, later).list_age_days == 2
    assert compare("latest_minus", "143", 0, Setting("browsers.chrome_version", looked_up, later)) is True
    assert compare("latest_minus", "26", 0, Setting("browsers.safari_version", looked_up, later)) is None
    assert compare("months_old_at_most", "144", 1, Setting("browsers.chrome_version", looked_up, later)) is True


@pytest.mark.parametrize(
    ("measured", "months", "passes"),
    [
        ("143.0.1", 3, True),
        ("143.0.1", 2, False),
        ("140", 6, True),
        ("140", 5, False),
        ("139", 36, None),
        ("144", 1, True),
        ("144", 0, None),
        ("143", 99_999, True),
    ],
)
def test_months_old_at_most(measured: str, months: int, passes: bool | None) -> None:
    """By the release date of that major; newer than the list is no older than the list itself."""
    assert compare("months_old_at_most", measured, months, CHROME) is passes


def test_months_by_the_newest_release_that_it_includes() -> None:
    """18.7 includes 18.6 of July 2025; 18.5 only 18.0 of September 2024."""
    safari = Setting("browsers.safari_version", RELEASES, NOW)
    assert compare("months_old_at_most", "18.7", 16, safari) is True
    assert compare("months_old_at_most", "18.5", 16, safari) is False


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 11, 16), 12, date(2025, 11, 16)),
        (date(2026, 11, 16), 0, date(2026, 11, 16)),
    ],
)
def test_months_before(day: date, months: int, before: date) -> None:
    """The last day of a shorter month stands in for one that it does not have."""
    assert months_before(day, months) == before


@given(st.integers(130, 150), st.integers(0, 3), st.integers(0, 6))
def test_a_newer_browser_is_never_worse(major: int, newer: int, allowed: int) -> None:
    """Monotone in the version, for both rules about age."""
    for operator in ("latest_minus", "months_old_at_most"):
        older = OPERATORS[operator].compare(f"{major}.1", allowed, CHROME)
        later = OPERATORS[operator].compare(f"{major + newer}.1", allowed, CHROME)
        assert not (older is True and later is False)


ENDS_AT = datetime(2026, 11, 19, 11, 0, tzinfo=UTC)
"""12:00 in Stockholm, on a Thursday."""
SITTING = Setting("ends.certificate_at", RELEASES, NOW, ENDS_AT)


@pytest.mark.parametrize(
    ("end", "margin_days", "passes"),
    [
        ("2026-11-19T11:00:00Z", 0, True),
        ("2026-11-19T10:59:59Z", 0, False),
        ("2026-11-19T12:00:00+01:00", 0, True),
        ("2026-12-03T11:00:00Z", 14, True),
        ("2026-12-03T10:59:59Z", 14, False),
        ("2026-11-18", 0, False),
        ("2026-11-19", 0, True),
        ("2026-11-19", 1, False),
        ("2026-11-20", 1, True),
        ("9999-12-31", 0, None),
        ("2026-11-19T11:00:00", 0, None),
        ("soon", 0, None),
        (True, 0, None),
        ("2026-11-19", "1", None),
        ("2026-11-19", ["1"], None),
    ],
)
def test_lasts_past_sitting(end: FactValue, margin_days: RequiredValue, passes: bool | None) -> None:
    """To the second; what ends on a day lasts through it, in Sweden; what is no time can not be told."""
    assert compare("lasts_past_sitting", end, margin_days, SITTING) is passes


def test_without_a_sitting_nobody_knows_whether_it_lasts() -> None:
    """A single device is judged for no sitting."""
    assert compare("lasts_past_sitting", "2099-01-01", 0, Setting("ends.certificate_at", RELEASES, NOW)) is None


@given(st.integers(-400, 400), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_a_later_end_and_a_smaller_margin_are_never_worse(days: int, later: int, margin: int, less: int) -> None:
    """Monotone in both."""
    end, later_end = (ENDS_AT + timedelta(days=one) for one in (days, days + later))
    strict = compare("lasts_past_sitting", end.isoformat(), margin, SITTING)
    assert not (strict and not compare("lasts_past_sitting", later_end.isoformat(), margin, SITTING))
    assert not (strict and not compare("lasts_past_sitting", end.isoformat(), max(0, margin - less), SITTING))


ESR = Releases.of(
    Releases(date(2026, 11, 1), "a test", {"firefox": [Release(str(n), date(2026, 11, 1)) for n in range(135, 161)]}),
    {
        "firefox-esr": LifetimeList(date(2026, 11, 1), "a test", Trust.ASSUMED, [
            Lifetime("ESR 128", "128", ends_on=date(2025, 9, 16)),
            Lifetime("ESR 140", "140"),
        ]),
    },
)  # fmt: skip
FIREFOX = Setting("browsers.firefox_version", ESR, NOW)


@pytest.mark.parametrize(
    ("version", "passes"),
    [
        ("160.0", True),
        ("159.0", False),
        ("140.17.0", True),
        ("140.0esr", True),
        ("140.0", None),
        ("140.0.4", None),
        ("141.0", False),
        ("128.14.0esr", False),
        ("115.30.0esr", False),
    ],
)
def test_extended_support_is_as_good_as_the_latest(version: str, passes: bool) -> None:
    """The case firefox-esr-current: twenty releases behind, and the newest there is of what is supported. 140.0 is what
    its user agent says, and what an ordinary one said that nobody has updated since.
    """
    assert compare("latest_minus", version, 0, FIREFOX) is passes


def test_extended_support_by_age() -> None:
    """A year and a half old, and mended last month."""
    aged = msgspec.structs.replace(ESR, products={"firefox": [Release("140", date(2025, 6, 24))]})
    by_age = Setting("browsers.firefox_version", aged, NOW)
    assert compare("months_old_at_most", "140.17.0", 12, by_age) is True
    assert compare("months_old_at_most", "140.0", 12, by_age) is None


def test_extended_support_that_nobody_has_looked_up_for_long_is_unknown() -> None:
    """Half a year later 140 may be over."""
    later = Setting("browsers.firefox_version", ESR, NOW + timedelta(days=190))
    assert compare("latest_minus", "140.17.0", 0, later) is None
    assert compare("latest_minus", "128.14.0esr", 0, later) is False


def test_without_a_list_a_version_that_calls_itself_so_is_unknown() -> None:
    """And one that does not is what the list of releases says."""
    plain = Setting("browsers.chrome_version", RELEASES, NOW)
    assert compare("latest_minus", "140.3esr", 0, plain) is None
    assert compare("latest_minus", "140.3", 0, plain) is False
