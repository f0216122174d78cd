"""What a line carried of rehearsals, all participants at once. Pure.

Each participant's slowest five minutes are added, whenever they were: at least so much came through at any time. It is
what the line could give where those who did not take part were no worse off; else they may have made room. Where all
rooms alike were short, there was no more to give.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import Literal

from collector.readiness.domain.model import Figure, OthersMeanwhile, Participant
from collector.readiness.evidence.rehearsals import HeldRehearsal
from collector.readiness.rehearsal.parts import held_back_together

LEAST_MS = 10.0
"""Round trips that grew by no more than this have not grown: a busy radio alone makes as much."""
LOST = 0.02


@dataclass(frozen=True)
class LineRehearsed:
    """The line gave the participants `least` Mbit/s at once, and `most` at most (infinite: who knows). `is_free`:
    others on the line were no worse off meanwhile, so nobody made room. `is_full`: they were, so it had no more to
    give, down or up. All together `asked` for so much.
    """

    begins_at: datetime
    ends_at: datetime
    least: float
    most: float
    asked: float
    is_free: bool
    is_full: bool

    @property
    def touched(self) -> tuple[datetime, datetime]:
        """Its first moment and its last."""
        return self.begins_at, self.ends_at - timedelta(seconds=1)


def line_rehearsed(
    held: Iterable[HeldRehearsal], direction: Literal["down", "up"], slower: Figure
) -> list[LineRehearsed]:
    """Oldest first; those of one id, at schools that share the line, as one."""
    together: dict[str, list[HeldRehearsal]] = defaultdict(list)
    for one in held:
        together[one.record.rehearsal_id].append(one)
    groups = (group for ones in together.values() for group in _at_once(ones))
    found = [_as_one(ones, direction, slower) for ones in groups if any(one.counts for one in ones)]
    return sorted(found, key=lambda one: (one.ends_at, one.begins_at))


def _at_once(ones: Sequence[HeldRehearsal]) -> Sequence[Sequence[HeldRehearsal]]:
    """As one, if there was a time at which all went on; else each by itself."""
    overlap = max(one.record.begins_at for one in ones) < min(one.record.ends_at for one in ones)
    return [ones] if overlap else [[one] for one in ones]


def _as_one(ones: Sequence[HeldRehearsal], direction: Literal["down", "up"], slower: Figure) -> LineRehearsed:
    uncounted = sum(_at_most(part, one, direction) for one in ones for part in one.counts)
    strangers = sum(_at_most(part, one, direction) for one in ones for part in one.strangers)
    harmed = [_are_harmed(one.record.others, slower) for one in ones]
    return LineRehearsed(
        begins_at=max(one.record.begins_at for one in ones),
        ends_at=min(one.record.ends_at for one in ones),
        least=sum(_counted(part, direction) or 0.0 for one in ones for part in one.counts),
        most=uncounted + strangers if _is_all(ones, direction) else inf,
        asked=sum(_asked(part, one, direction) for one in ones for part in one.record.participants),
        is_free=all(one is False for one in harmed),
        is_full=any(harmed),
    )


def _is_all(ones: Sequence[HeldRehearsal], direction: Literal["down", "up"]) -> bool:
    """Whether more was asked for in this direction than there was."""
    asked = sum(_asked(part, one, direction) for one in ones for part in one.counts)
    got = sum(_at_most(part, one, direction) for one in ones for part in one.counts)
    return held_back_together(ones) and got < asked


def _counted(one: Participant, direction: Literal["down", "up"]) -> float | None:
    return one.down_mbit_s if direction == "down" else one.up_mbit_s


def _asked(part: Participant, one: HeldRehearsal, direction: Literal["down", "up"]) -> float:
    return part.pupils * (one.record.down_mbit_s if direction == "down" else one.record.up_mbit_s)


def _at_most(part: Participant, one: HeldRehearsal, direction: Literal["down", "up"]) -> float:
    """What it got at most; whoever was not counted may have got all that it asked for."""
    counted = _counted(part, direction)
    return _asked(part, one, direction) if counted is None else counted


def _are_harmed(others: OthersMeanwhile, slower: Figure) -> bool | None:
    """Whether they waited longer than before; None where nobody looked."""
    before, meanwhile = others.rtt_before_ms, others.rtt_meanwhile_ms
    if before is None or meanwhile is None or others.loss_meanwhile_ratio is None:
        return None
    return meanwhile > max(before * slower.value, before + LEAST_MS) or others.loss_meanwhile_ratio > LOST
