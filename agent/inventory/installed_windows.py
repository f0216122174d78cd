"""Which programs are installed on Windows, for everybody or for one user.

The version inside the program's own file is the true one. Where no file can be read, the lists of installed programs
and the version that the program noted when it was last used are believed. No path leaves here: it may hold a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.inventory.firefox_channel import DESCRIPTION, with_channel
from agent.inventory.products import Installed, Product
from agent.measuring.contract import ProbeFailureError
from agent.system.machine import System

_SOFTWARE = (r"HKLM\SOFTWARE", r"HKLM\SOFTWARE\WOW6432Node")
_APP_PATHS = r"Microsoft\Windows\CurrentVersion\App Paths"
_UNINSTALL = r"Microsoft\Windows\CurrentVersion\Uninstall"
_CLIENTS = r"Clients\StartMenuInternet"
_PER_USER = "C:/Users/*/AppData/Local"
_VERSION = re.compile(r"\d+(?:\.\d+)+")
_SERVICE_CLASSES = "_Classes"


def find(system: System, products: Sequence[Product], deadline_s: float) -> list[Installed]:
    """Every installation that the registry or the users' folders know of. Raises ProbeFailureError where the registry
    tells nothing.
    """
    del deadline_s
    roots = [*_SOFTWARE, *_users(system)]
    listed = list(_listed(system, roots))
    clients = list(_clients(system, roots))
    if not listed and not clients:
        raise ProbeFailureError("registry_unreadable", "no program at all is listed, which can't be")
    in_files = _in_files(system, products, [*_app_paths(system, products, roots), *clients])
    found: list[Installed] = []
    for product in products:
        files = in_files.get(product.name, [])
        readable = any(one.version for one in files)
        found += files if readable else _as_told(system, product, roots, listed) or files
    return found


def _users(system: System) -> list[str]:
    """The part of each user that is logged on (or whose services run)."""
    return [rf"HKU\{one}\Software" for one in system.registry_keys("HKU") if not one.endswith(_SERVICE_CLASSES)]


def _in_files(system: System, products: Sequence[Product], named: list[str]) -> dict[str, list[Installed]]:
    """By the files of the programs, each once; a name that leads to no file (any more) counts for nothing, and a file
    that may not be read (programs from Microsoft Store) has no version.
    """
    for product in products:
        for folder in product.folders:
            for executable in product.executables:
                named += system.paths(f"{_PER_USER}/{folder}/{executable}")
    found: dict[str, list[Installed]] = {}
    for folded, path in {_folded(path): path for path in named}.items():
        product_name = owner(folded, products)
        version = with_channel(system, system.file_version(path), _beside(path, DESCRIPTION)) if product_name else None
        if product_name and (version or system.paths(path.replace("\\", "/"))):
            found.setdefault(product_name, []).append(Installed(product_name, version, "file"))
    return found


def owner(folded: str, products: Sequence[Product]) -> str | None:
    """The product whose program lies at a path in lower case: the folder decides between Chrome and Chromium."""
    executable = folded.rpartition("/")[2]
    fitting = [one for one in products if executable in (name.lower() for name in one.executables)]
    at_home = [one for one in fitting if any(folder.lower() in folded for folder in one.folders)]
    return next((one.name for one in at_home or fitting), None)


def _app_paths(system: System, products: Sequence[Product], roots: list[str]) -> Iterator[str]:
    for root in roots:
        for executable in {name for product in products for name in product.executables}:
            path = (system.registry_values(rf"{root}\{_APP_PATHS}\{executable}") or {}).get("")
            if isinstance(path, str):
                yield path.strip('"')


def _clients(system: System, roots: list[str]) -> Iterator[str]:
    """What browsers gave as the command that starts them."""
    for root in roots:
        for client in system.registry_keys(rf"{root}\{_CLIENTS}"):
            command = (system.registry_values(rf"{root}\{_CLIENTS}\{client}\shell\open\command") or {}).get("")
            if isinstance(command, str):
                yield started_program(command)


def started_program(command: str) -> str:
    """The program of a command line, which is in quotes where its path has blanks."""
    quoted = re.match(r'"([^"]+)"', command)
    return quoted[1] if quoted else command.strip()


def _listed(system: System, roots: list[str]) -> Iterator[tuple[str, str | None]]:
    """Name and version of everything in the lists of installed programs."""
    for root in roots:
        for entry in system.registry_keys(rf"{root}\{_UNINSTALL}"):
            said = system.registry_values(rf"{root}\{_UNINSTALL}\{entry}") or {}
            name, version = said.get("DisplayName"), said.get("DisplayVersion")
            if isinstance(name, str):
                yield name, version if isinstance(version, str) else None


def _as_told(
    system: System, product: Product, roots: list[str], listed: list[tuple[str, str | None]]
) -> list[Installed]:
    found = [
        Installed(product.name, _of_channel(dotted(version), name), "list")
        for name, version in listed
        if product.displayed and re.fullmatch(product.displayed, name)
    ]
    for root in roots:
        for beacon in product.beacons:
            version = (system.registry_values(rf"{root}\{beacon}") or {}).get("version")
            if isinstance(version, str):
                found.append(Installed(product.name, dotted(version), "last_used"))
    return found


def dotted(text: str | None) -> str | None:
    """The version at the beginning of a text."""
    found = _VERSION.match(text or "")
    return found[0] if found else None


def _of_channel(version: str | None, displayed: str) -> str | None:
    return f"{version}esr" if version and re.search(r"\bESR\b", displayed) else version


def _beside(path: str, name: str) -> str:
    """A file in the same folder."""
    return path[: -len(_folded(path).rpartition("/")[2])] + name


def _folded(path: str) -> str:
    return path.replace("\\", "/").lower()
