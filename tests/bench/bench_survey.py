"""A survey of a capture: frames per second and peak memory, beside tshark, which prints the same facts of that file."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tests.bench.benchmark import Context, Figures, Outcome
from tests.support.wifi_frames import announcement, data_frame, element, load, pcap

ACCESS_POINTS = 24
OWN = 6
BEACONS_SHARE = 0.25
"""Of all frames; a lesson's air is mostly data."""
RUNS = 3
HOW = (
    "One capture of a lesson's air with radiotap headers, written by the benchmark: 24 access points (6 own) whose "
    "beacons are a quarter of the frames, each with another signal, load and traffic map, and data frames of 60 to "
    "1 500 bytes. Ours is what `provklar-agent survey` does with a file, in a process of its own; tshark prints "
    "BSSID, name, signal, frequency, channel, stations and utilisation of every beacon (-Y wlan.fc.type_subtype==8 -T "
    "fields), which is what ours reads of them, and leaves the sums to others. Both start anew for each of three runs, "
    "in turns; the best of each counts, start included. ratio is frames per second, ours / theirs; tshark_memory is "
    "peak resident memory, ours / theirs (below 1 is less)."
)
FIELDS = (
    "wlan.bssid",
    "wlan.ssid",
    "radiotap.dbm_antsignal",
    "radiotap.channel.freq",
    "wlan.ds.current_channel",
    "wlan.qbss.scount",
    "wlan.qbss.cu",
)
_CHILD = """
import sys
from pathlib import Path
from agent.survey.read import survey_of
found = survey_of(Path(sys.argv[1]), [b"Skolan"], lambda _: None)
print(found.frames, found.announcements, found.malformed, len(found.gathered.own))
"""
_MEASURED = """
import resource, subprocess, sys, time
began = time.monotonic()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
seconds = time.monotonic() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
lines = done.stdout.decode().splitlines()
print(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss, len(lines), lines[0], sep="\\t")
"""


class Run(msgspec.Struct, frozen=True):
    """What one process took, and how it began to answer."""

    seconds: float
    cpu_s: float
    peak_mib: float
    lines: int
    first_line: str


def frames(count: int, seed: int = 1) -> list[bytes]:
    """A lesson's air, in random order."""
    dice = random.Random(seed)
    beacons = [dice.random() < BEACONS_SHARE for _ in range(count)]
    return [_beacon(dice) if beacon else data_frame(dice.randrange(30, 1_470)) for beacon in beacons]


def _beacon(dice: random.Random) -> bytes:
    number = dice.randrange(ACCESS_POINTS)
    name = b"Skolan" if number < OWN else b"Annan %d" % number
    waiting = element(5, bytes([dice.randrange(3), 3, 0, dice.randrange(256)]))
    vendor = element(221, bytes([number]) * 60)
    more = waiting + load(dice.randrange(40), dice.randrange(256)) + element(45, bytes(26)) + vendor
    bssid = f"02:00:00:00:{number:02x}:00"
    return announcement(name, bssid, signal_dbm=dice.randrange(-90, -40), channel=(1, 6, 11)[number % 3], more=more)


def write(file: Path, count: int) -> None:
    """The capture: a piece of air, over and over."""
    piece = frames(min(count, 4_000))
    whole = pcap(piece)
    with file.open("wb") as stream:
        stream.write(whole)
        for _ in range(count // len(piece) - 1):
            stream.write(whole[24:])


def measured(command: Sequence[str]) -> Run:
    """Runs the command in a process whose only child it is."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *command], capture_output=True, text=True, check=True, timeout=900
    )
    seconds, cpu_s, peak_kib, lines, first = done.stdout.rstrip("\n").split("\t", 4)
    return Run(float(seconds), float(cpu_s), int(peak_kib) / 1_024, int(lines), first)


def _figures(runs: Sequence[Run], count: int, size: int) -> Figures:
    best = min(runs, key=lambda run: run.seconds)
    return {
        "frames": count,
        "capture_mb": round(size / 1_000_000, 1),
        "seconds": round(best.seconds, 2),
        "cpu_s": round(min(run.cpu_s for run in runs), 2),
        "frames_per_s": round(count / best.seconds),
        "peak_mib": round(max(run.peak_mib for run in runs), 1),
    }


def run(context: Context) -> Outcome:
    """Both on one file, in turns."""
    count = 8_000 if context.quick else 260_000
    file = context.folder / "lesson.pcap"
    write(file, count)
    size = file.stat().st_size
    ours, theirs = [sys.executable, "-c", _CHILD, str(file)], _tshark(file)
    runs: dict[str, list[Run]] = {"ours": [], "tshark": []}
    for turn in range(1 if context.quick else RUNS):
        context.say(f"run {turn + 1} on {size / 1_000_000:.0f} MB")
        runs["ours"].append(measured(ours))
        runs["tshark"].append(measured(theirs))
    _both_saw_the_same(runs, count)
    mine, peer = _figures(runs["ours"], count, size), _figures(runs["tshark"], count, size)
    ratios = {"tshark": _ratio(mine, peer, "frames_per_s"), "tshark_memory": _ratio(mine, peer, "peak_mib")}
    return Outcome(mine, {"tshark": peer}, ratios, HOW)


def _tshark(file: Path) -> list[str]:
    named = [argument for field in FIELDS for argument in ("-e", field)]
    return ["tshark", "-r", str(file), "-Y", "wlan.fc.type_subtype==8", "-T", "fields", *named]


def _both_saw_the_same(runs: dict[str, list[Run]], count: int) -> None:
    """Otherwise the comparison means nothing: every frame read, and as many beacons in both."""
    seen, announced, malformed, own = map(int, runs["ours"][0].first_line.split())
    printed = runs["tshark"][0].lines
    if (seen, announced, malformed, own) != (count, printed, 0, OWN):
        raise AssertionError(f"ours saw {seen} frames, {announced} beacons, {own} own; tshark printed {printed}")


def _ratio(mine: Figures, peer: Figures, name: str) -> float:
    ours, theirs = mine[name], peer[name]
    assert isinstance(ours, int | float)
    assert isinstance(theirs, int | float)
    return round(ours / theirs, 2)
