"""Two real agents and one collector: they take turns on the school's line."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.support.collectors import Place, place_in, serving


def leases(place: Place) -> list[tuple[int, int, str | None]]:
    """When each lease began and would have ended, in microseconds, and whether it is held."""
    engine = create_engine(f"sqlite:///{place.data / 'provklar.db'}")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT granted_at, expires_at, holds_line FROM leases ORDER BY granted_at"))
        found = [(row[0], row[1], row[2]) for row in rows]
    engine.dispose()
    return found


def test_two_agents_never_fill_the_line_at_once(tmp_path: Path) -> None:
    """Both measure at the same moment: one waits until the other has given the line back."""
    place = place_in(tmp_path)
    settings = place.config / "collector.yaml"
    lines = settings.read_text().splitlines(keepends=True)
    settings.write_text("".join(line for line in lines if "- {probe:" not in line or "throughput" in line))
    # Never sure, so that each run lasts: the other one can't miss it.
    place.replace("collector.yaml", "    max_seconds: 1\n", "    max_seconds: 3\n    precision: 0.0001\n")
    with serving(place):
        for name in ("one", "two"):
            assert place.agent("enroll", name=name, key=place.key()).returncode == 0

        def once(name: str) -> str:
            done = place.run("provklar-agent", "once", "--language", "en", *place.agent_options(name))
            assert done.returncode == 0, done.stderr
            return done.stderr

        with ThreadPoolExecutor(2) as both:
            said = list(both.map(once, ("one", "two")))
    assert all("Measuring: throughput" in one for one in said)
    waited = [re.findall(r"Waiting \d+ s with throughput", one) for one in said]
    assert sum(bool(waits) for waits in waited) == 1, said
    first, second = leases(place)
    assert first[0] < second[0]
    assert (first[2], second[2]) == (None, None), "both gave the line back"
