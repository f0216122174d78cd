"""What it costs to judge a school and to keep what it said: as it is done, and with every reading kept for itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import msgspec
from sqlalchemy import create_engine, text

from tests.bench.benchmark import Context, Figures, Outcome
from tests.bench.judged import JudgedSchool
from tests.bench.planned_school import Fed, fill
from tests.support.postgresql import running_server

COUNTRY_SCHOOLS = 6_000
_SQLITE_BYTES = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
_POSTGRESQL_BYTES = (
    "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)

HOW = (
    "One simulated school whose machines report by the sample's plan, a report a quarter of an hour of a school day "
    "with three readings of Wi-Fi and of round trips each; read from SQLite and judged (its sittings and its rooms) "
    "in a process of its own. CPU seconds; report_cpu_ms: judged again when one machine had reported. Bytes are those "
    "of the whole database by machine and school day, ids included, in PostgreSQL after VACUUM FULL and before. "
    "every_reading is how it was done before: each reading a "
    "content of its own, each report id kept. country_cpu_h: 6 000 such schools, one after the other. ratio: ours / "
    "every_reading in judge_cpu_s."
)


def run(context: Context) -> Outcome:
    """Both ways, each in a database of its own; ours in PostgreSQL too where there is a server."""
    devices, days = (12, 2) if context.quick else (250, 10)
    ours = _measured(context, "hours", devices, days, every_reading=False)
    former = _measured(context, "every_reading", devices, days, every_reading=True)
    ours |= _in_postgresql(context, devices, days)
    ratio = float(ours["judge_cpu_s"] or 0) / float(former["judge_cpu_s"] or 1)
    return Outcome(ours, {"every_reading": former}, {"every_reading": round(ratio, 3)}, HOW)


def _measured(context: Context, name: str, devices: int, days: int, *, every_reading: bool) -> Figures:
    folder = context.folder / name
    folder.mkdir()
    url = f"sqlite:///{folder / 'provklar.db'}"
    context.say(f"{name}: {devices} machines, {days} school days")
    fed = fill(folder, url, devices=devices, days=days, every_reading=every_reading)
    stored = _asked(url, _SQLITE_BYTES)
    context.say(f"{name}: {fed.results} results take {stored / 1e6:.0f} MB; judging")
    return _figures(_judged(folder, url), fed, stored / devices / days)


def _figures(school: JudgedSchool, fed: Fed, bytes_per_device_day: float) -> Figures:
    return {
        "reports": fed.reports,
        "results": fed.results,
        "observations": school.observations,
        "sittings": school.sittings,
        "read_cpu_s": round(school.read_cpu_s, 2),
        "judge_cpu_s": round(school.judge_cpu_s, 2),
        "report_cpu_ms": round(1000 * school.report_cpu_s, 1),
        "peak_mib": round(school.peak_mib),
        "empty_mib": round(school.empty_mib),
        "country_cpu_h": round(COUNTRY_SCHOOLS * school.judge_cpu_s / 3600, 1),
        "bytes_per_device_day": round(bytes_per_device_day),
    }


def _judged(folder: Path, url: str) -> JudgedSchool:
    command = [sys.executable, "-m", "tests.bench.judged", str(folder), url]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=JudgedSchool)


def _in_postgresql(context: Context, devices: int, days: int) -> Figures:
    """As it stands after all was written, with what updates left behind; and with that cleared away."""
    if shutil.which("pg_ctlcluster") is None:
        return {}
    folder = context.folder / "postgresql"
    folder.mkdir()
    context.say("the same in PostgreSQL")
    with running_server() as server:
        url = server.new_database()
        fill(folder, url, devices=devices, days=days, every_reading=False)
        written = _asked(url, _POSTGRESQL_BYTES)
        _vacuum(url)
        cleared = _asked(url, _POSTGRESQL_BYTES)
    return {
        "postgresql_bytes_per_device_day": round(cleared / devices / days),
        "postgresql_before_vacuum_bytes_per_device_day": round(written / devices / days),
    }


def _vacuum(url: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with closing(engine.connect()) as connection:
            connection.execute(text("VACUUM FULL"))
    finally:
        engine.dispose()


def _asked(url: str, question: str) -> int:
    engine = create_engine(url)
    try:
        with closing(engine.connect()) as connection:
            return int(connection.execute(text(question)).scalar_one())
    finally:
        engine.dispose()
