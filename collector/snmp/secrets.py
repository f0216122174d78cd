"""Reads communities and passwords from files, so that they stand in no configuration and on no command line."""

from __future__ import annotations

from pathlib import Path

LEAST_PASSWORD_LENGTH = 8
"""RFC 3414 asks for it, and devices refuse shorter ones."""


class SecretError(Exception):
    """A file holds no usable secret; `code` is `missing`, `unreadable`, `empty` or `too_short`. What was read is not
    told.
    """

    def __init__(self, path: Path, code: str) -> None:
        self.path = path
        self.code = code
        super().__init__(f"{path}: {code}")


def read_secret(path: Path, least_length: int = 1) -> str:
    """The first line of the file. Raises SecretError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise SecretError(path, "missing") from error
    except (OSError, UnicodeDecodeError):
        # The decoding error would carry what was read.
        raise SecretError(path, "unreadable") from None
    secret = lines[0].strip() if lines else ""
    if not secret:
        raise SecretError(path, "empty")
    if len(secret) < least_length:
        raise SecretError(path, "too_short")
    return secret
