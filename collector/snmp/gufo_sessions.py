"""Sessions by gufo-snmp (extra `snmp-fast`): far less CPU per request, for networks of hundreds of switches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import AddressValueError, IPv4Address
from typing import TYPE_CHECKING, TypeVar, cast

from collector.snmp.session import (
    DEFAULT_LIMITS,
    Community,
    Oid,
    Session,
    SnmpAnswer,
    Target,
    Value,
    WalkLimits,
    dotted,
    oid,
)
from collector.snmp.walking import Rows, SnmpStoppedError, walked

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

    async def get(self, names: Sequence[Oid]) -> SnmpAnswer:
        """The values of single objects, in one request."""
        wanted = [dotted(name) for name in names]
        try:
            session = await self._ready()
            found = await self._try(lambda: session.get_many(wanted))
        except SnmpStoppedError as stopped:
            return SnmpAnswer({}, stopped.problem)
        read = ((oid(name), _value(value)) for name, value in found.items())
        values = {name: value for name, value in read if value is not None}
        return SnmpAnswer(values, None if len(values) == len(names) else "no_such")

    async def walk(self, root: Oid, limits: WalkLimits = DEFAULT_LIMITS) -> SnmpAnswer:
        """All objects below `root`, by GETBULK."""
        return await walked(lambda rows: self._read(rows, root, limits.bulk_rows), root, limits)

    async def _read(self, rows: Rows, root: Oid, bulk_rows: int) -> None:
        """Takes rows until the walk is over. Raises SnmpStoppedError."""
        session = await self._ready()
        above = f"{dotted(root)}."
        told = session.getbulk(dotted(root), bulk_rows)
        silences = 0
        while silences <= self._target.retries:
            with self._reasons():
                try:
                    async for name, found in told:
                        silences = 0
                        value = _value(found)
                        if not name.startswith(above):
                            return
                        index = name[len(above) :]
                        numbers = (int(index),) if index.isdecimal() else oid(index)
                        if value is not None and not rows.take(numbers, value):
                            return
                except TimeoutError:
                    silences += 1
                    continue
            return
        raise SnmpStoppedError("timeout")

    async def _ready(self) -> SnmpSession:
        """The session with its keys agreed on."""
        if self._session is None:
            session = _open(self._target)
            await self._try(session.refresh)
            self._session = session
        return self._session

    async def _try(self, ask: Callable[[], Awaitable[Replied]]) -> Replied:
        """The reply to a request, sent again when there is none. Raises SnmpStoppedError."""
        for _ in range(self._target.retries + 1):
            with self._reasons():
                try:
                    return await ask()
                except TimeoutError:
                    continue
        raise SnmpStoppedError("timeout")

    @contextmanager
    def _reasons(self) -> Iterator[None]:
        """Says in our words why the library gave up. Raises SnmpStoppedError."""
        from gufo.snmp import NoSuchInstance, SnmpAuthError, SnmpError  # noqa: PLC0415  - an extra

        try:
            yield
        except SnmpAuthError as error:
            raise SnmpStoppedError("auth") from error
        except NoSuchInstance as error:
            raise SnmpStoppedError("no_such") from error
        except SnmpError as error:
            raise SnmpStoppedError("refused") from error
        except OSError as error:
            raise SnmpStoppedError("unreachable") from error


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
    kind = type(found)
    if kind is int or kind is bytes:
        return cast("int | bytes", found)
    if kind is not str:
        return None
    written = cast("str", found)
    try:
        return IPv4Address(written).packed
    except AddressValueError:
        return oid(written)
