"""The only door of the probes to the machine, behind which each handle has a file of its own.

Tests hand in a recorded machine instead. The resident process does not import this module: it must stay small.
"""

from __future__ import annotations

from agent.system.clocks import Clocks
from agent.system.file_reader import FileReader
from agent.system.hardware import Hardware
from agent.system.network import Network
from agent.system.programs import Programs
from agent.system.windows_registry import Registry
from agent.system.wireless import Wireless


class System(Clocks, Hardware, FileReader, Registry, Programs, Network, Wireless):
    """The machine that this process runs on. `ca_file` adds a certificate authority for the measurement point, and
    `proxy` (a URL) is the way to it.
    """
