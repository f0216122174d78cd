"""Which schools could lend machines, by what was found out about their own sittings."""

from __future__ import annotations

import msgspec
import pytest

from collector.judgement.lending import Lender, lenders
from collector.readiness.domain.model import Fix, Status, Text, Verdict
from tests.support.verdicts import changed, finding, school, sitting, verdict

BORROW = Fix("borrow_machines", Text("fix_borrow_machines", {"devices": 3}), ["devices-enough"], Status.READY)
HERE = verdict(finding("devices-enough", Status.NOT_READY))


def elsewhere(name: str, ok: int, need: int, status: Status = Status.READY) -> Verdict:
    """A sitting at a school of that name that has so many machines in order, and needs so many."""
    of = school(f"1000{sum(map(ord, name)) % 10_000:04d}", name)
    found = msgspec.structs.replace(finding("devices-enough", status), measured=ok, required=need, unit="devices")
    return verdict(found, of=of, about=sitting(f"{name}-{need}", of=of))


def test_those_with_most_to_spare_come_first() -> None:
    others = [elsewhere("Alskolan", 40, 38), elsewhere("Ekskolan", 50, 30), elsewhere("Tallskolan", 30, 30), HERE]
    assert lenders(HERE, BORROW, others) == [Lender("Ekskolan", 20), Lender("Alskolan", 2)]


def test_the_sitting_that_needs_most_decides() -> None:
    """A school lends none that it needs itself another day."""
    assert lenders(HERE, BORROW, [elsewhere("Alskolan", 40, 10), elsewhere("Alskolan", 40, 39)]) == [
        Lender("Alskolan", 1)
    ]


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.NOT_READY, Status.AT_RISK])
def test_what_is_not_known_is_not_lent(status: Status) -> None:
    """Nor is anything of a school of whose other sittings it is not known."""
    others = [elsewhere("Alskolan", 40, 10), elsewhere("Alskolan", 40, 30, status)]
    assert lenders(HERE, BORROW, others) == []


def test_an_invented_school_lends_to_none_that_is_not() -> None:
    assert lenders(HERE, BORROW, [changed(elsewhere("Alskolan", 40, 10), simulated=True)]) == []


def test_only_who_borrows_is_told() -> None:
    fix = msgspec.structs.replace(BORROW, kind="replace_machines")
    assert lenders(HERE, fix, [elsewhere("Alskolan", 40, 10)]) == []


def test_a_lender_in_words() -> None:
    assert Lender("Alskolan", 2).what == Text("fix_lender", {"school": "Alskolan", "spare": 2})
