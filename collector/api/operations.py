"""Every operation that a program may ask of the collector, as data: the OpenAPI document is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from agent.protocol import wire
from collector.api.answers import DeviceAnswer, HealthAnswer, IncidentAnswer, SittingAnswer
from collector.api.rooms import SchoolRoomsAnswer
from collector.i18n.messages import LANGUAGES
from collector.readiness.domain.model import Status
from collector.web_probe.answers import DeviceVerdictAnswer, Surroundings, WebDevice

JSON = "application/json"


class ReportBatch(msgspec.Struct, frozen=True):
    """The body of `POST /api/v1/reports`: each report is checked on its own, so one that is wrong is answered for
    itself and the rest are kept.
    """

    reports: list[wire.Report]


class Parameter(msgspec.Struct, frozen=True):
    """A value in the path, the query or a header."""

    name: str
    place: str
    about: str
    schema: Mapping[str, Any] = msgspec.field(default_factory=lambda: {"type": "string"})
    required: bool = False


class Answer(msgspec.Struct, frozen=True):
    """What comes back with one HTTP status; without a `body` nothing does."""

    about: str
    body: object = None
    media_type: str = JSON


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one path. `token` says that it needs a device's bearer token."""

    path: str
    summary: str
    answers: Mapping[int, Answer]
    method: str = "get"
    parameters: list[Parameter] = []
    body: object = None
    body_media_type: str = JSON
    token: bool = False


SCHOOL = Parameter("school", "query", "Only this school (8-digit skolenhetskod).")
STATUS = Parameter(
    "status",
    "query",
    "Only verdicts with this status.",
    {"type": "string", "enum": [status.value for status in Status]},
)
LANGUAGE = Parameter(
    "lang",
    "query",
    "Language of the sentences; Swedish unless told otherwise.",
    {"type": "string", "enum": [*LANGUAGES]},
)
SITTING = Parameter("sitting", "path", "The sitting's id in calendar.yaml.", required=True)
LEASE = Parameter("lease_id", "path", "The lease's id.", required=True)
LEASED_PROBE = Parameter("probe", "query", "What would fill the line; `throughput` unless written.")
KNOWN_POLICY = Parameter("If-None-Match", "header", "The ETag of the policy that the device has.")
DOWN_BYTES = Parameter(
    "bytes",
    "query",
    "How many bytes to send; the collector has a cap.",
    {"type": "integer", "minimum": 1},
    required=True,
)

REFUSED = Answer("The question cannot be answered as it was put.", wire.Problem)
NO_TICKET = Answer("No ticket, or one that is not valid (any more): fetch the policy or ask for a lease.", wire.Problem)
OTHER_TICKET = Answer("The ticket is for round trips alone: ask for a lease.", wire.Problem)
NO_TOKEN = Answer("No token, or one that is unknown or revoked: enrol again.", wire.Problem)
TOO_MANY = Answer("Too many requests: wait as `Retry-After` says.", wire.Problem)
LATER = Answer("The collector is busy or cannot reach its store: ask again as `Retry-After` says.", wire.Problem)
BODY_REFUSED = {
    400: Answer("The body cannot be read; `place` says where.", wire.Problem),
    408: Answer("The body did not arrive in time.", wire.Problem),
    413: Answer("The body is larger than the collector's limits.", wire.Problem),
    415: Answer("The body is compressed with something else than gzip.", wire.Problem),
}

OPERATIONS = [
    Operation(
        path="/healthz",
        summary="Whether the collector does its work.",
        answers={
            200: Answer("It does.", HealthAnswer),
            503: Answer("Judging has stopped or the database does not answer.", HealthAnswer),
        },
    ),
    Operation(
        path="/metrics",
        summary="The newest judgement for Prometheus; a scrape measures nothing.",
        answers={200: Answer("Prometheus or OpenMetrics text.", str, "text/plain")},
    ),
    Operation(
        path="/api/v1/sittings",
        summary="Every sitting that is still to come, with its verdict, in calendar order.",
        parameters=[SCHOOL, STATUS, LANGUAGE],
        answers={200: Answer("The sittings.", list[SittingAnswer]), 400: REFUSED},
    ),
    Operation(
        path="/api/v1/sittings/{sitting}",
        summary="One sitting, with every number behind its findings.",
        parameters=[SITTING, LANGUAGE],
        answers={
            200: Answer("The sitting.", SittingAnswer),
            400: REFUSED,
            404: Answer("No such sitting is being judged.", wire.Problem),
        },
    ),
    Operation(
        path="/api/v1/rooms",
        summary="The rooms of every school: what is known of their air, and how each is judged if it is full.",
        parameters=[SCHOOL, LANGUAGE],
        answers={200: Answer("The schools with their rooms.", list[SchoolRoomsAnswer]), 400: REFUSED},
    ),
    Operation(
        path="/api/v1/devices",
        summary="The devices that are enrolled and not revoked.",
        parameters=[SCHOOL],
        answers={200: Answer("The devices.", list[DeviceAnswer]), 400: REFUSED},
    ),
    Operation(
        path="/api/v1/incidents",
        summary="What fails on the way to the test right now, where, since when and who has to act.",
        parameters=[SCHOOL, LANGUAGE],
        answers={200: Answer("The incidents, the earliest first.", list[IncidentAnswer]), 400: REFUSED},
    ),
    Operation(
        path="/api/v1/openapi.json",
        summary="This document.",
        answers={200: Answer("An OpenAPI 3.1 document.", dict[str, Any])},
    ),
    Operation(
        path="/api/v1/enrolments",
        method="post",
        summary="Enrols a device with its school's key; the token in the answer is shown this once.",
        body=wire.Enrolment,
        answers={
            201: Answer("Enrolled.", wire.Enrolled),
            **BODY_REFUSED,
            403: Answer("The key is wrong or revoked.", wire.Problem),
            404: Answer("The collector has no such school.", wire.Problem),
            429: TOO_MANY,
            503: LATER,
        },
    ),
    Operation(
        path="/api/v1/web-devices",
        method="post",
        summary="A browser joins by school code and room, without a key, and gets a token of its own.",
        body=WebDevice,
        answers={
            201: Answer("The browser's id and token; the token is shown this once.", wire.Enrolled),
            **BODY_REFUSED,
            403: Answer("The collector, or the school, takes no browsers.", wire.Problem),
            404: Answer("There is no such school or room.", wire.Problem),
            429: TOO_MANY,
            503: LATER,
        },
    ),
    Operation(
        path="/api/v1/web-devices/verdict",
        summary="Whether this one device is ready, by the profile of its school's next sitting.",
        parameters=[LANGUAGE],
        token=True,
        answers={200: Answer("The verdict, what is wrong first.", DeviceVerdictAnswer), 401: NO_TOKEN, 503: LATER},
    ),
    Operation(
        path="/api/v1/web-devices/surroundings",
        summary="The right time, and whether Safe Exam Browser sent this request.",
        answers={200: Answer("What the collector sees.", Surroundings)},
    ),
    Operation(
        path="/api/v1/policy",
        summary="What the device is to measure, how often and against what.",
        parameters=[KNOWN_POLICY],
        token=True,
        answers={
            200: Answer("The policy, with an ETag.", wire.Policy),
            304: Answer("The device has the newest policy."),
            401: NO_TOKEN,
            503: LATER,
        },
    ),
    Operation(
        path="/api/v1/reports",
        method="post",
        summary="Takes reports, at least once: a report that was sent before is a duplicate and no error.",
        body=ReportBatch,
        token=True,
        answers={
            200: Answer("One answer per report, in order.", wire.BatchAnswer),
            **BODY_REFUSED,
            401: NO_TOKEN,
            429: TOO_MANY,
            503: LATER,
        },
    ),
    Operation(
        path="/api/v1/leases",
        method="post",
        summary="Asks for leave to fill the school's line for a moment; one device of a school gets it at a time.",
        body=wire.LeaseRequest,
        token=True,
        answers={
            200: Answer("The lease. It ends by itself.", wire.Lease),
            **BODY_REFUSED,
            401: NO_TOKEN,
            409: Answer("Not now; `code` says why. Ask again as `Retry-After` says.", wire.Problem),
            429: TOO_MANY,
            503: LATER,
        },
    ),
    Operation(
        path="/api/v1/leases",
        summary="Whether there would be leave to fill the school's line now. Takes none.",
        parameters=[LEASED_PROBE],
        token=True,
        answers={
            204: Answer("There would be."),
            401: NO_TOKEN,
            409: Answer("Not now; `code` says why, `Retry-After` when it may be.", wire.Problem),
            429: TOO_MANY,
            503: LATER,
        },
    ),
    Operation(
        path="/api/v1/leases/{lease_id}",
        method="delete",
        summary="Gives a lease back early.",
        parameters=[LEASE],
        token=True,
        answers={
            204: Answer("The line is free."),
            401: NO_TOKEN,
            404: Answer("The device holds no such lease.", wire.Problem),
            503: LATER,
        },
    ),
    Operation(
        path="/measure/v1/ping",
        summary="Answers at once, for latency.",
        token=True,
        answers={204: Answer("Here."), 401: NO_TICKET, 503: LATER},
    ),
    Operation(
        path="/measure/v1/down",
        summary="Sends bytes that cannot be compressed, for throughput down.",
        parameters=[DOWN_BYTES],
        token=True,
        answers={
            200: Answer("The bytes.", bytes, "application/octet-stream"),
            400: REFUSED,
            401: NO_TICKET,
            403: OTHER_TICKET,
            429: TOO_MANY,
            503: LATER,
        },
    ),
    Operation(
        path="/measure/v1/up",
        method="post",
        summary="Counts what arrives, for throughput up.",
        body=bytes,
        body_media_type="application/octet-stream",
        token=True,
        answers={
            200: Answer("The receiver's count.", wire.UploadCount),
            400: REFUSED,
            401: NO_TICKET,
            403: OTHER_TICKET,
            408: BODY_REFUSED[408],
            413: BODY_REFUSED[413],
            429: TOO_MANY,
            503: LATER,
        },
    ),
]
