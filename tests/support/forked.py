"""Our programs as processes that are there at once: forked from one that has imported everything.

For tests that start and kill one time and again: a fresh interpreter would spend nearly all of its life on imports, and
nearly all kills would fall there.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["__main__", __name__, "agent.app", "agent.commands.dispatch", "tests.support.ingest_app"]
)


def start(program: Callable[..., int | None], *arguments: object, log: Path = Path(os.devnull)) -> BaseProcess:
    """Starts a function of some module in a process of its own, with what it prints in `log`; its number is the exit
    code.
    """
    process = _CONTEXT.Process(target=_run, args=(program, arguments, log))
    process.start()
    return process


def _run(program: Callable[..., int | None], arguments: tuple[object, ...], log: Path) -> None:
    with log.open("ab") as stream:
        for ours in (sys.stdout, sys.stderr):
            os.dup2(stream.fileno(), ours.fileno())
    sys.exit(program(*arguments))
