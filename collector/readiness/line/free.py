"""What a line leaves for a test beside those who teach, run by run. Pure.

A run in lessons already has the others on the line, so nothing is taken off twice. What it got lies between what was
free and what others gave up for it. They give up at most a share of what they take; and what they take shows in how
far the run stayed below the best that the line ever gave. With others taking `o` of a line of `c`, a run gets c - o
and the share `w` of o, so at least (run - w x c) / (1 - w) was free. Where the uplink is counted, o is known, and what
the school takes at the sitting's hour takes its place. Where counters are named and silent, all that others could take
may have been given up.

The share is that of a run with 16 connections. One with fewer pushes less aside: connections share a full line evenly
(max-min fairness: Bertsekas and Gallager, Data Networks, 6.5.2), so whoever takes less than each of the run's own gives
no way, and whoever takes more keeps as much as each. With n connections that is run / n and not run / 16, so whoever
gives way at all, one at least, gives up 16/17 x run x (1/n - 1/16) less: the 17th part is what the run gets less.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from collector.readiness.line.background import Background
from collector.readiness.line.samples import MOST_CONNECTIONS, LineSample


@dataclass(frozen=True)
class Others:
    """Those on the line who take no test: `background` as it was counted, else what they may take at the unkind end in
    Mbit/s, and which share of what they take they may give up for a run. `line` is the best that the line ever gave,
    and `usually_taken` how far runs usually stay below it. `is_silent`: somebody was to count, and did not.
    `sitters_share` is what may be, at the kind end, of those who sit themselves: they were among the others when runs
    were made, and take none of it while they sit.
    """

    background: Background
    may_take: float
    gave_way_share: float
    line: float
    is_silent: bool
    sitters_share: float = 0.0
    usually_taken: float = 0.0

    @property
    def freed_by_sitters(self) -> float:
        """What those who sit may take of the line while they do not, at the kind end, in Mbit/s."""
        return self.sitters_share * self.usually_taken

    def left(self, one: LineSample) -> LineSample:
        """The sample as what is left for a test."""
        if one.most <= 0:
            return one
        background, taken = self.background, one.beside.taken
        surely = max(one.least - self.may_take, 0.0 if self.is_silent else self.free(one.least, one.connections), 0.0)
        if background.mbit_s is None:
            return one._replace(least=surely, most=one.most + self.freed_by_sitters)
        if taken is None:  # nobody knows how much of the background was on the line already
            return one._replace(least=max(0.0, one.least - background.mbit_s), most=inf)
        stayed = min(taken.least, (1 - self.gave_way_share) * taken.least + kept(one.connections) * one.least)
        stayed = max(one.beside.during, stayed)
        least = one.least + stayed - background.mbit_s
        most = one.most + taken.most - (1 - self.sitters_share) * background.least
        return one._replace(least=max(0.0, least), most=max(0.0, most))

    def free(self, run: float, connections: int = MOST_CONNECTIONS) -> float:
        """What was free at least while a run got so much, whatever others took; it may come to less than nothing."""
        share = self.gave_way_share
        if share >= 1:
            return 0.0
        return round(min(run, ((1 + kept(connections)) * run - share * self.line) / (1 - share)), 9)

    def free_after(self, free: float, less: float, connections: int) -> float:
        """What is free at least where it once was `free`, and a run gets so much less than it would have got then."""
        share = self.gave_way_share
        run = max(free, (free * (1 - share) + share * self.line) / (1 + kept(connections)))
        return self.free(run - less, connections)


def kept(connections: int) -> float:
    """What others gave up less than for a run with as many connections as may be, as a share of what the run got."""
    return FEWER * (1 / connections - 1 / MOST_CONNECTIONS)


FEWER = MOST_CONNECTIONS / (MOST_CONNECTIONS + 1)
