"""Which browsers are installed, in which version. On Linux from what the programs answer themselves, and from the
records of dpkg, snap and flatpak. Windows and macOS follow in a later version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from agent.probe import FactSpec, Probe, ProbeUnsupportedError, Reading, Task
from agent.system import CommandFailedError, System
from agent.wire import Facts

VERSION_DEADLINE_S = 10.0
_VERSION = re.compile(r"\d+(?:\.\d+)+")
_DESKTOP_FOLDERS = ("/usr/share/applications", "/usr/local/share/applications")


class Product(NamedTuple):
    """The names by which one browser goes: programs, Debian packages, snaps and flatpaks."""

    name: str
    programs: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    snaps: tuple[str, ...] = ()
    flatpaks: tuple[str, ...] = ()


PRODUCTS = (
    Product(
        "chrome",
        ("google-chrome", "google-chrome-stable"),
        ("google-chrome-stable",),
        flatpaks=("com.google.Chrome",),
    ),
    Product(
        "chromium",
        ("chromium", "chromium-browser"),
        ("chromium", "chromium-browser"),
        ("chromium",),
        ("org.chromium.Chromium",),
    ),
    Product(
        "edge",
        ("microsoft-edge", "microsoft-edge-stable"),
        ("microsoft-edge-stable",),
        flatpaks=("com.microsoft.Edge",),
    ),
    Product("firefox", ("firefox", "firefox-esr"), ("firefox", "firefox-esr"), ("firefox",), ("org.mozilla.firefox",)),
    Product("safari"),
    Product("opera", ("opera",), ("opera-stable",), ("opera",), ("com.opera.Opera",)),
    Product("brave", ("brave-browser",), ("brave-browser",), ("brave",), ("com.brave.Browser",)),
    Product("vivaldi", ("vivaldi", "vivaldi-stable"), ("vivaldi-stable",), ("vivaldi",), ("com.vivaldi.Vivaldi",)),
)


class Installed(NamedTuple):
    """A browser that a source knows of. `version` is None where the source could not tell."""

    name: str
    version: str | None
    source: str


def read(system: System, task: Task) -> Reading:
    """Asks every source for every browser."""
    if system.platform_name() != "linux":
        raise ProbeUnsupportedError("not_supported_yet", f"not yet on {system.platform_name()}")
    each_s = min(VERSION_DEADLINE_S, task.deadline_s / 3)
    packages = dpkg_versions(system.read_text("/var/lib/dpkg/status") or "")
    programs = desktop_programs(_desktop_texts(system))
    found: list[Installed] = []
    for product in PRODUCTS:
        found += _by_program(system, product, programs, each_s)
        found += [
            Installed(product.name, upstream_version(packages[name]), "dpkg")
            for name in product.packages
            if name in packages
        ]
        found += _by_snap(system, product)
        found += _by_flatpak(system, product)
    return summary(found)


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
        folder = f"/var/lib/flatpak/app/{app}/current/active"
        if system.read_text(f"{folder}/metadata") is None:
            continue
        described = system.paths(f"{folder}/files/share/*/{app}*.xml")
        texts = [system.read_text(path) or "" for path in described]
        versions = [version for version in map(metainfo_version, texts) if version]
        yield Installed(product.name, versions[0] if versions else None, "flatpak")


def _desktop_texts(system: System) -> list[str]:
    paths = [path for folder in _DESKTOP_FOLDERS for path in system.paths(f"{folder}/*.desktop")]
    return [system.read_text(path) or "" for path in paths]


def dotted_version(text: str) -> str | None:
    """The first dotted version in a text, such as "Mozilla Firefox 128.5.0esr"."""
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


def summary(found: list[Installed]) -> Reading:
    """The facts, one version per browser, and a row for everything that was found."""
    rows: dict[Installed, Facts] = {one: one._asdict() for one in found}
    facts: Facts = {}
    missing: dict[str, str] = {}
    for product in PRODUCTS:
        of_product = [one for one in found if one.name == product.name]
        fact = f"{product.name}_version"
        facts[fact] = lowest_version([one.version for one in of_product if one.version])
        if facts[fact] is None:
            missing[fact] = "version_unreadable" if of_product else "not_installed"
    facts["browsers_count"] = len({one.name for one in found})
    return Reading(facts, missing, list(rows.values()))


def lowest_version(versions: list[str]) -> str | None:
    """The oldest of several installations: nobody knows which one a pupil will start."""
    return min(versions, key=lambda version: [int(part) for part in version.split(".")], default=None)


PROBE = Probe(
    name="browsers",
    version=1,
    read=read,
    facts=(
        *(
            FactSpec(f"{product.name}_version", "str", "", f"oldest installed version of {product.name}, if installed")
            for product in PRODUCTS
        ),
        FactSpec("browsers_count", "int", "browsers", "different browsers that are installed", 0, 100),
    ),
)
