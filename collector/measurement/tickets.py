"""Tickets: what opens the measurement point. They carry all that it needs to know, signed with a shared secret.

So a measurement point on the far side of a school's line needs no database and no way back to the collector: only a
copy of the secret file, and a clock that is right within `CLOCK_TOLERANCE`.

Ours, ten lines on the standard library's HMAC: one algorithm, and no header that could ask for another, as a JWT has.
The same ticket is the same text, so that a policy keeps its ETag.
"""

from __future__ import annotations

import hmac
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from agent.protocol.wire import Identifier, SchoolCode, UtcTime

Purpose = Literal["round_trips", "throughput", "rehearsal", "counts"]

CLOCK_TOLERANCE = timedelta(minutes=1)
"""How far the clocks of the collector and of a measurement point may lie apart: a ticket opens that much longer."""
SAME_CLOCK = timedelta(0)
"""For the measurement point in the collector itself, which signs by the clock that it checks by."""

LONGEST_TICKET = 2_000
SHORTEST_SECRET = 32
NEW_SECRET_BYTES = 32


class Ticket(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a holder may do, and until when. `round_trips` opens `/ping` alone and `counts` what was counted, for the
    collector; the others fill a line.

    `lease_id` names the lease or the rehearsal that the ticket belongs to, `session` the supervised session, if any.
    `valid_s`, if not 0, is how long the lease lasts: a ticket ends so many seconds after it was first shown, so that
    clocks that differ make no lease longer.
    """

    device_id: Identifier
    school: SchoolCode
    purpose: Purpose
    expires_at: UtcTime
    lease_id: str = ""
    valid_s: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    session: str = ""


class TicketRefusedError(Exception):
    """A ticket that opens nothing: `code` is `ticket_refused` or `ticket_expired`."""

    def __init__(self, code: str, message: str) -> None:
        """`message` says what to do."""
        super().__init__(message)
        self.code = code
        self.message = message


class SecretUnusableError(Exception):
    """The secret file can not be used; the message names it and says what to do."""


_decoder = msgspec.json.Decoder(Ticket)


def issue(secret: bytes, ticket: Ticket) -> str:
    """The ticket as text for an `Authorization: Bearer` header. The same ticket gives the same text."""
    content = _text(msgspec.json.encode(ticket))
    return f"{content}.{_signature(secret, content)}"


def verify(secret: bytes, text: str, now: datetime, tolerance: timedelta = CLOCK_TOLERANCE) -> Ticket:
    """The ticket that `text` is. Raises TicketRefusedError when it was not signed with `secret` or is out of date by
    more than `tolerance`.
    """
    content, dot, signature = text[:LONGEST_TICKET].partition(".")
    signed = hmac.compare_digest(_signature(secret, content).encode(), signature.encode("utf-8", "surrogatepass"))
    if not (dot and signed and len(text) <= LONGEST_TICKET):
        raise TicketRefusedError(
            "ticket_refused",
            "The ticket is not one that this measurement point knows. Fetch the policy or a lease from the collector. "
            "If it goes on, the measurement point has another secret file than the collector.",
        )
    try:
        ticket = _decoder.decode(urlsafe_b64decode(content + "=" * (-len(content) % 4)))
    except ValueError:  # signed by a collector of another version
        raise TicketRefusedError(
            "ticket_refused", "The ticket can not be read. Run the same version here and at the collector."
        ) from None
    if now > ticket.expires_at + tolerance:
        raise expired(ticket)
    return ticket


def expired(ticket: Ticket) -> TicketRefusedError:
    """The refusal of a ticket whose time is over."""
    return TicketRefusedError(
        "ticket_expired", f"The ticket ended at {ticket.expires_at:%Y-%m-%d %H:%M:%S} UTC. Ask for a new one."
    )


def secret_from(path: Path) -> bytes:
    """The secret in `path`, which is made, for the owner's eyes only, when there is none.

    Raises SecretUnusableError. Of several that make it at once, all get the one that was first.
    """
    if not path.exists():
        _make_secret(path)
    return read_secret(path)


def read_secret(path: Path) -> bytes:
    """The secret in `path`. Raises SecretUnusableError when it is missing, unreadable or too short."""
    try:
        secret = path.read_bytes().strip()
    except FileNotFoundError:
        raise SecretUnusableError(f"{path} is missing. Copy the collector's measurement.secret to it.") from None
    except OSError as error:
        raise SecretUnusableError(f"{path} can not be read: {error.strerror}.") from None
    if len(secret) < SHORTEST_SECRET:
        raise SecretUnusableError(
            f"{path} holds {len(secret)} characters; a secret has at least {SHORTEST_SECRET}. "
            "Copy the whole file from the collector, or delete it there to have a new one made."
        )
    return secret


def _make_secret(path: Path) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(NEW_SECRET_BYTES) + "\n")
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    except OSError as error:
        raise SecretUnusableError(f"{path} can not be made: {error.strerror}.") from None


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def _signature(secret: bytes, content: str) -> str:
    return _text(hmac.digest(secret, content.encode("utf-8", "surrogatepass"), "sha256"))
