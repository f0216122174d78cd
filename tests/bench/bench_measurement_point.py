"""P7: what one core of measurement point carries, beside one core of nginx: virtual pupils, and a single stream."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil

from collector.configuration.model import Measurement
from collector.measurement.server import allow_open_files
from tests.bench.benchmark import Context, Figures, Outcome, cpu_s
from tests.bench.virtual_pupils import Found, Job
from tests.support.measurement_points import BASE, of_its_own, ticket
from tests.support.processes import free_port, running, wait_until_answers

DOWN_BYTES, UP_BYTES = 62_500, 12_500
"""What a pupil gets and gives in a second: 0.5 and 0.1 Mbit/s."""

ENOUGH = 0.95
MOST_PUPILS = 18_000
MORE_TRIALS = 2
"""Beyond those planned, while none has held."""

BOUNDS = Measurement(connections=20_000, connections_per_device=20_000, bytes_per_ticket=10**15, request_seconds=60)
HOW = (
    "One server process (nginx: one worker) on one core, one load process on the other, over loopback. A virtual pupil "
    "has a kept connection; once a second, at a moment of its own, it fetches 62 500 bytes and then sends 12 500 (0.5 "
    "and 0.1 Mbit/s). pupils: the most of those tried with which every pupil got at least 95 % of both over "
    "pupils_seconds (what began in the last of them may end a second later); "
    "the first count is guessed from the CPU time of a short run, the next is larger after a success "
    "and smaller after a failure; so it is a count that was served, and the limit may lie higher. "
    "server_core_share is what the server used of its core then, load_core_share what the load "
    "generator used of its own: near 1 there, the load generator and not the server was the limit. pupils_by_cpu: "
    "pupils / server_core_share. Streams: one connection that repeats 256 MiB. nginx serves files of the same sizes "
    "from tmpfs with sendfile and an open file cache; it answers pupils' POST at once and discards the body (it has "
    "nothing that counts), and takes the stream by PUT into tmpfs, so that its answer means that all has arrived, as "
    "ours does. ratio: ours / theirs in pupils; nginx_by_cpu in pupils_by_cpu; nginx_down and nginx_up in Mbit/s."
)


class Size(msgspec.Struct, frozen=True):
    """How much to try."""

    pilot_pupils: int
    pilot_seconds: float
    seconds: float
    trials: int
    stream_seconds: float
    stream_bytes: int


FULL = Size(1_000, 2, 10, 2, 3, 256 * 1024 * 1024)
QUICK = Size(20, 1, 1, 1, 0.2, 4 * 1024 * 1024)


class Server(msgspec.Struct, frozen=True):
    """A server to load: its process, and the requests that it understands."""

    pid: int
    port: int
    down: Callable[[int], str]
    up: Callable[[int, bool], str]


@contextmanager
def _ours(folder: Path) -> Iterator[Server]:
    shown = ticket(purpose="rehearsal", seconds=3_600)

    def request(method: str, path: str, length: str = "") -> str:
        return f"{method} {BASE}/{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {shown}\r\n{length}\r\n"

    with of_its_own(folder, BOUNDS) as point:
        assert point.process is not None
        yield Server(
            point.process.pid,
            point.port,
            lambda size: request("GET", f"down?bytes={size}"),
            lambda size, _stream: request("POST", "up", f"Content-Length: {size}\r\n"),
        )


@contextmanager
def _nginx(folder: Path, sizes: tuple[int, ...]) -> Iterator[Server]:
    port = free_port()
    for size in sizes:
        (folder / str(size)).write_bytes(os.urandom(size))
    for name in ("body", "put"):
        (folder / name).mkdir()
    file = folder / "nginx.conf"
    file.write_text(
        f"""daemon off; worker_processes 1; worker_rlimit_nofile 20000; pid {folder}/nginx.pid; user root;
        error_log {folder}/error.log crit;
        events {{ worker_connections 19900; }}
        http {{
          access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; open_file_cache max=10;
          keepalive_requests 1000000000;
          client_max_body_size 0; client_body_buffer_size 1m; client_body_temp_path {folder}/body;
          proxy_temp_path {folder}/t1; fastcgi_temp_path {folder}/t2; uwsgi_temp_path {folder}/t3;
          scgi_temp_path {folder}/t4;
          server {{
            listen 127.0.0.1:{port} backlog=1024; root {folder};
            location = /up {{ return 204; }}
            location /put/ {{ dav_methods PUT; }}
          }}
        }}"""
    )
    log = folder / "nginx.log"
    with running(["nginx", "-e", str(log), "-c", str(file)], log=log) as process:
        wait_until_answers(f"http://127.0.0.1:{port}/up", log=log)
        yield Server(
            process.pid,
            port,
            lambda size: f"GET /{size} HTTP/1.1\r\nHost: x\r\n\r\n",
            lambda size, stream: (
                f"{'PUT /put/x' if stream else 'POST /up'} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n"
            ),
        )


def _load(server: Server, job: Job) -> tuple[Found, float]:
    """What the load process found, and the share of a core that the server used meanwhile."""
    before_s = cpu_s(server.pid)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.virtual_pupils", msgspec.json.encode(job).decode()],
        capture_output=True,
        check=False,
        timeout=90,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-2_000:])
    found = msgspec.json.decode(done.stdout, type=Found)
    return found, (cpu_s(server.pid) - before_s) / found.seconds


def _pupils(server: Server, count: int, seconds: float) -> tuple[Found, float]:
    return _load(
        server,
        Job(
            server.port,
            seconds,
            server.down(DOWN_BYTES),
            server.up(UP_BYTES, False),
            DOWN_BYTES,
            UP_BYTES,
            count,
        ),
    )


def _most_pupils(context: Context, name: str, server: Server, size: Size) -> Figures:
    """Tries `trials` counts, fewer after a failure and more after a success; on until one holds, or a few did not."""
    pilot, share = _pupils(server, size.pilot_pupils, size.pilot_seconds)
    count = size.pilot_pupils
    if not context.quick:
        count = min(MOST_PUPILS, int(0.7 * count / max(share, pilot.cpu_s / pilot.seconds, 0.01)))
    best: Figures | None = None
    for trial in range(size.trials + MORE_TRIALS):
        if best and (trial >= size.trials or best["pupils"] == MOST_PUPILS):
            break
        found, share = _pupils(server, count, size.seconds)
        context.say(f"{name}: {count} pupils, {found.satisfied} satisfied, server {share:.2f} of its core")
        if found.worst_share >= ENOUGH:
            best = _figures(found, share, size)
            count = min(MOST_PUPILS, int(count * 1.25))
        elif best:
            break
        else:
            count = max(1, int(count * 0.6))
    if best is None:
        raise RuntimeError(f"{name} did not serve even {found.pupils} pupils: is the machine busy with something else?")
    return best


def _figures(found: Found, share: float, size: Size) -> Figures:
    return {
        "pupils": found.pupils,
        "pupils_seconds": size.seconds,
        "pupils_worst_share": round(found.worst_share, 3),
        "pupils_slowest_ms": round(found.slowest_ms, 1),
        "server_core_share": round(share, 2),
        "load_core_share": round(found.cpu_s / found.seconds, 2),
        "pupils_by_cpu": round(found.pupils / max(share, 0.01)),
    }


def _streams(context: Context, name: str, server: Server, size: Size) -> Figures:
    figures: Figures = {}
    for direction in ("down", "up"):
        job = Job(server.port, size.stream_seconds, down_bytes=size.stream_bytes, up_bytes=size.stream_bytes)
        if direction == "down":
            job = msgspec.structs.replace(job, down=server.down(size.stream_bytes))
        else:
            job = msgspec.structs.replace(job, up=server.up(size.stream_bytes, True))
        found, share = _load(server, job)
        figures[f"stream_{direction}_mbit_s"] = round(found.bytes * 8 / found.seconds / 1e6)
        figures[f"stream_{direction}_server_core_share"] = round(share, 2)
        context.say(f"{name}: one stream {direction} {figures[f'stream_{direction}_mbit_s']} Mbit/s")
    return figures


def _measured(context: Context, name: str, server: Server, size: Size) -> Figures:
    cores = sorted(os.sched_getaffinity(0))
    for part in (psutil.Process(server.pid), *psutil.Process(server.pid).children()):
        part.cpu_affinity(cores[:1])
    os.sched_setaffinity(0, cores[-1:])
    try:
        return _most_pupils(context, name, server, size) | _streams(context, name, server, size)
    finally:
        os.sched_setaffinity(0, cores)


def _memory_folder(context: Context) -> Path:
    """In memory where there is such a folder."""
    memory = Path("/dev/shm")
    folder = (memory if memory.is_dir() else context.folder) / context.folder.name
    folder.mkdir(exist_ok=True)
    return folder


def _ratio(ours: Figures, theirs: Figures, name: str) -> float:
    return round(float(ours[name] or 0) / float(theirs[name] or 1), 3)


def run(context: Context) -> Outcome:
    """Ours first, then nginx, with the same load."""
    size = QUICK if context.quick else FULL
    allow_open_files(MOST_PUPILS)
    with _ours(context.folder) as server:
        ours = _measured(context, "ours", server, size)
    folder = _memory_folder(context)
    try:
        with _nginx(folder, (DOWN_BYTES, size.stream_bytes)) as server:
            theirs = _measured(context, "nginx", server, size)
    finally:
        _remove(folder)
    ratio = {
        "nginx": _ratio(ours, theirs, "pupils"),
        "nginx_by_cpu": _ratio(ours, theirs, "pupils_by_cpu"),
        "nginx_down": _ratio(ours, theirs, "stream_down_mbit_s"),
        "nginx_up": _ratio(ours, theirs, "stream_up_mbit_s"),
    }
    return Outcome(ours, {"nginx": theirs}, ratio, HOW)


def _remove(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
