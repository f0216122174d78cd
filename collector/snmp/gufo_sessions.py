"""Sessions by gufo-snmp (extra `snmp-fast`): far less CPU per request, for networks of hundreds of switches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from ipaddress import AddressValueError, IPv4Address
from typing import TYPE_CHECKING, TypeVar

from collector.snmp.session import (
    DEFAULT_LIMITS,
    Answer,
    Community,
    Oid,
    Session,
    Target,
    Value,
    WalkLimits,
    dotted,
    oid,
)
from collector.snmp.walking import SnmpStoppedError, collect

if TYPE_CHECKING:
    from gufo.snmp.aio import SnmpSession

Replied = TypeVar("Replied")


class GufoSessions:
    """Every session has a socket of its own, which goes with it."""

    def open(self, target: Target) -> Session:
        """A session with a device."""
        return GufoSession(target)

    def close(self) -> None:
        """There is nothing shared to give back."""


class GufoSession:
    """Questions to one device. A v3 session learns the device's engine with its first question and keeps it."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._session: SnmpSession | None = None

    async def get(self, names: Sequence[Oid]) -> Answer:
        """The values of single objects, in one request."""
        wanted = [dotted(name) for name in names]
        try:
            session = await self._ready()
            found = await self._try(lambda: session.get_many(wanted))
        except SnmpStoppedError as stopped:
            return Answer({}, stopped.problem)
        read = ((oid(name), _value(value)) for name, value in found.items())
        values = {name: value for name, value in read if value is not None}
        return Answer(values, None if len(values) == len(names) else "no_such")

    async def walk(self, root: Oid, limits: WalkLimits = DEFAULT_LIMITS) -> Answer:
        """All objects below `root`, by GETBULK."""
        return await collect(self._rows(root, limits.bulk_rows), root, limits)

    async def _rows(self, root: Oid, bulk_rows: int) -> AsyncIterator[tuple[Oid, Value]]:
        session = await self._ready()
        rows = session.getbulk(dotted(root), bulk_rows)
        while True:
            try:
                name, found = await self._try(lambda: anext(rows))
            except StopAsyncIteration:
                return
            if (value := _value(found)) is not None:
                yield oid(name), value

    async def _ready(self) -> SnmpSession:
        """The session with its keys agreed on."""
        if self._session is None:
            session = _open(self._target)
            await self._try(session.refresh)
            self._session = session
        return self._session

    async def _try(self, ask: Callable[[], Awaitable[Replied]]) -> Replied:
        """The reply to a request, sent again when there is none. Raises SnmpStoppedError."""
        from gufo.snmp import NoSuchInstance, SnmpAuthError, SnmpError  # noqa: PLC0415  - an extra

        for _ in range(self._target.retries + 1):
            try:
                return await ask()
            except TimeoutError:
                continue
            except SnmpAuthError as error:
                raise SnmpStoppedError("auth") from error
            except NoSuchInstance as error:
                raise SnmpStoppedError("no_such") from error
            except SnmpError as error:
                raise SnmpStoppedError("refused") from error
            except OSError as error:
                raise SnmpStoppedError("unreachable") from error
        raise SnmpStoppedError("timeout")


def _open(target: Target) -> SnmpSession:
    from gufo.snmp import Aes128Key, Sha256Key, User  # noqa: PLC0415  - an extra
    from gufo.snmp.aio import SnmpSession  # noqa: PLC0415  - an extra

    where = (target.address, target.port)
    opener = target.credentials
    try:
        if isinstance(opener, Community):
            return SnmpSession(*where, community=opener.name, timeout=target.timeout_s)
        user = User(
            opener.name,
            auth_key=Sha256Key(opener.auth_password.encode()),
            priv_key=Aes128Key(opener.priv_password.encode()),
        )
        return SnmpSession(*where, user=user, timeout=target.timeout_s)
    except (OSError, ValueError) as error:
        raise SnmpStoppedError("unreachable") from error


def _value(found: object) -> Value | None:
    """gufo-snmp gives addresses and object identifiers as dotted text; four bytes are an address."""
    match found:
        case bool() | None:
            return None
        case int() | bytes():
            return found
        case str():
            try:
                return IPv4Address(found).packed
            except AddressValueError:
                return oid(found)
        case _:
            return None
