"""The gate keeps count of who is inside and of what each ticket has used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.configuration.model import Measurement
from collector.measurement import gate as gate_module
from collector.measurement.answer import MeasurementRefusedError
from collector.measurement.gate import Gate
from collector.measurement.request import Action
from collector.measurement.tickets import CLOCK_TOLERANCE, SAME_CLOCK, Purpose, Ticket, issue

SECRET = b"s" * 32
START = datetime(2027, 5, 12, 9, 0, tzinfo=UTC)


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def ticket(purpose: Purpose = "throughput", seconds: float = 60, device: str = "d-1") -> Ticket:
    """A ticket that ends so many seconds from the start."""
    return Ticket(device, "99000001", purpose, START + timedelta(seconds=seconds))


def gate(clock: Clock | None = None, **bounds: float) -> Gate:
    """A gate with these bounds."""
    return Gate(SECRET, Measurement(**bounds), clock or Clock())  # type: ignore[arg-type] # whole numbers where wanted


@pytest.mark.parametrize(
    ("purpose", "action", "opens"),
    [
        ("round_trips", "ping", True),
        ("round_trips", "down", False),
        ("round_trips", "up", False),
        ("throughput", "ping", True),
        ("throughput", "down", True),
        ("throughput", "up", True),
        ("rehearsal", "ping", True),
        ("rehearsal", "down", True),
        ("rehearsal", "up", True),
        *((purpose, "counts", purpose == "counts") for purpose in ("round_trips", "throughput", "rehearsal", "counts")),
        *(("counts", action, False) for action in ("ping", "down", "up")),
    ],
)
def test_what_opens_what(purpose: Purpose, action: Action, *, opens: bool) -> None:
    """Filling a line takes more than the ticket of the policy."""
    shown = ticket(purpose)
    if opens:
        assert gate().ticket(issue(SECRET, shown), action) == shown
    else:
        with pytest.raises(MeasurementRefusedError) as caught:
            gate().ticket(issue(SECRET, shown), action)
        assert (caught.value.status, caught.value.problem.code) == (HTTPStatus.FORBIDDEN, "ticket_for_something_else")


@pytest.mark.parametrize(("text", "code"), [(None, "ticket_missing"), ("", "ticket_missing"), ("x", "ticket_refused")])
def test_without_a_good_ticket(text: str | None, code: str) -> None:
    """Nobody comes in."""
    with pytest.raises(MeasurementRefusedError) as caught:
        gate().ticket(text, "ping")
    assert (caught.value.status, caught.value.problem.code) == (HTTPStatus.UNAUTHORIZED, code)


def test_how_long() -> None:
    """Until the bound or the ticket's end, whichever is first."""
    clock = Clock()
    made = gate(clock, request_seconds=90)
    assert made.seconds(ticket(seconds=31)) == (90, False)
    assert made.seconds(ticket(seconds=29)) == (89, True)
    clock.now += timedelta(seconds=80)
    assert made.seconds(ticket(seconds=29)) == (9, True)


def lease_ticket(seconds: float = 28) -> Ticket:
    """A ticket of a lease that was given at the start."""
    return Ticket("d-1", "99000001", "throughput", START + timedelta(seconds=seconds), "l-1", seconds)


def opens(made: Gate, shown: Ticket) -> bool:
    """Whether the ticket opens a download now."""
    try:
        return made.ticket(issue(SECRET, shown), "down") == shown
    except MeasurementRefusedError as error:
        return error.problem.code != "ticket_expired"


@pytest.mark.parametrize("behind_s", [0, 40, -20])
def test_a_lease_is_no_longer_here_than_at_the_collector(behind_s: float) -> None:
    """However far the clock here is from the collector's: the time begins with the first use."""
    clock = Clock()
    clock.now -= timedelta(seconds=behind_s)
    made = gate(clock, request_seconds=90)
    assert opens(made, lease_ticket())
    clock.now += timedelta(seconds=20)
    assert opens(made, lease_ticket()), "shown again, it does not begin anew"
    assert made.seconds(lease_ticket()) == (8, True)
    clock.now += timedelta(seconds=8.1)
    assert made.seconds(lease_ticket())[0] < 0
    assert not opens(made, lease_ticket())


def test_by_the_same_clock_a_lease_that_is_over_can_not_be_begun() -> None:
    """As by a machine that slept: then the line may be another's. Elsewhere the clocks may differ by a minute."""
    clock = Clock()
    here = Gate(SECRET, Measurement(), clock, SAME_CLOCK)
    elsewhere = gate(clock)
    clock.now += timedelta(seconds=28)
    assert opens(here, lease_ticket())
    clock.now += timedelta(seconds=1)
    assert not opens(here, lease_ticket())
    assert opens(elsewhere, lease_ticket())
    clock.now += CLOCK_TOLERANCE
    assert not opens(elsewhere, lease_ticket())


@given(moves=st.lists(st.tuples(st.booleans(), st.sampled_from(["a", "b", "c"])), max_size=200))
def test_counts_of_connections(moves: list[tuple[bool, str]]) -> None:
    """Whatever the order of coming and going: the bounds hold, and all that came in can leave."""
    made, inside = gate(connections=4, connections_per_device=2), list[str]()
    for comes, device in moves:
        if comes and (inside.count(device) >= 2 or len(inside) >= 4):
            with pytest.raises(MeasurementRefusedError) as caught:
                made.enter(device)
            assert caught.value.status == (429 if inside.count(device) >= 2 else 503)
        elif comes:
            made.enter(device)
            inside.append(device)
        elif device in inside:
            inside.remove(device)
            made.leave(device)
        assert made.inside == len(inside)


def test_bytes_of_a_ticket() -> None:
    """To the byte; each ticket has its own."""
    made = gate(bytes_per_ticket=1_000_000)
    made.take(ticket(), 999_999)
    made.take(ticket(), 1)
    with pytest.raises(MeasurementRefusedError, match="good for 1000000 bytes") as caught:
        made.take(ticket(), 1)
    assert (caught.value.status, caught.value.retry_after_s) == (HTTPStatus.TOO_MANY_REQUESTS, 1)
    made.take(ticket(device="d-2"), 1_000_000)


def test_tickets_that_ended_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the memory of a measurement point does not grow for ever."""
    monkeypatch.setattr(gate_module, "FORGET_EVERY", 10)
    clock = Clock()
    made = gate(clock)
    for number in range(1_000):
        clock.now = START + timedelta(seconds=number)
        made.take(ticket(seconds=number, device=f"d-{number}"), 1)
        made.ticket(issue(SECRET, lease_ticket(number + 1)), "ping")
    assert len(made._bytes) <= CLOCK_TOLERANCE.total_seconds() + 11
    assert len(made._first_shown_at) <= CLOCK_TOLERANCE.total_seconds() + 11
