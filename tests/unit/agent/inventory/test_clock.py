"""Is the clock kept by a time server?"""

from __future__ import annotations

import ctypes

import pytest

from agent.inventory.clock import synchronised, w32tm
from agent.system.machine import System
from tests.support.recorded_system import RecordedSystem


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Leap Indicator: 0(no warning)\nStratum: 4\n", True),
        ("Språngindikator: 0(ingen varning)\r\nStratum: 4\r\n", True),
        ("Leap Indicator: 3(not synchronized)\nStratum: 0 (unspecified)\n", False),
        ("\nSprungindikator: 3(nicht synchronisiert)\n", False),
        ("The following error occurred: The service has not been started. (0x80070426)\n", None),
        ("", None),
    ],
)
def test_the_first_number_is_the_same_in_every_language(text: str, answer: bool | None) -> None:
    """Words are translated; the leap indicator is not."""
    assert w32tm(text) is answer


def test_an_answer_of_windows_that_says_nothing() -> None:
    """And a time service that does not run: neither is "wrong"."""
    system = RecordedSystem("windows-11-laptop")
    assert synchronised(system) == (True, "not_stated")
    system.recorded.commands = {}
    assert synchronised(system) == (None, "time_service_not_running")


def test_this_machines_kernel_is_asked() -> None:
    """The same state as the C library's own call gives."""
    state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))
    assert System().clock_synchronised() is (None if state < 0 else state != 5)
