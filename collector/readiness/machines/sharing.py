"""Which machines are for which sitting, where sittings of one school go on at the same time. Pure.

A sitting that names groups (a class, a cart) is held with their machines; one that names none, with all that no other
sitting of the time has named. Spare machines of no group are for whoever needs them. The others take first: what is
left of a sitting's machines when they have what they can get, those that only they may have before those of this one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from collector.readiness.domain.model import DeviceSeen, Sitting

SPARE, OF_NO_GROUP = "*", ""
"""Beside the groups, which are identifiers."""


def share_of(device: DeviceSeen) -> str:
    """Its group; machines without one are all alike, but for the spare ones."""
    if device.group is not None:
        return device.group
    return SPARE if device.role == "spare" else OF_NO_GROUP


@dataclass(frozen=True)
class Sharing:
    """`together` are the other sittings of the school that go on at each moment of this one at which any begins."""

    sitting: Sitting
    together: Sequence[Sequence[Sitting]]

    def is_for(self, device: DeviceSeen) -> bool:
        """Whether this sitting may have the machine."""
        return self._may_have(self.sitting, share_of(device))

    def taken(self, supply: Mapping[str, int], need: Callable[[Sitting], int]) -> int:
        """How many of this sitting's machines the others take, of so many in each share, at the worst moment."""
        others_only = {share: count for share, count in supply.items() if not self._may_have(self.sitting, share)}
        most = 0
        for others in self.together:
            wanted = [(need(one), [share for share in supply if self._may_have(one, share)]) for one in others]
            most = max(most, most_served(wanted, supply) - most_served(wanted, others_only))
        return most

    def _may_have(self, sitting: Sitting, share: str) -> bool:
        if share == SPARE:
            return True
        if sitting.groups:
            return share in sitting.groups
        everyone = {one.id: one for one in (self.sitting, *(one for others in self.together for one in others))}
        return not any(share in one.groups for one in everyone.values())


def most_served(wanted: Sequence[tuple[int, Collection[str]]], supply: Mapping[str, int]) -> int:
    """The most machines that can be given to those who want so many of some shares (a maximum flow)."""
    left, given = dict(supply), defaultdict[tuple[int, str], int](int)
    for who, (count, _) in enumerate(wanted):
        missing = count
        while missing and (got := _get(who, missing, wanted, left, given, set())):
            missing -= got
    return sum(given.values())


def _get(  # noqa: PLR0917 - the state of one search
    who: int,
    missing: int,
    wanted: Sequence[tuple[int, Collection[str]]],
    left: dict[str, int],
    given: dict[tuple[int, str], int],
    asked: set[str],
) -> int:
    """Some of what is missing: of what is left, or from one who can get something else for it."""
    for share in wanted[who][1]:
        if share in asked or share not in left:
            continue
        asked.add(share)
        got = min(missing, left[share])
        left[share] -= got
        for other in range(len(wanted)):
            if got == 0 and other != who and given[other, share]:
                got = _get(other, min(missing, given[other, share]), wanted, left, given, asked)
                given[other, share] -= got
        if got:
            given[who, share] += got
            return got
    return 0
