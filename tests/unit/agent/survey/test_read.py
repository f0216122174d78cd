"""Whole captures, beside what tshark reads in the same files, and the memory that reading takes."""

from __future__ import annotations

import csv
import random
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median_low

import pytest

from agent.survey.read import Survey, survey_of
from tests.support.wifi_frames import (
    CAPTURED_AT_S,
    announcement,
    data_frame,
    element,
    load,
    pcap,
    pcapng,
    written,
)

FIELDS = (
    "wlan.bssid",
    "radiotap.dbm_antsignal",
    "wlan.ds.current_channel",
    "wlan.qbss.scount",
    "wlan.qbss.cu",
    "radiotap.channel.freq",
    "wlan.fc.type_subtype",
)
OWN = [f"02:00:00:00:00:{number:02x}" for number in range(3)]
FOREIGN = [f"06:00:00:00:00:{number:02x}" for number in range(5)]


def survey(file: Path, *ssids: bytes) -> Survey:
    return survey_of(file, ssids or (b"Skolan",), lambda _: None)


def frames_of_a_lesson(seed: int = 1) -> list[bytes]:
    """Three own access points, five foreign ones, and traffic."""
    dice = random.Random(seed)
    frames: list[bytes] = []
    for _ in range(60):
        for number, bssid in enumerate(OWN):
            busy = load(dice.randrange(40), dice.randrange(256))
            signal = dice.randrange(-80, -40) - number
            frames.append(announcement(b"Skolan", bssid, signal_dbm=signal, channel=(1, 6, 11)[number], more=busy))
        frames += [announcement(b"Annan", one, signal_dbm=dice.randrange(-95, -60)) for one in FOREIGN]
        frames += [data_frame(dice.randrange(1_000)) for _ in range(5)]
    dice.shuffle(frames)
    return frames


def as_tshark_sees(file: Path) -> list[dict[str, str]]:
    """Every beacon's fields."""
    fields = [argument for field in FIELDS for argument in ("-e", field)]
    command = [
        "tshark",
        "-r",
        str(file),
        "-Y",
        "wlan.fc.type_subtype == 8",
        "-T",
        "fields",
        "-E",
        "separator=,",
        *fields,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return [dict(zip(FIELDS, line, strict=True)) for line in csv.reader(done.stdout.splitlines())]


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("make", [pcap, pcapng])
def test_the_same_figures_as_tshark(make: type, tmp_path: Path) -> None:
    """Signal, clients, load and channel of every own access point, and how many foreign ones there are."""
    file = written(tmp_path, make(frames_of_a_lesson()))
    seen = as_tshark_sees(file)
    signals, stations, utilisations = defaultdict[str, list[int]](list), Counter[str](), Counter[str]()
    channels: dict[str, int] = {}
    for one in seen:
        bssid = one["wlan.bssid"]
        signals[bssid].append(int(one["radiotap.dbm_antsignal"]))
        stations[bssid] = max(stations[bssid], int(one["wlan.qbss.scount"] or 0))
        utilisations[bssid] = max(utilisations[bssid], int(one["wlan.qbss.cu"] or 0))
        channels[bssid] = int(one["wlan.ds.current_channel"])
    found = survey(file)
    assert (found.announcements, len(seen), found.frames, found.malformed) == (480, 480, 780, 0)
    assert {one.bssid for one in found.gathered.own} == set(OWN)
    for own in found.gathered.own:
        ordered = sorted(signals[own.bssid])
        assert own.signal_median_dbm == median_low(ordered)
        assert (own.signal_p10_dbm, own.signal_p90_dbm) == (ordered[5], ordered[53])
        assert (own.heard, own.channel) == (60, channels[own.bssid])
        assert own.stations_max == stations[own.bssid]
        assert own.utilisation_max_percent == round(utilisations[own.bssid] / 2.55, 1)
    strongest = max(median_low(sorted(signals[bssid])) for bssid in FOREIGN)
    (sixth,) = [one for one in found.gathered.channels if one.channel == 6]
    assert (sixth.foreign_access_points, sixth.foreign_strongest_dbm) == (5, strongest)


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("cut", [6, 11, 17, 30, 45, 55, 66])
def test_what_tshark_finds_malformed_is_not_believed(cut: int, tmp_path: Path) -> None:
    """A beacon that was cut off in the air, between two that were not."""
    whole = announcement(b"Skolan", OWN[0], more=load(3, 100))
    file = written(tmp_path, pcap([whole, whole[:cut], whole]))
    command = ["tshark", "-r", str(file), "-Y", "_ws.malformed", "-T", "fields", "-e", "frame.number"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    found = survey(file)
    assert done.stdout.split() == ["2"]
    assert (found.frames, found.malformed, found.announcements) == (3, 1, 2)
    assert found.gathered.own[0].heard == 2


def test_a_capture_of_everything_else(tmp_path: Path) -> None:
    """Other link types are counted apart, and times come out."""
    found = survey(written(tmp_path, pcap([b"\0" * 60] * 3, link_type=1)))
    assert (found.frames, found.without_radiotap, found.announcements, found.malformed) == (3, 3, 0, 0)
    assert (found.first_s, found.last_s) == (CAPTURED_AT_S, CAPTURED_AT_S + 2)


def test_a_capture_that_broke_off(tmp_path: Path) -> None:
    """Counts what came until then, and says so."""
    frame = announcement(b"Skolan", OWN[0])
    found = survey(written(tmp_path, pcap([frame, frame])[:-3]))
    assert (found.frames, found.cut_short, len(found.gathered.own)) == (1, True, 1)


def test_progress_is_told_until_the_end(tmp_path: Path) -> None:
    """About every megabyte, and at last the whole size."""
    file = written(tmp_path, pcap([data_frame(100_000)] * 35))
    told: list[int] = []
    survey_of(file, [b"Skolan"], told.append)
    assert told[-1] == file.stat().st_size
    assert told == sorted(told)
    assert len(told) == 4


CHILD = """
import resource, sys
from pathlib import Path
from agent.survey.read import survey_of
import scapy.layers.dot11
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = survey_of(Path(sys.argv[1]), [b"Skolan"], lambda _: None)
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(grown, found.frames, found.announcements, found.malformed, len(found.gathered.own))
"""


def test_a_large_capture_takes_little_memory(tmp_path: Path) -> None:
    """200 MB of traffic with beacons in between: less than 20 MB more than before, all frames seen."""
    beacons = pcap([announcement(b"Skolan", OWN[0], more=element(221, b"\0" * 90))] * 3)[24:]
    piece = pcap([data_frame(1_450)] * 700)[24:] + beacons
    pieces = 200_000_000 // len(piece) + 1
    file = tmp_path / "large.pcap"
    with file.open("wb") as stream:
        stream.write(pcap([]))
        for _ in range(pieces):
            stream.write(piece)
    command = [sys.executable, "-c", CHILD, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    grown_kib, frames, announcements, malformed, own = map(int, done.stdout.split())
    file.unlink()
    assert (frames, announcements, malformed, own) == (pieces * 703, pieces * 3, 0, 1)
    assert grown_kib * (1 if sys.platform == "linux" else 1 / 1_024) < 20_000
