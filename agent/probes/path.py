"""Whether every host that a sitting needs can be reached, rung by rung: name, TCP, TLS, and who issued the
certificate (a box that looks into TLS shows itself there).

It goes as the machine's browsers go: through the proxy that they are told to use, where the proxy knows the names.
Where they go as a script (PAC) says, what is closed on the straight way may be open to them, and so is not known.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from agent.ladder.outcome import RungFailedError
from agent.ladder.pac import configured_pac
from agent.ladder.proxy import PAC_NOT_EVALUATED
from agent.ladder.transport import Dialer, certificate_code, lacks_issuer
from agent.measuring.contract import Probe, ProbeReading, Task
from agent.protocol.facts import DefaultPlan, FactSpec
from agent.protocol.wire import Facts, Host
from agent.system.deadlines import Deadlined, DeadlinePassedError
from agent.system.machine import System
from agent.system.network import Address

STEP_TIMEOUT_S = 5.0
SCRIPT_S = 2.0
SIDE_BY_SIDE = 8
_PLAIN_HTTP_PORT = 80
_SPARE_S = 0.5
_TEXT_MAX = 200
_Rung = TypeVar("_Rung")


def read(system: System, task: Task) -> ProbeReading:
    """Tries every host of the policy, some side by side, so that a dead one does not use up the others' time."""
    rows: list[Facts] = []
    groups = [task.hosts[start : start + SIDE_BY_SIDE] for start in range(0, len(task.hosts), SIDE_BY_SIDE)]
    for group in groups:
        until_s = system.monotonic_s() + min(4 * STEP_TIMEOUT_S, (task.deadline_s - _SPARE_S) / len(groups))
        climbing = [(row, Deadlined(partial(climb, system, host, row), host.name)) for host, row in _fresh(group)]
        rows += [_in_time(row, work, until_s - system.monotonic_s()) for row, work in climbing]
    if any("error_code" in row for row in rows) and _goes_by_script(system):
        return undecided(rows)
    return summary(rows)


def _goes_by_script(system: System) -> bool:
    try:
        return Deadlined(partial(configured_pac, system), "pac").result(SCRIPT_S) is not None
    except DeadlinePassedError:
        return False


def _fresh(hosts: list[Host]) -> list[tuple[Host, Facts]]:
    return [(host, {"host": host.name, "port": host.port, "purpose": host.purpose}) for host in hosts]


def _in_time(row: Facts, work: Deadlined[None], within_s: float) -> Facts:
    try:
        work.result(within_s)
    except DeadlinePassedError:
        # A copy: the thread that hangs may still write to its own row.
        return {**row, "error_code": "deadline_passed", "error": "no result in time"}
    return row


def climb(system: System, host: Host, row: Facts) -> None:
    """Fills `row` rung by rung; where it stops, `error_code` and `error` say why."""
    with _stopping_at(row):
        if system.proxy_for(host.name) is None:
            addresses = _timed(system, row, "dns_ms", partial(system.resolve, host.name, host.port))
            connect = partial(_first_connection, system, addresses)
        else:
            connect = partial(_way(system).connected, host.name, host.port)
        with _timed(system, row, "tcp_ms", connect) as connection:
            if host.port == _PLAIN_HTTP_PORT:
                return
            with _timed(system, row, "tls_ms", partial(_secured, system, connection, host)) as secured:
                row.update(certificate_facts(secured.getpeercert() or {}))


@contextmanager
def _stopping_at(row: Facts) -> Iterator[None]:
    try:
        yield
    except (socket.gaierror, UnicodeError) as error:  # UnicodeError: what is configured can't be a host name
        row.update(error_code="dns_failed", error=str(error)[:_TEXT_MAX])
    except ssl.SSLCertVerificationError as error:
        row.update(error_code=certificate_code(error), error=error.verify_message[:_TEXT_MAX])
    except RungFailedError as error:
        row.update(error_code=error.code, error=str(error.__cause__ or error.code)[:_TEXT_MAX])
    except ssl.SSLError as error:
        row.update(error_code="tls_failed", error=str(error.reason or error)[:_TEXT_MAX])
    except TimeoutError:
        row.update(error_code="no_answer", error=f"no answer within {STEP_TIMEOUT_S:g} s")
    except ConnectionRefusedError as error:
        row.update(error_code="connection_refused", error=str(error)[:_TEXT_MAX])
    except OSError as error:
        row.update(error_code="connection_failed", error=str(error)[:_TEXT_MAX])


def _secured(system: System, connection: socket.socket, host: Host) -> ssl.SSLSocket:
    """As a browser would: what the host left out of its chain is fetched."""
    try:
        return system.secure(connection, host.name)
    except ssl.SSLCertVerificationError as error:
        if not lacks_issuer(error):
            raise
        return _way(system).completed(host.name, host.port, error)


def _way(system: System) -> Dialer:
    return Dialer(system, system.monotonic_s() + STEP_TIMEOUT_S)


def _timed(system: System, row: Facts, name: str, step: Callable[[], _Rung]) -> _Rung:
    started_s = system.monotonic_s()
    reached = step()
    row[name] = round((system.monotonic_s() - started_s) * 1000, 3)
    return reached


def _first_connection(system: System, addresses: list[Address]) -> socket.socket:
    """The first address that answers, as a browser would go through them. The last one's error if none does."""
    for address in addresses[:-1]:
        try:
            return system.connect(address, STEP_TIMEOUT_S)
        except OSError:
            continue
    return system.connect(addresses[-1], STEP_TIMEOUT_S)


def certificate_facts(certificate: dict[str, Any]) -> Facts:
    """Issuer and expiry from what `ssl` says about a checked certificate."""
    issuer = {name: value for part in certificate.get("issuer", ()) for name, value in part}
    expires = certificate.get("notAfter")
    moment = datetime.fromtimestamp(ssl.cert_time_to_seconds(expires), UTC) if expires else None
    return {
        "issuer_organisation": issuer.get("organizationName"),
        "issuer_common_name": issuer.get("commonName"),
        "certificate_expires_at": moment.isoformat() if moment else None,
    }


def summary(rows: list[Facts]) -> ProbeReading:
    """How many hosts were reached on every rung. Without any host there is no ratio."""
    reached = sum("error_code" not in row for row in rows)
    return ProbeReading(
        {
            "hosts_count": len(rows),
            "hosts_reached_count": reached,
            "hosts_reached_ratio": round(reached / len(rows), 4) if rows else None,
        },
        {} if rows else {"hosts_reached_ratio": "no_hosts"},
        rows,
    )


def undecided(rows: list[Facts]) -> ProbeReading:
    """How many hosts browsers reach is not known where they go another way; what was reached is told."""
    told = [{**row, "error_code": PAC_NOT_EVALUATED} if "error_code" in row else row for row in rows]
    unknown = dict.fromkeys(("hosts_reached_count", "hosts_reached_ratio"))
    return ProbeReading({"hosts_count": len(rows), **unknown}, dict.fromkeys(unknown, PAC_NOT_EVALUATED), told)


PROBE = Probe(
    name="path",
    version=1,
    about="network",
    plan=DefaultPlan(every_s=900, jitter_s=300, deadline_s=90),
    read=read,
    needs_policy=True,
    facts=(
        FactSpec("hosts_count", "int", "hosts", "configured hosts tried", 0, 1_000),
        FactSpec("hosts_reached_count", "int", "hosts", "hosts with DNS, TCP and TLS all in order", 0, 1_000),
        FactSpec("hosts_reached_ratio", "float", "ratio", "share of the hosts tried with all in order", 0, 1),
    ),
)
