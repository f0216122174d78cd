"""The settings of the collector and the whole of a loaded configuration, as frozen values.

Every setting is written once: here, with its default. The sample `config/collector.yaml` and the table in
`docs/settings.md` are checked against these fields.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from agent.protocol.wire import Host, Identifier, InternetLimits, ProbePlan, Rung, ThroughputLimits
from collector.channels import settings_fields
from collector.configuration.network import AccessPointPlace, NetworkDevice
from collector.readiness.domain.breaks import Break
from collector.readiness.domain.inventory import Listed
from collector.readiness.domain.model import Profile, Releases, School, SharedLine, Sitting
from collector.readiness.leases.rules import LeaseRules


class Listen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the collector answers. `PROVKLAR_PORT` in the environment overrides `port`. `trusted_proxies` are addresses
    or networks of reverse proxies that are believed when they say from whom a request comes.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 8080
    trusted_proxies: list[str] = msgspec.field(default_factory=lambda: ["127.0.0.1", "::1"])


class Agents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every agent is told to do: becomes the policy. `measurement_url` defaults to the collector itself;
    without `internet`, nobody may test towards the public internet.
    """

    plans: list[ProbePlan]
    hosts: list[Host] = []
    measurement_url: str | None = None
    throughput: ThroughputLimits = ThroughputLimits()
    latency_samples: Annotated[int, msgspec.Meta(ge=1, le=200)] = 20
    upload_every_s: Annotated[int, msgspec.Meta(ge=5)] = 60
    outbox_max_reports: Annotated[int, msgspec.Meta(ge=10)] = 2_000
    internet: InternetLimits | None = None


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds that protect the collector: body sizes in bytes, requests per minute and device."""

    body_bytes: Annotated[int, msgspec.Meta(ge=1_024)] = 4 * 1024 * 1024
    decompressed_bytes: Annotated[int, msgspec.Meta(ge=1_024)] = 32 * 1024 * 1024
    requests_per_minute: Annotated[int, msgspec.Meta(ge=1)] = 120
    queued_reports: Annotated[int, msgspec.Meta(ge=100)] = 20_000


class Measurement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The measurement point: the file with the secret that tickets are signed with, and its bounds.

    `request_seconds` is for one download or upload; a ticket's end may come earlier. Pages of `allowed_origins` may use
    it from a browser; without any, those of `public_url`. `stands` says whether it is in the authority's own network:
    what is measured towards it proves the line to there only, and what lies beyond takes tests of its own.
    """

    secret_file: str | None = None
    connections: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 2_000
    connections_per_device: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 32
    bytes_per_ticket: Annotated[int, msgspec.Meta(ge=1_000_000)] = 4_000_000_000
    request_seconds: Annotated[float, msgspec.Meta(ge=1, le=3_600)] = 60.0
    allowed_origins: list[str] = []
    stands: Literal["inside", "outside"] = "outside"


class WebProbe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The page `/prob`, where any browser joins by school code and room, without login. The bounds are on browsers that
    were not here before; one that is silent so many days is forgotten.
    """

    enabled: bool = True
    devices_per_school_and_day: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1_000
    joins_per_address_and_minute: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 300
    forget_after_days: Annotated[int, msgspec.Meta(ge=1, le=400)] = 30


if TYPE_CHECKING:
    ChannelSettings = msgspec.Struct
else:
    ChannelSettings = msgspec.defstruct("ChannelSettings", settings_fields(), frozen=True)
"""The keys that the channels of warnings declare."""


class Alerting(ChannelSettings, frozen=True, forbid_unknown_fields=True):
    """Where warnings go, and when. Without a channel's keys they are decided, shown and logged, and go nowhere."""

    days_before: Annotated[
        list[Annotated[int, msgspec.Meta(ge=0, le=365)]],
        msgspec.Meta(description="Days before a sitting on which its problems are told"),
    ] = msgspec.field(default_factory=lambda: [30, 14, 7, 1, 0])
    every_s: Annotated[int, msgspec.Meta(ge=5, description="Seconds between decisions")] = 60


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`collector.yaml`. `PROVKLAR_DATA` in the environment overrides `data_dir`; `public_url` is what people and
    devices reach the collector by, and defaults to the listening address.
    """

    authority: str
    profile: Identifier
    agents: Agents
    listen: Listen = Listen()
    public_url: str | None = None
    data_dir: str = "var"
    database_url: str | None = None
    judge_every_s: Annotated[int, msgspec.Meta(ge=1)] = 60
    reload_every_s: Annotated[int, msgspec.Meta(ge=1)] = 10
    retention_days: Annotated[int, msgspec.Meta(ge=1)] = 400
    limits: Limits = Limits()
    measurement: Measurement = Measurement()
    leases: LeaseRules = LeaseRules()
    web_probe: WebProbe = WebProbe()
    alerting: Alerting = Alerting()


class Configuration(msgspec.Struct, frozen=True):
    """All of `config/`, valid and consistent. `schools` by code, `profiles` by id, sittings in calendar order;
    `machines` are those of each school that `devices.csv` lists.
    """

    folder: Path
    loaded_at: datetime
    settings: Settings
    schools: dict[str, School]
    sittings: list[Sitting]
    profiles: dict[str, Profile]
    releases: Releases
    ladder: list[Rung] = []
    network: list[NetworkDevice] = []
    access_points: list[AccessPointPlace] = []
    lines: list[SharedLine] = []
    breaks: list[Break] = []
    machines: dict[str, Listed] = {}

    def schools_on_line(self, school: str) -> list[str]:
        """The schools on the line of this one, itself among them."""
        return next((line.schools for line in self.lines if school in line.schools), [school])

    def profile_for(self, sitting: Sitting) -> Profile:
        """The profile that this sitting is judged by: its own, else the default."""
        return self.profiles[sitting.profile or self.settings.profile]
