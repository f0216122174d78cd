"""Tickets open the measurement point to whoever the collector gave them to, for as long as it said, and to no other."""

from __future__ import annotations

import base64
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.measurement.tickets import (
    CLOCK_TOLERANCE,
    LONGEST_TICKET,
    Purpose,
    SecretUnusableError,
    Ticket,
    TicketRefusedError,
    issue,
    read_secret,
    secret_from,
    verify,
)

SECRET = b"s" * 32
NOW = datetime(2027, 5, 12, 9, 0, tzinfo=UTC)
TICKET = Ticket("d-1", "99000001", "throughput", NOW + timedelta(minutes=1), lease_id="l-1")

names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
tickets = st.builds(
    Ticket,
    device_id=names,
    school=st.from_regex(r"[0-9]{8}", fullmatch=True),
    purpose=st.sampled_from(get_args(Purpose)),
    expires_at=st.datetimes(
        min_value=datetime(2027, 5, 12, 9, 0),  # noqa: DTZ001 - hypothesis wants bare bounds and adds the zone itself
        max_value=datetime(2030, 1, 1),  # noqa: DTZ001 - the same
        timezones=st.just(UTC),
    ),
    lease_id=names,
)


def refused(text: str, secret: bytes = SECRET, now: datetime = NOW) -> str:
    """The code that a ticket is refused with."""
    with pytest.raises(TicketRefusedError) as caught:
        verify(secret, text, now)
    assert caught.value.message == str(caught.value)
    return caught.value.code


@given(ticket=tickets, secret=st.binary(min_size=32, max_size=64))
def test_what_is_issued_is_what_is_read(ticket: Ticket, secret: bytes) -> None:
    """Whole, and twice the same text, so that a policy with it keeps its ETag."""
    text = issue(secret, ticket)
    assert verify(secret, text, NOW) == ticket
    assert text == issue(secret, ticket)


@given(ticket=tickets, place=st.integers(0, 10_000), other=st.characters(codec="ascii"))
def test_one_changed_character_is_refused(ticket: Ticket, place: int, other: str) -> None:
    """Anywhere in it."""
    text = issue(SECRET, ticket)
    place %= len(text)
    if text[place] != other:
        assert refused(text[:place] + other + text[place + 1 :]) == "ticket_refused"


@given(text=st.text(max_size=200))
def test_anything_else_is_refused(text: str) -> None:
    """Whatever it is made of."""
    assert refused(text) == "ticket_refused"


@pytest.mark.parametrize("text", ["", ".", "..", "\ud800.\ud800", "å.å", "a" * 5_000_000])
def test_odd_texts_are_refused(text: str) -> None:
    """Also what no encoding can carry."""
    assert refused(text) == "ticket_refused"


@given(ticket=tickets, secret=st.binary(min_size=32, max_size=64).filter(lambda secret: secret != SECRET))
def test_another_secret_is_refused(ticket: Ticket, secret: bytes) -> None:
    """Each authority has its own."""
    assert refused(issue(secret, ticket)) == "ticket_refused"


def test_a_longer_life_can_not_be_written_in() -> None:
    """The content is open to read, and signed."""
    content, _, signature = issue(SECRET, TICKET).partition(".")
    opened = base64.urlsafe_b64decode(content + "=" * (-len(content) % 4))
    assert b"2027-05-12T09:01:00Z" in opened
    forged = base64.urlsafe_b64encode(opened.replace(b"2027", b"2037")).decode().rstrip("=")
    assert refused(f"{forged}.{signature}") == "ticket_refused"


def test_it_ends() -> None:
    """A minute after its time, so that clocks which are apart a little do no harm; and not a second later."""
    text = issue(SECRET, TICKET)
    assert timedelta(minutes=1) == CLOCK_TOLERANCE
    assert verify(SECRET, text, TICKET.expires_at + timedelta(seconds=60)) == TICKET
    assert refused(text, now=TICKET.expires_at + timedelta(seconds=61)) == "ticket_expired"


def test_signed_and_unreadable() -> None:
    """Of a collector that knows purposes that this measurement point does not."""
    strange = Ticket("d-1", "99000001", "weather", NOW)  # type: ignore[arg-type] # that is what is tried
    assert refused(issue(SECRET, strange)) == "ticket_refused"


@given(ticket=tickets)
def test_it_fits(ticket: Ticket) -> None:
    """In the length that is read at most."""
    assert len(issue(SECRET, ticket)) < LONGEST_TICKET


def test_the_secret_is_made_once(tmp_path: Path) -> None:
    """Readable by its owner alone, and the same from then on."""
    path = tmp_path / "new" / "measurement.secret"
    secret = secret_from(path)
    assert len(secret) == 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert secret_from(path) == read_secret(path) == secret
    assert [file.name for file in path.parent.iterdir()] == ["measurement.secret"]


def test_made_by_many_at_once(tmp_path: Path) -> None:
    """Collectors that start together sign with the same."""
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(secret_from(tmp_path / "secret"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_secrets_that_can_not_be_used(tmp_path: Path) -> None:
    """Each with the file and what to do."""
    with pytest.raises(SecretUnusableError, match=r"none is missing\. Copy the collector's"):
        read_secret(tmp_path / "none")
    short = tmp_path / "short"
    short.write_text("abc\n")
    with pytest.raises(SecretUnusableError, match="short holds 3 characters; a secret has at least 32"):
        secret_from(short)
    with pytest.raises(SecretUnusableError, match="can not be read: Is a directory"):
        read_secret(tmp_path)
    with pytest.raises(SecretUnusableError, match="can not be made: File exists"):
        secret_from(short / "below")
