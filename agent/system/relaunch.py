"""How this program starts itself anew, for work in a process of its own."""

from __future__ import annotations

import sys


def own_command() -> list[str]:
    """The command line without arguments: the bundle, or the interpreter with the module."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "agent.cli"]
