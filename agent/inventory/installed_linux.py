"""Which programs are installed on Linux: from what they answer themselves, and from the records of dpkg, snap and
flatpak.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.inventory.products import Installed, Product
from agent.system.machine import System
from agent.system.programs import CommandFailedError

VERSION_DEADLINE_S = 10.0
_VERSION = re.compile(r"\d+(?:\.\d+)+(?:esr)?")
_DESKTOP_FOLDERS = ("/usr/share/applications", "/usr/local/share/applications")
_FLATPAKS = ("/var/lib/flatpak/app", "/home/*/.local/share/flatpak/app")


def find(system: System, products: Sequence[Product], deadline_s: float) -> list[Installed]:
    """Asks every source for every program."""
    each_s = min(VERSION_DEADLINE_S, deadline_s / 3)
    packages = dpkg_versions(system.read_text("/var/lib/dpkg/status") or "")
    programs = desktop_programs(_desktop_texts(system))
    found: list[Installed] = []
    for product in products:
        found += _by_program(system, product, programs, each_s)
        found += [
            Installed(product.name, upstream_version(packages[name]), "dpkg")
            for name in product.packages
            if name in packages
        ]
        found += _by_snap(system, product)
        found += _by_flatpak(system, product)
    return found


def _by_program(system: System, product: Product, programs: set[str], each_s: float) -> Iterator[Installed]:
    on_path = (system.find_program(name) for name in product.programs)
    elsewhere = (path for path in sorted(programs) if path.rpartition("/")[2] in product.programs)
    for program in dict.fromkeys([path for path in on_path if path] + list(elsewhere)):
        try:
            said = system.output_of([program, "--version"], each_s)
        except CommandFailedError:
            said = ""
        yield Installed(product.name, dotted_version(said), "program")


def _by_snap(system: System, product: Product) -> Iterator[Installed]:
    for snap in product.snaps:
        text = system.read_text(f"/snap/{snap}/current/meta/snap.yaml")
        if text is not None:
            yield Installed(product.name, snap_version(text), "snap")


def _by_flatpak(system: System, product: Product) -> Iterator[Installed]:
    for app in product.flatpaks:
        for metadata in (path for root in _FLATPAKS for path in system.paths(f"{root}/{app}/current/active/metadata")):
            described = system.paths(f"{metadata.rpartition('/')[0]}/files/share/*/{app}*.xml")
            texts = [system.read_text(path) or "" for path in described]
            versions = [version for version in map(metainfo_version, texts) if version]
            yield Installed(product.name, versions[0] if versions else None, "flatpak")


def _desktop_texts(system: System) -> list[str]:
    paths = [path for folder in _DESKTOP_FOLDERS for path in system.paths(f"{folder}/*.desktop")]
    return [system.read_text(path) or "" for path in paths]


def dotted_version(text: str) -> str | None:
    """The first dotted version in a text, such as "Mozilla Firefox 128.5.0esr", with the channel that is part of it."""
    found = _VERSION.search(text)
    return found[0] if found else None


def upstream_version(debian: str) -> str | None:
    """The upstream part of a Debian version (epoch and revision taken off), if it is a dotted version. A package that
    only points at a snap (1:1snap1-0ubuntu2) has none.
    """
    upstream = debian.partition(":")[2] or debian
    found = _VERSION.match(upstream)
    return found[0] if found else None


def dpkg_versions(status: str) -> dict[str, str]:
    """Version by package from dpkg's status file, of packages that are installed now."""
    versions = {}
    for paragraph in status.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in paragraph.splitlines() if ": " in line and line[0] != " ")
        if fields.get("Status", "").endswith(" installed") and "Version" in fields:
            versions[fields["Package"]] = fields["Version"]
    return versions


def desktop_programs(texts: list[str]) -> set[str]:
    """The programs that menu entries start, where they are given by their whole path."""
    commands = (line.partition("=")[2].split() for text in texts for line in text.splitlines() if line[:5] == "Exec=")
    return {words[0].strip('"') for words in commands if words and words[0].strip('"').startswith("/")}


def snap_version(snap_yaml: str) -> str | None:
    """The version in a snap's description."""
    found = re.search(r"^version:(.*)$", snap_yaml, re.MULTILINE)
    return dotted_version(found[1]) if found else None


def metainfo_version(xml: str) -> str | None:
    """The newest release in an application's description, which lists releases newest first."""
    found = re.search(r"<release\b[^>]*\bversion=\"([^\"]+)\"", xml)
    return dotted_version(found[1]) if found else None
