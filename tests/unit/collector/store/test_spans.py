"""Spans are read without an object for each entry; they are what entries laid out one by one come to."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from collector.store.heard import ONE_MS, Heard, packed, unpacked
from collector.store.spans import spans
from collector.store.timestamps import ONE_DAY

DAY = 20_514
BEGAN = DAY * ONE_DAY


class Row(NamedTuple):
    """A row of results, as far as spans are made of it."""

    device: int
    probe: str
    day: int
    digest: bytes
    heard: bytes


times = st.integers(0, 12).map(lambda step: BEGAN + step * 7_000 * ONE_MS)
entries = st.one_of(
    times.map(Heard),
    st.builds(lambda at, late, tenths: Heard(at, at + late * ONE_MS, tenths / 10), times, st.integers(-9_000, 90_000),
              st.integers(-50, 50)),
)  # fmt: skip
days = st.lists(st.lists(entries, max_size=5), min_size=1, max_size=4)


def one_by_one(rows: list[Row], until: int) -> list[tuple[bytes, int, int, int, Heard]]:
    """As the rule is: all entries that are known, in their order; a span ends where another digest begins."""
    known = [(one, row.digest) for row in rows for one in unpacked(row.heard, row.day) if one.known_at <= until]
    known.sort(key=lambda pair: (pair[0].at, pair[0].known_at, pair[1]))
    runs = [(digest, [one for one, _ in run]) for digest, run in groupby(known, key=lambda pair: pair[1])]
    return [
        (digest, ones[0].at, ones[-1].at, len(ones), max(ones, key=lambda one: (one.received_at or one.at, one.at)))
        for digest, ones in runs
    ]


@given(days, times)
def test_as_if_laid_out_one_by_one(said: list[list[Heard]], until: int) -> None:
    """Whatever stands between what, and whatever is not known yet."""
    rows = [
        Row(1, "wifi", DAY, bytes([number]), b"".join(packed(one, DAY) for one in ones))
        for number, ones in enumerate(said)
    ]
    found = spans(rows, until)  # type: ignore[arg-type]  # what spans read of a row, and nothing else
    assert [(one.row.digest, one.first_at, one.last_at, one.count, one.newest) for one in found] == one_by_one(
        rows, until
    )
