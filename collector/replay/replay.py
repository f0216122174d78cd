"""A collector in memory that lives through recorded receipts: the same checks, the same store, the same judging.

It is fed lines and asked for verdicts at later and later times, so that one world can be judged many times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain

import msgspec

from collector.configuration.model import Configuration
from collector.judgement.service import judge_sittings, still_to_come
from collector.readiness.domain.model import DeviceSeen, Evidence, Profile, Sitting, Text, Verdict
from collector.replay.intake import Intake
from collector.replay.lines import LineRefusedError, ReplayLine, decoded_line
from collector.replay.receipts import Receipts, RefusedLine
from collector.replay.supplement import Supplement
from collector.store.store import Store


class EmptyReplayError(Exception):
    """Not one line can be read, so there is no time as of which anything could be said."""


class Replayed(msgspec.Struct, frozen=True):
    """What a collector would have said at `at`, and what became of the lines until then."""

    at: datetime
    verdicts: list[Verdict]
    receipts: Receipts


def replayed(
    configuration: Configuration,
    lines: Iterable[bytes],
    at: datetime | None = None,
    profile: Profile | None = None,
) -> Replayed:
    """All sittings that are still to come at `at`, judged by what was received by then; by default when the last line
    was. `profile` judges all of them, else each its own. Raises EmptyReplayError where there is no time to judge at.
    """
    replay = Replay(configuration)
    try:
        replay.feed(lines)
        when = at or replay.take_all()
        return Replayed(when, replay.verdicts(when, profile=profile), replay.receipts)
    finally:
        replay.close()


class Replay:
    """Belongs to one thread. Lines are counted from 1 over all that it is fed."""

    def __init__(self, configuration: Configuration) -> None:
        """A collector of `configuration` that has received nothing."""
        self.configuration = configuration
        self.receipts = Receipts()
        self._store = Store.in_memory()
        self._beside = Supplement()
        self._intake = Intake(configuration, self._store, self._beside, self.receipts)
        self._lines: Iterator[bytes] = iter(())
        self._number = 0
        self._next: ReplayLine | None = None
        self._read_until: datetime | None = None
        self._now: datetime | None = None

    def close(self) -> None:
        """Forgets everything."""
        self._store.close()

    def feed(self, lines: Iterable[bytes]) -> None:
        """Adds lines behind those that wait; none is read before it is needed."""
        self._lines = chain(self._lines, lines)

    def take_all(self) -> datetime:
        """Takes all lines; gives when the newest was received. Raises EmptyReplayError where none can be read."""
        self._take_until(None)
        if self._now is None:
            raise EmptyReplayError
        return self._now

    def live_until(self, at: datetime) -> None:
        """Takes the lines received by `at` and lets time pass until then. Raises ValueError where it has passed."""
        if self._now is not None and at < self._now:
            raise ValueError(f"it is {self._now.isoformat()} already: {at.isoformat()} has passed")
        self._take_until(at)
        self._intake.pass_time(at)
        self._now = at

    def verdicts(
        self, at: datetime, *, sittings: Iterable[Sitting] | None = None, profile: Profile | None = None
    ) -> list[Verdict]:
        """What a collector would say at `at`, of `sittings` or of all that are still to come then, in their order of
        time. Times only go on: raises ValueError for one that has passed.
        """
        self.live_until(at)
        if sittings is None:
            sittings = [one for one in self.configuration.sittings if still_to_come(one, at)]
        found = judge_sittings(self.configuration, self, at, sittings=sittings, profile=profile)
        return sorted(found, key=lambda verdict: (verdict.starts_at, verdict.school.name, verdict.sitting.id))

    # --- what judging asks of a store -----------------------------------------------------------------------------

    def evidence(self, school: str, as_of: datetime, since: datetime) -> Evidence:
        """What was received of a school by `as_of`, as the store of a live collector tells it."""
        return self._beside.beside(self._store.evidence(school, as_of, since))

    def devices(self, school: str | None = None) -> list[DeviceSeen]:
        """The devices that are not revoked, of one school or of all."""
        return self._store.devices(school)

    def save_verdicts(self, verdicts: list[Verdict], now: datetime) -> None:
        """Keeps the history of verdicts, as a live collector does."""
        self._store.save_verdicts(verdicts, now)

    def last_ready(self, sitting: str, as_of: datetime) -> tuple[bytes, datetime] | None:
        """The last verdict that was ready, of those that were saved, and when it ceased to be."""
        return self._store.last_ready(sitting, as_of)

    # --- one line after the other ---------------------------------------------------------------------------------

    def _take_until(self, until: datetime | None) -> None:
        while (line := self._peek()) is not None and (until is None or line.received_at <= until):
            self._next = None
            self._now = line.received_at.astimezone(UTC)
            self._intake.pass_time(line.received_at)
            try:
                self._intake.take(line)
            except LineRefusedError as refused:
                self._refuse(refused, line.kind)
            else:
                self.receipts.taken[line.kind] += 1
        self._intake.flush()

    def _peek(self) -> ReplayLine | None:
        """The next line that can be read and stands in order; those before it are refused."""
        while self._next is None and (raw := next(self._lines, None)) is not None:
            self._number += 1
            if not raw.strip():
                continue
            try:
                self._next = self._in_order(decoded_line(raw))
            except LineRefusedError as refused:
                self._refuse(refused, refused.kind)
        return self._next

    def _in_order(self, line: ReplayLine) -> ReplayLine:
        before = self._read_until
        if before is not None and line.received_at < before:
            why = Text("replay_out_of_order", {"at": _utc(line.received_at), "before": _utc(before)})
            raise LineRefusedError(why, "$.received_at", line.kind)
        self._read_until = line.received_at
        return line

    def _refuse(self, refused: LineRefusedError, kind: str | None) -> None:
        self.receipts.refused.append(RefusedLine(self._number, kind, refused.why, refused.place))


def _utc(moment: datetime) -> str:
    """To the last digit, as lines write it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
