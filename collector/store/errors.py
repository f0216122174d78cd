"""What can go wrong at the store, in words that an operator can act on."""

from __future__ import annotations


class StorageUnavailableError(Exception):
    """The database can not be read or written at the moment (disk full, locked, file gone). Nothing was changed;
    the same call can be made again later.
    """


class UnreadableStoreError(StorageUnavailableError):
    """The database is not one that this version of the collector can use: somebody must act before it can be."""


class EnrolmentRefusedError(Exception):
    """An enrolment that is not allowed: a stable `code`, and a `message` that says what to do."""

    def __init__(self, code: str, message: str) -> None:
        """Carries both, so that the HTTP edge only has to pass them on."""
        super().__init__(message)
        self.code = code
        self.message = message
