"""A real `provklar measurement-point` in the lab's internet, and tickets that open it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from collector.measurement.tickets import Purpose, Ticket, issue, secret_from
from tests.lab.services import MEASUREMENT
from tests.support.processes import BIN

if TYPE_CHECKING:
    from tests.lab.box import SchoolBox

PORT, TLS_PORT = 8090, 8443
SCHOOL = "12345678"


class MeasurementPoint:
    """Where it listens and what it believes."""

    def __init__(self, url: str, secret_file: Path) -> None:
        """`url` is the base that a policy would name."""
        self.url = url
        self.secret_file = secret_file

    def ticket(self, purpose: Purpose = "throughput", *, device_id: str = "device-1", minutes: float = 10) -> str:
        """A ticket as the collector would sign it."""
        expires_at = datetime.now(UTC) + timedelta(minutes=minutes)
        return issue(secret_from(self.secret_file), Ticket(device_id, SCHOOL, purpose, expires_at))


def start_measurement_point(box: SchoolBox, *options: str, tls: bool = False) -> MeasurementPoint:
    """Starts it and waits until it listens; `options` are its own.

    With `tls` it answers by name with a certificate that the clients trust, so the box's services must run.
    """
    secret_file = box.folder / "measurement.secret"
    secret_from(secret_file)
    port = TLS_PORT if tls else PORT
    url = f"https://{MEASUREMENT}:{port}/measure/v1" if tls else f"http://{box.internet.address}:{port}/measure/v1"
    command: list[str | Path] = [BIN / "provklar", "measurement-point", "--host", "0.0.0.0", "--port", str(port)]
    command += ["--secret-file", secret_file, *options]
    if tls:
        certificate, key = box.services.authority.issue(MEASUREMENT)
        command += ["--certificate", certificate, "--key", key]
    with (box.folder / f"measurement-{port}.log").open("wb") as log:
        process = box.popen(box.internet, command, stdout=log)
    try:
        box.wait_for_listener(box.internet, port)
    except TimeoutError as error:
        written = (box.folder / f"measurement-{port}.log").read_text()
        raise TimeoutError(f"the measurement point did not start ({process.poll()}): {written}") from error
    return MeasurementPoint(url, secret_file)
