"""What opens network gear: the secrets that `network.yaml` names, read from their files and checked before use."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from collector.configuration.files import files_in
from collector.configuration.network import NetworkDevice, NetworkFile
from collector.configuration.problems import ConfigurationError, ConfigurationErrors, DocumentPath, problem
from collector.configuration.structure import read
from collector.snmp.secrets import LEAST_PASSWORD_LENGTH, SecretError, read_secret
from collector.snmp.session import Community, Credentials, User


def credentials(folder: Path, device: NetworkDevice) -> Credentials:
    """What opens the device; file names are relative to the configuration folder. Raises SecretError."""
    if device.user is not None:
        return User(
            device.user.name,
            read_secret(folder / device.user.auth_password_file, LEAST_PASSWORD_LENGTH),
            read_secret(folder / device.user.priv_password_file, LEAST_PASSWORD_LENGTH),
        )
    assert device.community_file is not None
    return Community(read_secret(folder / device.community_file))


def secret_errors(folder: Path) -> list[ConfigurationError]:
    """Every secret of a valid `network.yaml` that cannot be used, or that others can read, with the line that names it.

    Secrets may well be missing where a configuration is written; so this is asked for by `check-config` alone.
    """
    found: list[ConfigurationError] = []
    for path in files_in(folder).network:
        try:
            document = read(path, NetworkFile)
        except ConfigurationErrors:
            continue
        for index, device in enumerate(document.value.devices):
            for place, file, least_length in _named(("devices", index), device):
                fault = _fault(folder / file, least_length)
                if fault is not None:
                    found.append(document.error(problem(place, f"gear_secret_{fault}", file=file)))
    return found


def _named(place: DocumentPath, device: NetworkDevice) -> Iterator[tuple[DocumentPath, str, int]]:
    """Where each secret is named, its file, and how long it must be."""
    if device.community_file is not None:
        yield (*place, "community_file"), device.community_file, 1
    if device.user is not None:
        user = (*place, "user")
        yield (*user, "auth_password_file"), device.user.auth_password_file, LEAST_PASSWORD_LENGTH
        yield (*user, "priv_password_file"), device.user.priv_password_file, LEAST_PASSWORD_LENGTH


def _fault(path: Path, least_length: int) -> str | None:
    try:
        read_secret(path, least_length)
    except SecretError as error:
        return error.code
    return "exposed" if _others_may_read(path) else None


def _others_may_read(path: Path) -> bool:
    """On Windows the mode says nothing; there the folder's permissions decide."""
    return os.name == "posix" and bool(path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH))
