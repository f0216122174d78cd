"""The files of the machine, read within bounds; nothing is written here."""

from __future__ import annotations

from pathlib import Path

_FILE_MAX_BYTES = 2**20


class FileReader:
    """The files of this machine."""

    def read_text(self, path: str) -> str | None:
        """A text file of the system; None where there is none. PermissionError where it is hidden."""
        try:
            return Path(path).read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def read_bytes(self, path: str) -> bytes | None:
        """The first MiB of a file of the system, as `read_text`."""
        try:
            with Path(path).open("rb") as file:
                return file.read(_FILE_MAX_BYTES)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def paths(self, pattern: str) -> list[str]:
        """Paths that match an absolute shell pattern, sorted."""
        anchor = Path(pattern).anchor or "/"
        return sorted(str(path) for path in Path(anchor).glob(str(Path(pattern).relative_to(anchor))))

    def file_version(self, path: str) -> str | None:
        """The version that a Windows program carries inside itself; None if it has none or can't be read."""
        from agent.system import pe  # noqa: PLC0415  for Windows only

        try:
            return pe.file_version(path)
        except OSError:
            return None
