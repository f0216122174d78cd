"""A real snmpd in the router, serving that namespace's own interface counters by v2c and v3."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tests.lab.box import SchoolBox


class SnmpAgent(NamedTuple):
    """Where the agent listens and what opens it. Version 3 is authPriv with SHA-256 and AES."""

    address: str
    environment: dict[str, str]
    """What the net-snmp programs need in their environment: no MIB files, keys in the box's own folder."""
    community: str = "provklar-lab"
    user: str = "provklar"
    auth_password: str = "lab-auth-password"
    priv_password: str = "lab-priv-password"

    def v2c(self) -> list[str]:
        """What the net-snmp programs need to ask by v2c."""
        return ["-v2c", "-c", self.community, self.address]

    def v3(self) -> list[str]:
        """What the net-snmp programs need to ask by v3."""
        auth = ["-a", "SHA-256", "-A", self.auth_password, "-x", "AES", "-X", self.priv_password]
        return ["-v3", "-l", "authPriv", "-u", self.user, *auth, self.address]


def start_snmpd(box: SchoolBox, seconds: float = 10.0) -> SnmpAgent:
    """Starts it and waits until it answers; it may be asked from the school and from outside."""
    folder = box.folder / "snmp"
    folder.mkdir()
    environment = {"PATH": os.environ["PATH"], "SNMP_PERSISTENT_DIR": str(folder), "MIBS": ""}
    agent = SnmpAgent(box.router.address, environment)
    settings = folder / "snmpd.conf"
    settings.write_text(
        f"agentaddress udp:161\n"
        f"rocommunity {agent.community}\n"
        f"createUser {agent.user} SHA-256 {agent.auth_password} AES {agent.priv_password}\n"
        f"rouser {agent.user} authPriv\n"
        f"sysName {box.router.role}\n"
    )
    with (folder / "log").open("wb") as log:
        box.popen(box.router, ["snmpd", "-f", "-Lo", "-C", "-c", settings], stdout=log, env=environment)
    deadline = time.monotonic() + seconds
    question = ["snmpget", "-r0", "-t", "0.3", *agent.v2c(), "1.3.6.1.2.1.1.5.0"]
    while box.run(box.router, question, check=False, env=environment).returncode:
        if time.monotonic() > deadline:
            raise TimeoutError(f"snmpd does not answer: {(folder / 'log').read_text()}")
        time.sleep(0.05)
    return agent
