"""Commands, paths and names as Windows' registry has them."""

from __future__ import annotations

import re

import pytest

from agent.inventory.installed_macos import bundle
from agent.inventory.installed_windows import dotted, owner, started_program
from agent.inventory.products import BROWSERS, SAFE_EXAM_BROWSER


@pytest.mark.parametrize(
    ("command", "program"),
    [
        (r'"C:\Program Files\Vivaldi\vivaldi.exe" --single', r"C:\Program Files\Vivaldi\vivaldi.exe"),
        (r"C:\Windows\x.exe", r"C:\Windows\x.exe"),
        ("", ""),
    ],
)
def test_the_program_of_a_command(command: str, program: str) -> None:
    """In quotes or not."""
    assert started_program(command) == program


@pytest.mark.parametrize(
    ("path", "product"),
    [
        ("c:/program files/google/chrome/application/chrome.exe", "chrome"),
        ("c:/program files/chromium/application/chrome.exe", "chromium"),
        ("d:/programs/google chrome/chrome.exe", "chrome"),
        ("c:/program files (x86)/microsoft/edge/application/msedge.exe", "edge"),
        ("c:/program files (x86)/microsoft/edgewebview/application/msedgewebview2.exe", None),
        ("c:/program files/internet explorer/iexplore.exe", None),
        ("c:/program files/safeexambrowser/application/safeexambrowser.exe", "safe_exam_browser"),
    ],
)
def test_whose_program_a_path_is(path: str, product: str | None) -> None:
    """Chrome and Chromium have a program of the same name; the folder decides."""
    assert owner(path, [*BROWSERS, SAFE_EXAM_BROWSER]) == product


@pytest.mark.parametrize(
    ("displayed", "product"),
    [
        ("Mozilla Firefox (x64 sv-SE)", "firefox"),
        ("Mozilla Firefox ESR (x64 sv-SE)", "firefox"),
        ("Mozilla Firefox 115.0 (x86 en-US)", "firefox"),
        ("Mozilla Firefox 78.15.0 ESR (x64 sv-SE)", "firefox"),
        ("Mozilla Firefox Nightly (x64 en-US)", None),
        ("Mozilla Firefox Beta (x64 en-US)", None),
        ("Mozilla Maintenance Service", None),
        ("Microsoft Edge", "edge"),
        ("Microsoft Edge WebView2 Runtime", None),
        ("Microsoft Edge Update", None),
        ("Opera Stable 114.0.5282.115", "opera"),
        ("Opera GX Stable 100.0", None),
        ("Google Chrome", "chrome"),
        ("Google Chrome Beta", None),
    ],
)
def test_names_in_the_list_of_programs(displayed: str, product: str | None) -> None:
    """The whole name has to fit: runtimes, updaters and previews are no browsers."""
    fitting = [one.name for one in BROWSERS if one.displayed and re.fullmatch(one.displayed, displayed)]
    assert fitting == ([product] if product else [])


def test_versions() -> None:
    """The dotted number at the beginning, or none."""
    assert dotted("131.0.6778.86") == "131.0.6778.86"
    assert dotted("128.5.0 esr") == "128.5.0"
    assert dotted("latest") is None
    assert dotted(None) is None


@pytest.mark.parametrize("raw", [b"", b"no list", b"<plist version='1.0'><array/></plist>", b"bplist00\xff"])
def test_a_bundle_that_is_damaged_is_nobodys(raw: bytes) -> None:
    """No identifier, no version, no error."""
    assert bundle(raw) == ("", None)
