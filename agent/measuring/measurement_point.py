"""The measurement point: where latency and throughput are measured against, over plain HTTP requests."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from agent.measuring.contract import ProbeFailureError, Task
from agent.system.machine import System


class MeasurementPoint:
    """Opens connections to the measurement point of `task`, and names what is there.

    They go straight to it, or through the proxy that the settings name: where there is no other way, pupils' browsers
    take that one too.
    """

    def __init__(self, system: System, task: Task) -> None:
        ticket = task.lease.ticket if task.lease else task.ticket or task.token
        if task.measurement_url is None or ticket is None:
            raise ProbeFailureError("no_measurement_point", "no policy yet: the device has to enrol first")
        self._system = system
        self._url = task.measurement_url.rstrip("/")
        parts = urlsplit(self._url)
        self.host = parts.netloc.rpartition("@")[2]
        self._prefix = self._url if parts.scheme == "http" and system.proxy else parts.path
        self.headers = {"Authorization": f"Bearer {ticket}"}

    def connection(self, timeout_s: float) -> http.client.HTTPConnection:
        """An open connection; `timeout_s` holds for every read and write. OSError if nobody answers."""
        connection = self._system.http_connection(self._url, timeout_s)
        connection.connect()
        return connection

    def path(self, name: str) -> str:
        """What to ask for to get `ping`, `down` or `up`: a path, or a whole URL where a plain proxy passes it on."""
        return f"{self._prefix}/{name}"


def refusal(answer: http.client.HTTPResponse, what: str) -> ProbeFailureError:
    """What it means that the measurement point answered with this status."""
    return refusal_of(answer.status, what)


def refusal_of(status: int, what: str) -> ProbeFailureError:
    """What it means that `what` was answered with this status."""
    detail = f"{what} was answered with status {status}"
    if status == http.HTTPStatus.UNAUTHORIZED:
        return ProbeFailureError("token_refused", detail)
    redirected = http.HTTPStatus.MULTIPLE_CHOICES <= status < http.HTTPStatus.BAD_REQUEST
    return ProbeFailureError("measurement_redirected" if redirected else "measurement_refused", detail)
