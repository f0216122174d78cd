"""From rows of results to observations: what stood unchanged from when until when, as it was known at a moment.

A span ends when something else was measured, or with the UTC day. It is made of what came in by that moment, and of
nothing else: the same then and ever after, in whatever order it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from operator import itemgetter

import msgspec

from agent.protocol.wire import FactValue
from collector.readiness.domain.model import Observation
from collector.store.heard import Heard, HeardEntry, moments, stretch_of
from collector.store.packed_weeks import ResultRow
from collector.store.packing import WeekRow
from collector.store.tables import contents
from collector.store.timestamps import Microseconds, moment, optional_moment

_facts = msgspec.json.Decoder(dict[str, FactValue])
_missing = msgspec.json.Decoder(dict[str, str])
_rows = msgspec.json.Decoder(list[dict[str, FactValue]])

SAID = (
    contents.c.room,
    contents.c.status,
    contents.c.error_code,
    contents.c.facts,
    contents.c.missing,
    contents.c.rows,
    contents.c.session,
)
"""What a query has to read of a content for its spans to become observations."""


class Span(msgspec.Struct, frozen=True, gc=False):
    """A content as it stood unchanged; `newest` is what came in last of it."""

    row: ResultRow
    first_at: Microseconds
    last_at: Microseconds
    count: int
    newest: Heard


def spans(rows: Iterable[ResultRow], until: Microseconds, unsettled: set[int] | None = None) -> list[Span]:
    """The spans of rows that come by device, probe and day, as known at `until`; of each device and probe, the oldest
    first. `unsettled` gets the numbers of devices whose rows hold more than was known then.
    """
    found: list[Span] = []
    for _, of_day in groupby(rows, key=_device_probe_day):
        found += _of_day(list(of_day), until, set() if unsettled is None else unsettled)
    return found


def _device_probe_day(row: ResultRow) -> tuple[int, str, int]:
    return row.device, row.probe, row.day


def _of_day(rows: Sequence[ResultRow], until: Microseconds, unsettled: set[int]) -> Iterable[Span]:
    """Of one device and probe on one day."""
    found: list[Span] = []
    for row in rows:
        whole = row.whole(until) if isinstance(row, WeekRow) else None
        if whole is None:
            heard, is_all = _moments(row, until)
            whole = stretch_of(heard, row.day) if heard else None
            if not is_all:
                unsettled.add(row.device)
        if whole is not None:
            found.append(Span(row, *whole))
    found.sort(key=_begin)
    if any(earlier.last_at >= later.first_at for earlier, later in pairwise(found)):
        return _in_turns([(_moments(span.row, until)[0], span.row) for span in found])
    return found


def _moments(row: ResultRow, until: Microseconds) -> tuple[list[HeardEntry], bool]:
    return row.moments(until) if isinstance(row, WeekRow) else moments(row.heard, row.day, until)


def _begin(span: Span) -> Microseconds:
    return span.first_at


def _in_turns(known: Iterable[tuple[Sequence[HeardEntry], ResultRow]]) -> Iterator[Span]:
    """Where one thing was said, then another, then the first again. What was measured at the same moment comes by when
    it came in, then by what it says.
    """
    heard = [(one[0], max(one[0], one[1]), row.digest, one, row) for ones, row in known for one in ones]
    heard.sort(key=itemgetter(0, 1, 2))
    for _, run in groupby(heard, key=itemgetter(2)):
        ones = list(run)
        row = ones[0][4]
        yield Span(row, *stretch_of([one[3] for one in ones], row.day))


class _Said(msgspec.Struct, frozen=True):
    """What a content says, decoded once for all its spans."""

    facts: dict[str, FactValue]
    missing: dict[str, str]
    rows: list[dict[str, FactValue]]


def observations(found: Iterable[Span]) -> list[Observation]:
    """The spans as observations, in the same order."""
    decoded: dict[tuple[int, bytes], _Said] = {}
    return [_observation(span, decoded) for span in found]


def _observation(span: Span, decoded: dict[tuple[int, bytes], _Said]) -> Observation:
    row = span.row
    said = decoded.get((row.device, row.digest))
    if said is None:
        said = _Said(_facts.decode(row.facts), _missing.decode(row.missing), _rows.decode(row.rows))
        decoded[row.device, row.digest] = said
    return Observation(
        device_id=row.device_id,
        room=row.room,
        probe=row.probe,
        status=row.status,
        first_at=moment(span.first_at),
        last_at=moment(span.last_at),
        count=span.count,
        facts=said.facts,
        missing=said.missing,
        rows=said.rows,
        error_code=row.error_code,
        received_at=optional_moment(span.newest.received_at),
        session=row.session,
    )
