"""The agent's commands as processes that are there at once: forked from one that has imported everything.

For tests that start and kill one time and again: a fresh interpreter would spend nearly all of its life on imports, and
nearly all kills would fall there.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Sequence
from multiprocessing.process import BaseProcess

from agent.cli import main

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["__main__", __name__, "agent.app", "agent.commands.dispatch"])


def start(command: Sequence[str]) -> BaseProcess:
    """Starts `provklar-agent` with these arguments; what it says on standard error is lost."""
    process = _CONTEXT.Process(target=_perform, args=(list(command),))
    process.start()
    return process


def _perform(command: list[str]) -> None:
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123  a device
        os.dup2(nowhere.fileno(), sys.stderr.fileno())
    sys.exit(main(command))
