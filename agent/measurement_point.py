"""The measurement point: where latency and throughput are measured against, over plain HTTP requests."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from agent.probe import ProbeFailureError, Task
from agent.system import System


class MeasurementPoint:
    """Opens connections to the measurement point of `task`, and names what is there.

    Measurements go straight to it, never through a proxy: what is measured is the line, not the proxy.
    """

    def __init__(self, system: System, task: Task) -> None:
        if task.measurement_url is None or task.token is None:
            raise ProbeFailureError("no_measurement_point", "no policy yet: the device has to enrol first")
        self._system = system
        self._url = task.measurement_url.rstrip("/")
        self._prefix = urlsplit(self._url).path
        ticket = task.lease.ticket if task.lease else task.ticket or task.token
        self.headers = {"Authorization": f"Bearer {ticket}"}

    def connection(self, timeout_s: float) -> http.client.HTTPConnection:
        """An open connection; `timeout_s` holds for every read and write. OSError if nobody answers."""
        connection = self._system.http_connection(self._url, timeout_s)
        connection.connect()
        return connection

    def path(self, name: str) -> str:
        """The path of `ping`, `down` or `up`."""
        return f"{self._prefix}/{name}"


def refusal(answer: http.client.HTTPResponse, what: str) -> ProbeFailureError:
    """What it means that the measurement point answered with this status."""
    code = "token_refused" if answer.status == 401 else "measurement_refused"
    return ProbeFailureError(code, f"{what} was answered with status {answer.status}")
