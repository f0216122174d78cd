"""The machines of a simulated school: what the `device` and `browsers` probes would find on them."""

from __future__ import annotations

import math
import random

import msgspec

from agent.protocol.wire import Facts
from collector.readiness.domain.model import Releases

BROWSERS = ("chrome", "chromium", "edge", "firefox", "safari", "opera", "brave", "vivaldi")
"""Every browser that the catalogue of facts has a version of."""


class Model(msgspec.Struct, frozen=True):
    """A kind of machine that schools buy. `browsers` always come with it; `maybe` are on some of them."""

    os_name: str
    os_version: str
    os_title: str
    architecture: str
    memory_mib: int
    screen_px: tuple[int, int]
    browsers: tuple[str, ...]
    maybe: tuple[str, ...] = ()
    edition: str | None = None
    release: str | None = None
    screen_mm: tuple[int, int] | None = None


_CHROMEBOOK = Model("chromeos", "16433.52.0", "ChromeOS", "x86_64", 4096, (1366, 768), ("chrome",))
_WINDOWS = Model(
    "windows",
    "10.0.26100.2314",
    "Windows 11 Education 24H2",
    "x86_64",
    8192,
    (1920, 1080),
    ("edge",),
    ("chrome", "firefox"),
    edition="Education",
    release="24H2",
    screen_mm=(309, 174),
)
_IPAD = Model("ipados", "26.1", "iPadOS 26.1", "arm64", 4096, (2160, 1620), ("safari",))
_MAC = Model("macos", "26.1", "macOS 26.1", "arm64", 16384, (2560, 1664), ("safari",), ("chrome",))
_DESKTOP = Model(
    "windows",
    "10.0.26200.7171",
    "Windows 11 Pro 25H2",
    "x86_64",
    16384,
    (1920, 1080),
    ("edge", "chrome"),
    edition="Professional",
    release="25H2",
    screen_mm=(527, 296),
)

COMMON = (_CHROMEBOOK, _CHROMEBOOK, _CHROMEBOOK, _WINDOWS, _WINDOWS, _IPAD, _MAC)
"""As often as pupils meet them."""

SMALL_SCREEN = Model(
    "windows",
    "10.0.19045.5131",
    "Windows 10 Education 22H2",
    "x86_64",
    4096,
    (1280, 800),
    ("edge",),
    ("chrome",),
    edition="Education",
    release="22H2",
    screen_mm=(217, 136),
)
STATIONARY = _DESKTOP


def model_for(rng: random.Random, *, small_screen: bool, stationary: bool) -> Model:
    """The kind of one machine."""
    if stationary:
        return STATIONARY
    return SMALL_SCREEN if small_screen else rng.choice(COMMON)


def device_facts(model: Model, rng: random.Random) -> Facts:
    """What the `device` probe finds, apart from what changes from hour to hour. Only Windows tells everything."""
    tells_all = model.os_name == "windows"
    width_mm, height_mm = model.screen_mm or (None, None)
    return {
        "os_name": model.os_name,
        "os_version": model.os_version,
        "os_title": model.os_title,
        "os_edition": model.edition,
        "os_release": model.release,
        "os_build": model.os_version.removeprefix("10.0.") if tells_all else None,
        "restart_pending": False if tells_all else None,
        "architecture": model.architecture,
        "memory_total_mib": model.memory_mib,
        "disk_free_mib": rng.randrange(3_000, 180_000, 500),
        "screen_width_px": model.screen_px[0],
        "screen_height_px": model.screen_px[1],
        "screen_width_mm": width_mm,
        "screen_height_mm": height_mm,
        "screen_diagonal_inch": round(math.hypot(width_mm, height_mm) / 25.4, 1) if width_mm and height_mm else None,
        "keyboard_present": True,
        "audio_output_present": True,
        "clock_synchronised": True if tells_all else None,
    }


def browser_facts(model: Model, releases: Releases, rng: random.Random, *, neglected: bool) -> Facts:
    """What the `browsers` probe finds. A neglected machine has had no updates for long; others lag a little."""
    installed = [*model.browsers, *(name for name in model.maybe if rng.random() < 0.4)]
    versions = {name: _version(name, releases, rng, neglected=neglected) for name in installed}
    facts: Facts = {f"{name}_version": versions.get(name) for name in BROWSERS}
    facts["browsers_count"] = sum(version is not None for version in versions.values())
    return facts


def _version(product: str, releases: Releases, rng: random.Random, *, neglected: bool) -> str | None:
    """A release of `product` out of the known ones; `None` where the operator's list has none."""
    known = sorted(releases.products.get(product, []), key=lambda release: release.released, reverse=True)
    if not known:
        return None
    lag = len(known) - 1 if neglected else rng.choices((0, 1, 2), (80, 17, 3))[0]
    return known[min(lag, len(known) - 1)].version
