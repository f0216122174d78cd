"""A real snmpd on loopback, opened by v2c and by v3 with authentication and privacy."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.snmp.session import Community, Target, User
from tests.support.processes import free_port, running

COMMUNITY = "provklar-contract"
USER = User("provklar", "contract-auth-password", "contract-priv-password")


def free_udp_port() -> int:
    """A UDP port on loopback that nothing listens on, and that no other test gets."""
    return free_port(socket.SOCK_DGRAM)


@contextmanager
def snmp_daemon(folder: Path, seconds: float = 15.0) -> Iterator[int]:
    """Starts it, waits until it answers, and gives its port."""
    port = free_udp_port()
    settings = folder / "snmpd.conf"
    settings.write_text(
        f"agentaddress udp:127.0.0.1:{port}\n"
        f"rocommunity {COMMUNITY}\n"
        f"createUser {USER.name} SHA-256 {USER.auth_password} AES {USER.priv_password}\n"
        f"rouser {USER.name} authPriv\n"
        "sysName ekskolan-router\n"
        "sysLocation Källaren\n"
    )
    environment = {"PATH": os.environ["PATH"], "SNMP_PERSISTENT_DIR": str(folder), "MIBS": ""}
    log = folder / "snmpd.log"
    with running(["snmpd", "-f", "-Lo", "-C", "-c", settings], log=log, env=environment):
        deadline = time.monotonic() + seconds
        while net_snmp("snmpget", port, "1.3.6.1.2.1.1.5.0").returncode:
            if time.monotonic() > deadline:
                raise TimeoutError(f"snmpd does not answer: {log.read_text()}")
            time.sleep(0.05)
        yield port


def net_snmp(program: str, port: int, name: str) -> subprocess.CompletedProcess[str]:
    """What net-snmp's own program says, to compare with: numbers as they are, strings quoted."""
    command = [program, "-r0", "-t1", "-v2c", "-c", COMMUNITY, "-On", "-Oe", f"127.0.0.1:{port}", name]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=30, env={"PATH": os.environ["PATH"], "MIBS": ""}
    )


def by_v2c(port: int, community: str = COMMUNITY) -> Target:
    """The daemon as v2c opens it, with little patience."""
    return Target("127.0.0.1", Community(community), port, timeout_s=0.5, retries=1)


def by_v3(port: int, user: User = USER) -> Target:
    """The daemon as v3 opens it."""
    return Target("127.0.0.1", user, port, timeout_s=2.0, retries=1)
