"""The programs that are looked for, and by which names each system knows them."""

from __future__ import annotations

from typing import NamedTuple


class Product(NamedTuple):
    """The names by which one program goes.

    Linux: `programs`, Debian `packages`, `snaps`, `flatpaks`. macOS: `bundles` (CFBundleIdentifier). Windows:
    `executables`; `displayed`, a pattern for the whole name in the list of installed programs; `beacons`, keys below
    a user's Software that hold the version; `folders` where an installation for one user lies, below AppData/Local.
    """

    name: str
    programs: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    snaps: tuple[str, ...] = ()
    flatpaks: tuple[str, ...] = ()
    bundles: tuple[str, ...] = ()
    executables: tuple[str, ...] = ()
    displayed: str = ""
    beacons: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


class Installed(NamedTuple):
    """A program that a source knows of. `version` is None where the source could not tell."""

    name: str
    version: str | None
    source: str


BROWSERS = (
    Product(
        "chrome",
        programs=("google-chrome", "google-chrome-stable"),
        packages=("google-chrome-stable",),
        flatpaks=("com.google.Chrome",),
        bundles=("com.google.Chrome",),
        executables=("chrome.exe",),
        displayed="Google Chrome",
        beacons=(r"Google\Chrome\BLBeacon",),
        folders=("Google/Chrome/Application",),
    ),
    Product(
        "chromium",
        programs=("chromium", "chromium-browser"),
        packages=("chromium", "chromium-browser"),
        snaps=("chromium",),
        flatpaks=("org.chromium.Chromium",),
        bundles=("org.chromium.Chromium",),
        executables=("chrome.exe",),
        displayed="Chromium",
        folders=("Chromium/Application",),
    ),
    Product(
        "edge",
        programs=("microsoft-edge", "microsoft-edge-stable"),
        packages=("microsoft-edge-stable",),
        flatpaks=("com.microsoft.Edge",),
        bundles=("com.microsoft.edgemac",),
        executables=("msedge.exe",),
        displayed="Microsoft Edge",
        beacons=(r"Microsoft\Edge\BLBeacon",),
        folders=("Microsoft/Edge/Application",),
    ),
    Product(
        "firefox",
        programs=("firefox", "firefox-esr"),
        packages=("firefox", "firefox-esr"),
        snaps=("firefox",),
        flatpaks=("org.mozilla.firefox",),
        bundles=("org.mozilla.firefox",),
        executables=("firefox.exe",),
        displayed=r"Mozilla Firefox( ESR)?( [\d.]+)?( ESR)?( \([^)]*\))?",
        folders=("Mozilla Firefox",),
    ),
    Product("safari", bundles=("com.apple.Safari",)),
    Product(
        "opera",
        programs=("opera",),
        packages=("opera-stable",),
        snaps=("opera",),
        flatpaks=("com.opera.Opera",),
        bundles=("com.operasoftware.Opera",),
        executables=("opera.exe",),
        displayed=r"Opera( Stable)?( [\d.]+)?",
        folders=("Programs/Opera",),
    ),
    Product(
        "brave",
        programs=("brave-browser",),
        packages=("brave-browser",),
        snaps=("brave",),
        flatpaks=("com.brave.Browser",),
        bundles=("com.brave.Browser",),
        executables=("brave.exe",),
        displayed="Brave",
        beacons=(r"BraveSoftware\Brave-Browser\BLBeacon",),
        folders=("BraveSoftware/Brave-Browser/Application",),
    ),
    Product(
        "vivaldi",
        programs=("vivaldi", "vivaldi-stable"),
        packages=("vivaldi-stable",),
        snaps=("vivaldi",),
        flatpaks=("com.vivaldi.Vivaldi",),
        bundles=("com.vivaldi.Vivaldi",),
        executables=("vivaldi.exe",),
        displayed="Vivaldi",
        beacons=(r"Vivaldi\BLBeacon",),
        folders=("Vivaldi/Application",),
    ),
)

SAFE_EXAM_BROWSER = Product(
    "safe_exam_browser",
    bundles=("org.safeexambrowser.SafeExamBrowser",),
    executables=("SafeExamBrowser.exe",),
    displayed=r"Safe ?Exam ?Browser( [\d.]+)?( \([^)]*\))?",
)
"""There is none for Linux."""
