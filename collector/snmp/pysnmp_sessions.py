"""Sessions by pysnmp: the default. The library takes about 0.3 s to load, so it loads with the first session."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from collector.snmp.session import (
    DEFAULT_LIMITS,
    Community,
    Credentials,
    Oid,
    Session,
    SnmpAnswer,
    SnmpProblem,
    Target,
    User,
    Value,
    WalkLimits,
)
from collector.snmp.walking import SnmpStoppedError, collect

if TYPE_CHECKING:
    from pyasn1.type.base import Asn1Item
    from pysnmp.hlapi.v3arch.asyncio import CommunityData, SnmpEngine, UdpTransportTarget, UsmUserData
    from pysnmp.proto.errind import ErrorIndication

Binding = tuple[Oid, Value | None]
"""An object and its value; None where the device has none."""


class PysnmpSessions:
    """One engine per credentials: an engine takes 0.2 s to make, and knows a user by name alone."""

    def __init__(self) -> None:
        self._engines: dict[Credentials, SnmpEngine] = {}

    def open(self, target: Target) -> Session:
        """A session with a device, on the engine of its credentials."""
        from pysnmp.hlapi.v3arch.asyncio import SnmpEngine  # noqa: PLC0415  - heavy

        engine = self._engines.get(target.credentials) or SnmpEngine()
        self._engines[target.credentials] = engine
        return PysnmpSession(engine, target)

    def close(self) -> None:
        """Closes the engines' sockets."""
        for engine in self._engines.values():
            engine.close_dispatcher()
        self._engines.clear()


class PysnmpSession:
    """Questions to one device."""

    def __init__(self, engine: SnmpEngine, target: Target) -> None:
        self._engine = engine
        self._target = target
        self._opener = _opener(target.credentials)
        self._transport: UdpTransportTarget | None = None

    async def get(self, names: Sequence[Oid]) -> SnmpAnswer:
        """The values of single objects, in one request."""
        try:
            bindings = await self._ask(names)
        except SnmpStoppedError as stopped:
            return SnmpAnswer({}, stopped.problem)
        values = {name: value for name, value in bindings if value is not None}
        return SnmpAnswer(values, None if len(values) == len(names) else "no_such")

    async def walk(self, root: Oid, limits: WalkLimits = DEFAULT_LIMITS) -> SnmpAnswer:
        """All objects below `root`, by GETBULK."""
        return await collect(self._rows(root, limits.bulk_rows), root, limits)

    async def _rows(self, root: Oid, bulk_rows: int) -> AsyncIterator[tuple[Oid, Value]]:
        last = root
        while bindings := await self._ask([last], bulk_rows=bulk_rows):
            for name, value in bindings:
                if value is None:
                    return
                yield name, value
            last = bindings[-1][0]

    async def _ask(self, names: Sequence[Oid], *, bulk_rows: int = 0) -> list[Binding]:
        """One request, GETBULK if rows are asked for, and its bindings. Raises SnmpStoppedError."""
        from pysnmp.error import PySnmpError  # noqa: PLC0415  - heavy
        from pysnmp.hlapi.v3arch.asyncio import (  # noqa: PLC0415  - heavy
            ContextData,
            ObjectIdentity,
            ObjectType,
            bulk_cmd,
            get_cmd,
        )

        wanted = [ObjectType(ObjectIdentity(name)) for name in names]
        try:
            how = self._engine, self._opener, await self._way(), ContextData()
            reply = (
                await bulk_cmd(*how, 0, bulk_rows, *wanted, lookupMib=False)
                if bulk_rows
                else await get_cmd(*how, *wanted, lookupMib=False)
            )
        except (PySnmpError, OSError) as error:
            raise SnmpStoppedError("unreachable") from error
        failure, status, _, bindings = reply
        if failure:
            raise SnmpStoppedError(_problem(failure))
        if int(status):
            raise SnmpStoppedError("refused")
        return [(tuple(binding[0]), _value(binding[1])) for binding in bindings]

    async def _way(self) -> UdpTransportTarget:
        from pysnmp.hlapi.v3arch.asyncio import UdpTransportTarget  # noqa: PLC0415  - heavy

        if self._transport is None:
            target = self._target
            address = (target.address, target.port)
            self._transport = await UdpTransportTarget.create(address, timeout=target.timeout_s, retries=target.retries)
        return self._transport


def _opener(credentials: Credentials) -> CommunityData | UsmUserData:
    from pysnmp.hlapi.v3arch import asyncio as pysnmp  # noqa: PLC0415  - heavy

    match credentials:
        case Community(name):
            return pysnmp.CommunityData(name, mpModel=1)  # noqa: S508  - much gear in schools speaks nothing newer
        case User(name, auth_password, priv_password):
            return pysnmp.UsmUserData(
                name,
                auth_password,
                priv_password,
                authProtocol=pysnmp.USM_AUTH_HMAC192_SHA256,
                privProtocol=pysnmp.USM_PRIV_CFB128_AES,
            )


def _problem(failure: ErrorIndication) -> SnmpProblem:
    from pysnmp.proto import errind  # noqa: PLC0415  - heavy

    if isinstance(failure, errind.RequestTimedOut):
        return "timeout"
    refusals = (
        errind.AuthenticationError,
        errind.AuthenticationFailure,
        errind.DecryptionError,
        errind.UnknownSecurityName,
        errind.UnknownUserName,
        errind.UnsupportedSecurityLevel,
        errind.WrongDigest,
    )
    return "auth" if isinstance(failure, refusals) else "refused"


def _value(found: Asn1Item) -> Value | None:
    """None for noSuchObject, noSuchInstance and endOfMibView: kinds of Null, which pysnmp makes a kind of string."""
    from pyasn1.type.univ import Integer, Null, ObjectIdentifier, OctetString  # noqa: PLC0415  - heavy

    match found:
        case Null():
            return None
        case Integer():
            return int(found)
        case OctetString():
            return bytes(found)
        case ObjectIdentifier():
            return tuple(found)
        case _:
            return None
