"""The programs of the machine: where one is, and what it prints."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence


class CommandFailedError(Exception):
    """A program could not be started, ended with an error, or took too long."""


class Programs:
    """The programs of this machine."""

    def find_program(self, name: str) -> str | None:
        """Where a program is: on PATH, or itself if `name` is the path of a program."""
        return shutil.which(name)

    def output_of(self, command: Sequence[str], deadline_s: float) -> str:
        """What a program prints. Raises CommandFailedError."""
        try:
            done = subprocess.run(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=deadline_s,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise CommandFailedError(str(error)) from error
        return done.stdout.decode("utf-8", errors="replace")
