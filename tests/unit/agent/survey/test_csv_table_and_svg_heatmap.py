"""What a person looks at afterwards: the sheet of rooms, the picture of it, and the bar while waiting."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest

from agent.survey.aggregate import OwnAccessPoint
from agent.survey.csv_table import COLUMNS, Sheet, SheetError, SignalEntry
from agent.survey.progress_bar import ProgressBar
from agent.survey.svg_heatmap import picture

MOMENT = datetime(2026, 9, 21, 8, 30, tzinfo=UTC)
NEAR = OwnAccessPoint("02:00:00:00:00:01", "5", 36, 900, -61, -55, -50, 14, 40.0, 71.4)
FAR = OwnAccessPoint("02:00:00:00:00:02", "2.4", 6, 12, None, None, None, None, None, None)
SVG = "{http://www.w3.org/2000/svg}"


def sheet_of_two_rooms() -> Sheet:
    sheet = Sheet()
    sheet.put("B204", MOMENT, [NEAR])
    sheet.put("A101", MOMENT, [NEAR, FAR])
    return sheet


def test_one_line_per_room_and_access_point() -> None:
    """Sorted by room; what is not known is empty."""
    header, *lines = sheet_of_two_rooms().text().splitlines()
    assert header == (
        "room,captured_at,bssid,band,channel,heard,signal_p10_dbm,signal_median_dbm,signal_p90_dbm,stations_max,"
        "utilisation_median_percent,utilisation_max_percent"
    )
    assert lines == [
        "A101,2026-09-21T08:30:00+00:00,02:00:00:00:00:01,5,36,900,-61,-55,-50,14,40.0,71.4",
        "A101,2026-09-21T08:30:00+00:00,02:00:00:00:00:02,2.4,6,12,,,,,,",
        "B204,2026-09-21T08:30:00+00:00,02:00:00:00:00:01,5,36,900,-61,-55,-50,14,40.0,71.4",
    ]


def test_what_was_written_is_read_again() -> None:
    """The file is the memory between surveys."""
    again = Sheet(sheet_of_two_rooms().text())
    assert again.text() == sheet_of_two_rooms().text()
    assert again.heard() == [
        SignalEntry("A101", NEAR.bssid, -55),
        SignalEntry("A101", FAR.bssid, None),
        SignalEntry("B204", NEAR.bssid, -55),
    ]


def test_a_room_that_is_surveyed_again_is_replaced() -> None:
    """Also when nothing is heard there any more: the room stays, without access points."""
    sheet = sheet_of_two_rooms()
    sheet.put("A101", MOMENT, [])
    assert sheet.rooms() == ["A101", "B204"]
    assert [one.room for one in sheet.heard()] == ["B204"]
    assert sheet.text().splitlines()[1] == "A101,2026-09-21T08:30:00+00:00" + "," * 10


@pytest.mark.parametrize("text", ["shopping list\n", ",".join(COLUMNS) + "\nA101,too short\n", "\n"])
def test_another_file_is_not_overwritten(text: str) -> None:
    """Somebody's own file by the same name."""
    with pytest.raises(SheetError):
        Sheet(text)


def test_a_signal_that_is_no_number() -> None:
    """Somebody has edited the sheet."""
    with pytest.raises(SheetError):
        Sheet(sheet_of_two_rooms().text().replace("-55", "good")).heard()


def drawn() -> ET.Element:
    sheet = sheet_of_two_rooms()
    sheet.put("C1", MOMENT, [])
    return ET.fromstring(picture("Wifi <per sal>", "dBm & mer", sheet.rooms(), sheet.heard()))


def test_the_picture_shows_every_room_access_point_and_signal() -> None:
    """As words, not only as colours; a minus sign is a minus sign."""
    texts = [one.text for one in drawn().iter(f"{SVG}text")]
    assert texts == [
        "Wifi <per sal>", "dBm & mer", NEAR.bssid, FAR.bssid, "A101", "−55", "?", "B204", "−55", "C1",
    ]  # fmt: skip


def test_stronger_is_darker_and_not_heard_is_empty() -> None:
    """Three rooms by two access points; a signal that is not known is pale."""
    fills = [one.get("fill") for one in drawn().iter(f"{SVG}rect")][1:]
    assert fills == ["#4d76a5", "#edf3fa", "#4d76a5", "none", "none", "none"]


def test_colours_end_where_signals_do() -> None:
    """Nothing darker than dark."""
    heard = [SignalEntry("A", "1", -10), SignalEntry("A", "2", -120)]
    boxes = ET.fromstring(picture("", "", ["A"], heard)).iter(f"{SVG}rect")
    assert [one.get("fill") for one in boxes][1:] == ["#084081", "#edf3fa"]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_on_a_terminal_is_redrawn_in_place() -> None:
    """Only when it would look different."""
    terminal = _Terminal()
    bar = ProgressBar(terminal, 200_000_000)
    for read_bytes in (0, 100_000, 100_000_000, 200_000_000, 200_000_000):
        bar(read_bytes)
    bar.end()
    assert terminal.getvalue() == (
        f"\r[{'.' * 30}]   0 %  0/200 MB\r[{'#' * 15}{'.' * 15}]  50 %  100/200 MB\r[{'#' * 30}] 100 %  200/200 MB\n"
    )


def test_in_a_log_it_is_a_few_lines() -> None:
    """At every quarter, and at the end."""
    log = io.StringIO()
    bar = ProgressBar(log, 1_000)
    for read_bytes in range(0, 1_001, 10):
        bar(read_bytes)
    bar.end()
    assert [line[33:38].strip() for line in log.getvalue().splitlines()] == ["0 %", "25 %", "50 %", "75 %", "100 %"]


def test_an_empty_file_has_been_read() -> None:
    """No division by its size."""
    log = io.StringIO()
    ProgressBar(log, 0)(0)
    assert "100 %" in log.getvalue()
