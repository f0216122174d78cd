"""Apple's property lists, XML or binary."""

from __future__ import annotations


def read(raw: bytes) -> dict[str, object]:
    """The dictionary that a property list holds; empty for what is damaged, or no dictionary."""
    import plistlib  # noqa: PLC0415  for macOS only, as is expat below
    from xml.parsers.expat import ExpatError  # noqa: PLC0415

    try:
        said = plistlib.loads(raw)
    except (plistlib.InvalidFileException, ExpatError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
