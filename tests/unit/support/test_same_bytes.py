"""The comparison of two checkouts: what it sets aside, what it finds, and that chance is the same in every program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.same_bytes.clock import STILL
from tests.support.same_bytes.differences import SHOWN_COLUMNS, SHOWN_LINES, bounded, counted, differences, in_lines
from tests.support.same_bytes.recording import Recording
from tests.support.same_bytes.refusing import _places, _with
from tests.support.same_bytes.set_aside import Name, SettingAside, shape

DRAWN = "import os, secrets, uuid, random; print({}, secrets.token_hex(8), uuid.uuid4(), random.random())"


def recorded(**texts: str) -> Recording:
    """A recording of pages."""
    recording = Recording()
    for name, text in texts.items():
        recording.note("page", name, text)
    return recording


class TestDifferences:
    def test_the_same(self) -> None:
        assert differences(recorded(a="x", b="y"), recorded(b="y", a="x")) == []

    def test_whatever_differs_is_found_and_shown(self) -> None:
        [found] = differences(recorded(a="x\nold\n", b="y"), recorded(a="x\nnew\n", b="y"))
        assert (found.kind, found.name) == ("page", "a")
        assert found.lines[-3:] == ["-old", "+new", " "]

    def test_what_one_side_alone_has(self) -> None:
        found = differences(recorded(a="x"), recorded(b="x"))
        assert [(one.name, one.lines) for one in found] == [("a", ["only before"]), ("b", ["only after"])]

    def test_a_carriage_return_is_a_difference(self) -> None:
        assert len(differences(recorded(a="x\r\n"), recorded(a="x\n"))) == 1

    def test_a_long_difference_is_cut(self) -> None:
        lines = bounded("\n".join("a" * 500 for _ in range(200)), "\n".join("b" * 500 for _ in range(200)))
        assert len(lines) == SHOWN_LINES + 1
        assert max(map(len, lines)) < SHOWN_COLUMNS + 10

    def test_json_on_one_line_is_shown_by_its_parts(self) -> None:
        assert "".join(in_lines('[{"a":1,"b":[{"c":2}]}]')) == '[{"a":1,"b":[{"c":2}]}]'
        lines = bounded('{"a":1,"b":2,"c":3}', '{"a":1,"b":7,"c":3}')
        assert [line for line in lines[3:] if line[0] in "+-"] == ['-"b":2,', '+"b":7,']

    def test_counts(self) -> None:
        before, after = recorded(a="x", b="y"), recorded(a="x", b="z")
        assert next(counted(before, after, differences(before, after))).split() == [
            "page",
            "2",
            "compared",
            "1",
            "differ",
        ]


class TestRecording:
    def test_a_name_that_comes_again_gets_a_number(self) -> None:
        recording = Recording()
        for text in ("x", "y", "z"):
            recording.note("page", "a", text)
        assert [name for _, name in recording.texts] == ["a", "a #2", "a #3"]

    def test_each_text_is_saved_to_a_file_of_its_own(self, tmp_path: Path) -> None:
        recording = recorded()
        for name in ("GET /a?b=c", "GET /a%3Fb=c", "x" * 400 + "1", "x" * 400 + "2"):
            recording.note("page", name, name)
        recording.save(tmp_path)
        assert sorted(path.read_text() for path in (tmp_path / "page").iterdir()) == sorted(
            name for _, name in recording.texts
        )


class TestSettingAside:
    @pytest.mark.parametrize(
        ("rule", "told", "left"),
        [
            ("date", "200\ndate: Wed, 25 Nov 2026\nx-date: 1", "200\ndate: <date>\nx-date: 1"),
            (
                "file times",
                'etag: "1"\nlast-modified: x\nage: 1',
                "etag: <of the file>\nlast-modified: <of the file>\nage: 1",
            ),
            (
                "rate limit",
                "retry-after: 6\n\nTry again in 6 s.",
                "retry-after: <seconds>\n\nTry again in <seconds> s.",
            ),
            ("key", '{"school":"1","key":"secret"}', '{"school":"1","key":"<key>"}'),
            ("measured", "rtt_p95_ms is 12.5 at 12:30 of a1", "rtt_p95_ms is <number> at <number> of a1"),
            (
                "monotonic",
                'content-length: 59\nage: 1\n\n{"bytes":9,"started_s":3.5,"slices":[{"until_s":0.1,"bytes":9}]}',
                'content-length: <seconds>\nage: 1\n\n{"bytes":9,"started_s":<seconds>}',
            ),
        ],
    )
    def test_a_rule_takes_what_it_names_and_no_more(self, rule: Name, told: str, left: str) -> None:
        aside = SettingAside("/checkout")
        assert aside.apply(told, rule) == left
        assert aside.counts[rule] > 0

    def test_answers_that_count_nothing_keep_their_length(self) -> None:
        told = 'content-length: 59\n\n{"code":"malformed"}'
        assert SettingAside("/checkout").apply(told, "monotonic") == told

    def test_the_checkout_has_no_name(self) -> None:
        aside = SettingAside("/tmp/before")
        assert aside.apply("/tmp/before/collector/app.py", "date") == "<checkout>/collector/app.py"
        assert [line.split()[0] for line in aside.told()] == ["checkout"]

    def test_of_what_was_measured_the_kinds_are_left(self) -> None:
        rows = [{"ms": 1.5, "n": 1, "up": True}, {"ms": 2.5, "n": 2, "up": True}, {"ms": None, "n": 2, "up": False}]
        alike, other = {"ms": "<float>", "n": "<int>", "up": True}, {"ms": None, "n": "<int>", "up": False}
        assert shape({"rows": rows, "why": "x"}) == {"rows": [alike, other], "why": "x"}


class TestUntrueReports:
    def test_every_place_is_found_and_can_be_spoiled_alone(self) -> None:
        report = {"a": 1, "b": [{"c": 2}]}
        assert list(_places(report)) == [("a",), ("b",), ("b", 0), ("b", 0, "c")]
        assert _with(report, ("b", 0, "c"), None) == {"a": 1, "b": [{"c": None}]}
        assert _with(report, ("b", 0, "c"), ...) == {"a": 1, "b": [{}]}
        assert report == {"a": 1, "b": [{"c": 2}]}


class TestChance:
    def drawn(self, step: str, first: Sequence[str] = ()) -> list[str]:
        """What a program of that step draws, after having drawn something else."""
        program = DRAWN.format(", ".join(first) or "''")
        environment = {**os.environ, "PYTHONPATH": str(STILL), "SAME_BYTES_STEP": step}
        return subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        ).stdout.split()[-3:]

    def test_it_is_the_same_in_every_program_and_other_in_every_step(self) -> None:
        once = self.drawn("serve 1")
        assert once == self.drawn("serve 1")
        assert not {*once[:2]} & {*self.drawn("serve 2")[:2]}

    def test_a_draw_of_another_size_changes_nothing(self) -> None:
        assert self.drawn("serve 1") == self.drawn("serve 1", ["os.urandom(32)", "os.urandom(7)"])
