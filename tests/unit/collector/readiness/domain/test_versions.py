"""Versions are ordered as versions, never as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.domain.versions import Version, parse_version

NUMBERS = st.lists(st.integers(0, 10_000), min_size=1, max_size=5)


def version(text: str) -> Version:
    """A version that must parse."""
    parsed = parse_version(text)
    assert parsed is not None, text
    return parsed


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("9", "10"),
        ("124", "124.0.1"),
        ("124.0.6367.91", "124.0.6367.207"),
        ("10.0.9", "10.0.10"),
        ("125.0b3", "125.0"),
        ("125.0a1", "125.0b1"),
        ("125.0b9", "125.0b10"),
        ("125.0-rc.1", "125.0"),
        ("124.9", "125.0b1"),
        ("1.0.2", "1.0.2k"),
        ("1.0.2k", "1.0.2u"),
        ("1.0.2k", "1.0.3"),
        ("14.7.1", "26"),
    ],
)
def test_older_before_newer(older: str, newer: str) -> None:
    """Number by number; pre-releases before, lettered fixes after their release."""
    assert version(older) < version(newer)
    assert not version(newer) < version(older)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("124", "124.0"),
        ("128.5.0esr", "128.5"),
        ("128.0ESR", "128"),
        ("v3.2", " 3.2 "),
        ("0", "0.0"),
        ("120.0-2", "120.0"),
        ("3.2+snap1", "3.2"),
        ("132.0.2-1+git20241112.abc~1", "132.0.2"),
    ],
)
def test_written_differently_but_the_same(one: str, other: str) -> None:
    """Zeros at the end, `v`, blanks and `esr` change nothing."""
    assert version(one) == version(other)


@pytest.mark.parametrize(
    "text", ["", "latest", "12..3", "12.", ".5", "1.2-foo", "Windows 11", "1.2.3.4.5.6.7.8.9.10.11", "9" * 5000, "-1"]
)
def test_what_is_no_version_is_none(text: str) -> None:
    """Nothing is guessed."""
    assert parse_version(text) is None


@pytest.mark.parametrize("value", [None, 12, 12.5, True, ["12"]])
def test_only_text_is_a_version(value: object) -> None:
    """A number could be 12.10 that has become 12.1."""
    assert parse_version(value) is None


def test_major_is_the_first_number() -> None:
    """Also when everything is zero."""
    assert version("124.0.6367.91").major == 124
    assert version("0.0").major == 0


@given(NUMBERS, NUMBERS)
def test_order_is_that_of_the_numbers(one: list[int], other: list[int]) -> None:
    """Padded with zeros to the same length, the order of versions is the order of lists of numbers."""
    width = max(len(one), len(other))
    padded = [numbers + [0] * (width - len(numbers)) for numbers in (one, other)]
    left, right = (version(".".join(map(str, numbers))) for numbers in (one, other))
    assert (left < right) == (padded[0] < padded[1])
    assert (left == right) == (padded[0] == padded[1])


@given(NUMBERS, st.integers(0, 4), st.integers(1, 100))
def test_raising_any_part_makes_it_newer(numbers: list[int], place: int, by: int) -> None:
    """Monotone in every part."""
    raised = list(numbers)
    raised[place % len(numbers)] += by
    assert version(".".join(map(str, numbers))) < version(".".join(map(str, raised)))


@given(st.text(max_size=30))
def test_never_raises(text: str) -> None:
    """Whatever a device sends."""
    parsed = parse_version(text)
    assert parsed is None or parsed >= Version(()) or parsed.stage < 5


SUFFIXES = ["", "esr", "b3", "b10", "a1", "rc1", "k", "u", "-1", "+snap2", "b3+1"]
VERSIONS = st.builds(
    lambda numbers, suffix: version(".".join(map(str, numbers)) + suffix), NUMBERS, st.sampled_from(SUFFIXES)
)


@given(VERSIONS, VERSIONS)
def test_of_two_versions_exactly_one_thing_holds(one: Version, other: Version) -> None:
    """Older, the same, or newer; and turned round the opposite."""
    assert [one < other, one == other, one > other].count(True) == 1
    assert (one < other) == (other > one)
    assert (one <= other <= one) == (one == other)
    assert one != other or hash(one) == hash(other)


@given(st.lists(VERSIONS, min_size=3, max_size=3))
def test_order_carries_over(versions: list[Version]) -> None:
    """Sorted, every one is at most every later one."""
    oldest, middle, newest = sorted(versions)
    assert oldest <= middle <= newest
    assert oldest <= newest


@given(NUMBERS, st.sampled_from(["b3", "a1", "rc1"]), st.sampled_from(["k", "u"]))
def test_stages_of_one_release(numbers: list[int], before: str, after: str) -> None:
    """A pre-release is older than its release, a lettered fix newer, whatever the numbers."""
    written = ".".join(map(str, numbers))
    assert version(written + before) < version(written) < version(written + after)
