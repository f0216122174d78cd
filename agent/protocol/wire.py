"""The wire format between devices and the collector: the only module of `agent` that `collector` imports.

Everything here is data. Times are timezone-aware UTC. Units stand at the end of every fact's name
(`rtt_p95_ms`, `memory_total_mib`). `SCHEMA` is raised when a change would make an older reader read wrongly;
the collector reads that version and the one before it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

SCHEMA = 1
OLDEST_READ = 1
"""The oldest schema that a collector of this version still reads (the one before `SCHEMA`, once there is one)."""

FactValue = bool | int | float | str | None
Facts = dict[str, FactValue]

ShortText = Annotated[str, msgspec.Meta(max_length=200)]
Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
SchoolCode = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{8}$")]
UtcTime = Annotated[datetime, msgspec.Meta(tz=True)]

ResultStatus = Literal["ok", "failed", "timeout", "unsupported"]


class ProbeError(msgspec.Struct, frozen=True):
    """Why a probe gave no facts: a stable code for programs, a sentence for people."""

    code: Identifier
    message: Annotated[str, msgspec.Meta(max_length=500)]


class ProbeResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one probe found, or why it found nothing.

    A fact that the system hides or that was not there is `None` in `facts`, and `missing` says why with a code
    such as `no_screen`, `not_installed`, `permission_denied`. `rows` is a short list of flat records of one kind.
    """

    probe: Identifier
    version: int
    status: ResultStatus
    started_at: UtcTime
    duration_s: Annotated[float, msgspec.Meta(ge=0, le=86_400)]
    facts: Annotated[Facts, msgspec.Meta(max_length=200)] = {}
    missing: Annotated[dict[str, ShortText], msgspec.Meta(max_length=200)] = {}
    rows: Annotated[list[Facts], msgspec.Meta(max_length=500)] = []
    error: ProbeError | None = None


class Report(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a device sends. `report_id` is unique for ever: sending a report twice stores it once. One that counts
    (`RUN.NUMBER`, 16 hexadecimal digits drawn by chance and a number from 1 up) costs the collector no space.

    `sent_at` is stamped when the report leaves, not when it was measured, so that the collector can see how far
    off the device's clock is. `dropped_count` is how many older reports the device had to throw away because its
    outbox was full, since the report before this one.
    """

    schema: int
    report_id: Identifier
    device_id: Identifier
    sent_at: UtcTime
    agent_version: ShortText
    school: SchoolCode
    room: Identifier | None
    results: Annotated[list[ProbeResult], msgspec.Meta(max_length=50)]
    dropped_count: Annotated[int, msgspec.Meta(ge=0)] = 0


class ReportBatch(msgspec.Struct, frozen=True):
    """The body of `POST /api/v1/reports`: reports stay raw, so that one bad report does not spoil its neighbours."""

    reports: Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=500)]


class ReportAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The collector's answer to one report. `code`, `place` and `message` say why one was rejected; an accepted
    report may carry a `code` too (`clock_corrected`, `not_at_school`). `index` is its place in the batch.
    """

    index: int
    outcome: Literal["accepted", "duplicate", "rejected"]
    report_id: str | None = None
    code: str | None = None
    place: str | None = None
    message: str | None = None


class BatchAnswer(msgspec.Struct, frozen=True):
    """The answer to a batch: one entry per report, in order."""

    answers: list[ReportAnswer]


class Enrolment(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of `POST /api/v1/enrolments`. `label` is a pseudonym that IT chose; never a person's name."""

    school: SchoolCode
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    room: Identifier | None = None
    label: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    simulated: bool = False


UNKNOWN_ROOM = "unknown_room"
"""The code of a refusal for a room that the school does not have."""


class Enrolled(msgspec.Struct, frozen=True):
    """The answer to an enrolment. The token is shown this once; the collector keeps only its hash."""

    device_id: Identifier
    token: str


class Host(msgspec.Struct, frozen=True):
    """A host that a sitting depends on."""

    name: ShortText
    port: int = 443
    purpose: ShortText = ""


class ThroughputLimits(msgspec.Struct, frozen=True):
    """Bounds of one throughput run, per direction. A run stops as soon as the half-width of its confidence interval
    is at most `precision` of its estimate. It adds connections, up to `connections`, only while the line is not full.
    """

    connections: Annotated[int, msgspec.Meta(ge=1, le=16)] = 16
    max_seconds: Annotated[float, msgspec.Meta(gt=0, le=30)] = 4.0
    max_bytes: Annotated[int, msgspec.Meta(ge=100_000)] = 1_000_000_000
    precision: Annotated[float, msgspec.Meta(gt=0, le=0.5)] = 0.03


class ProbePlan(msgspec.Struct, frozen=True):
    """How often a probe runs (seconds, with a random shift up to `jitter_s`) and how long it may take."""

    probe: Identifier
    every_s: Annotated[int, msgspec.Meta(ge=10)]
    jitter_s: Annotated[int, msgspec.Meta(ge=0)] = 0
    deadline_s: Annotated[float, msgspec.Meta(gt=0, le=600)] = 30.0


RungKind = Literal["link", "gateway", "dns", "internet", "tls", "proxy", "login", "service", "websocket"]


class Rung(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rung of the ladder from the own link up to the test service.

    `target` is a host, an address or a URL, as the kind needs; `expect` holds what must be found there (`issuer`,
    `fingerprint_sha256`, `scope`, `status`). Slower than `slow_ms` is `slow`.
    """

    id: Identifier
    kind: RungKind
    target: ShortText | None = None
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 443
    slow_ms: Annotated[float, msgspec.Meta(gt=0)] = 1_000.0
    expect: dict[str, ShortText] = {}


class InternetLimits(msgspec.Struct, frozen=True):
    """Bounds of one test towards the public internet by speedtest-cli, which runs as a child process."""

    max_seconds: Annotated[float, msgspec.Meta(gt=0, le=120)] = 60.0
    max_memory_mib: Annotated[int, msgspec.Meta(ge=64)] = 256
    server_url: ShortText | None = None


class LeaseRequest(msgspec.Struct, frozen=True):
    """The body of `POST /api/v1/leases`: leave to fill the line of the device's school for a moment."""

    probe: Identifier


class Lease(msgspec.Struct, frozen=True):
    """Leave to fill the line, given to one device of a school at a time. It dies at `expires_at` by itself;
    `DELETE /api/v1/leases/{lease_id}` gives it back early. `ticket` opens the measurement point. `valid_s` says the
    same as `expires_at` to a device whose clock is off: seconds from when it asked.
    """

    lease_id: Identifier
    ticket: str
    expires_at: UtcTime
    valid_s: Annotated[float, msgspec.Meta(gt=0)]


class Policy(msgspec.Struct, frozen=True):
    """What the collector asks of a device: `GET /api/v1/policy`, with an ETag.

    `measurement_url` is the measurement point's base, for example `http://collector:8080/measure/v1`. `ticket` opens
    it for the cheap probes only (round trips); filling the line takes a lease. Ids of hardware are hashed under
    `machine_key` before they leave a machine; without one none do.
    """

    schema: int
    plans: list[ProbePlan]
    measurement_url: str
    hosts: list[Host]
    throughput: ThroughputLimits = ThroughputLimits()
    latency_samples: Annotated[int, msgspec.Meta(ge=1, le=200)] = 20
    upload_every_s: Annotated[int, msgspec.Meta(ge=5)] = 60
    outbox_max_reports: Annotated[int, msgspec.Meta(ge=10)] = 2_000
    ticket: str = ""
    ladder: Annotated[list[Rung], msgspec.Meta(max_length=100)] = []
    internet: InternetLimits | None = None
    machine_key: str = ""


class Slice(msgspec.Struct, frozen=True):
    """Bytes that arrived until `until_s` (seconds since this request's first byte, receiver's monotonic clock)."""

    until_s: float
    bytes: int


class UploadCount(msgspec.Struct, frozen=True):
    """The receiver's count of one upload connection. `started_s` is the receiver's monotonic clock at the first
    byte, so that parallel connections to the same process can be laid beside each other.
    """

    bytes: int
    started_s: float
    slices: list[Slice]


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Every refusal from the collector's API: a stable code, a sentence that says what to do, and where."""

    code: str
    message: str
    place: str | None = None
