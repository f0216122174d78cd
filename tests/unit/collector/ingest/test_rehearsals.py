"""In which supervised session each participant was, by what the collector knows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from collector.ingest.rehearsals import with_sessions
from collector.readiness.domain.sessions import Seat, SupervisedSession
from tests.support.rehearsals import rehearsal, taking_part
from tests.unit.collector.readiness.cases import NOW, SCHOOL

MINUTE = timedelta(minutes=1)
TOLD = rehearsal(NOW, taking_part(["w1"]), minutes=20)


@pytest.mark.parametrize(("joined", "until", "session"), [(-1, 20, "s1"), (0, 60, "s1"), (1, 60, None), (-1, 19, None)])
def test_from_its_beginning_to_its_end(joined: int, until: int, session: str | None) -> None:
    here = SupervisedSession("s1", "C0DE", SCHOOL, "a1", NOW - 30 * MINUTE, NOW + until * MINUTE)
    seats = {"w1": [Seat(here, NOW + joined * MINUTE)]}
    found = with_sessions(TOLD, seats.__getitem__)
    assert [one.session for one in found.participants] == [session]


def test_nobody_says_so_themselves() -> None:
    claimed = replace(TOLD, participants=taking_part(["w1"], session="s1"))
    assert [one.session for one in with_sessions(claimed, lambda _: []).participants] == [None]
