"""Talks to the collector: enrolment, policy, reports. Every refusal becomes an AgentError that says what to do.

One attempt per call; who calls decides about trying again. No secret is ever part of an error.
"""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple, TypeVar
from urllib.parse import quote

import msgspec
import urllib3

from agent.i18n.errors import BodyTooLargeError, CollectorAwayError, LeaseRefusedError, RefusedError, TokenRefusedError
from agent.protocol.wire import UNKNOWN_ROOM, BatchAnswer, Enrolled, Enrolment, Lease, LeaseRequest, Policy, Problem
from agent.runtime.settings import Settings
from agent.version import agent_version

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 30.0
NO_REASON = "no_reason"
"""The code of a refusal that is none of a collector's."""
_ANSWER_BYTES_MAX = 4 * 1024 * 1024
_LATER = frozenset((408, 425, 429, 500, 502, 503, 504))
_Answer = TypeVar("_Answer")


class FetchedPolicy(NamedTuple):
    """A policy that is new to this device, and its ETag."""

    policy: Policy
    etag: str | None


class CollectorClient:
    """The way to the collector that `settings` name."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.collector_url.rstrip("/")
        # Redirects are refused: a token must not follow one to another host.
        options = {
            "timeout": urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=READ_TIMEOUT_S),
            "retries": False,
            "ca_certs": settings.ca_file,
        }
        self._pool = (
            urllib3.ProxyManager(settings.proxy, **options) if settings.proxy else urllib3.PoolManager(**options)  # type: ignore[arg-type]  # a dict of keyword arguments of different types
        )

    def check_answers(self) -> datetime | None:
        """Returns if it is a collector that answers there, which it does to strangers too; with its time of day, to
        the second, where it tells. Raises RefusedError or CollectorAwayError.
        """
        answer = self._request("GET", "/api/v1/policy", None, None)
        if answer.status != 401 or _problem(answer.data).code == NO_REASON:
            raise RefusedError("collector_garbled", url=self._url)
        return moment_of(answer.headers.get("Date"))

    def enrol(self, enrolment: Enrolment) -> Enrolled:
        """Makes this machine a device of its school."""
        answer = self._request("POST", "/api/v1/enrolments", None, msgspec.json.encode(enrolment))
        if answer.status in {401, 403}:
            problem = _problem(answer.data)
            raise RefusedError("enrolment_refused", url=self._url, reason=problem.message, problem=problem.code)
        if answer.status == 404 and (problem := _problem(answer.data)).code == UNKNOWN_ROOM:
            raise RefusedError(
                "enrolment_unknown_room",
                url=self._url,
                room=enrolment.room or "",
                reason=problem.message,
                problem=problem.code,
            )
        return self._decoded(answer, Enrolled)

    def policy(self, token: str, etag: str | None) -> FetchedPolicy | None:
        """The policy, or None if the one with `etag` still holds."""
        headers = {"If-None-Match": etag} if etag else {}
        answer = self._request("GET", "/api/v1/policy", token, None, headers)
        if answer.status == 304:
            return None
        return FetchedPolicy(self._decoded(answer, Policy), answer.headers.get("ETag"))

    def send(self, token: str, batch: bytes) -> BatchAnswer:
        """Sends an encoded ReportBatch. Raises BodyTooLargeError if the collector wants smaller ones."""
        headers = {"Content-Encoding": "gzip"}
        answer = self._request("POST", "/api/v1/reports", token, gzip.compress(batch, 5, mtime=0), headers)
        if answer.status == 413:
            raise BodyTooLargeError("batch_too_large")
        return self._decoded(answer, BatchAnswer)

    def lease(self, token: str, probe: str) -> Lease:
        """Asks for leave to fill the line with `probe`. Raises LeaseRefusedError if now is not the time."""
        body = msgspec.json.encode(LeaseRequest(probe))
        answer = self._leave("POST", "/api/v1/leases", token, body)
        return self._decoded(answer, Lease)

    def check_leave(self, token: str, probe: str) -> None:
        """Returns if there would be leave to fill the line with `probe` now, and takes none. Raises LeaseRefusedError
        if now is not the time.
        """
        answer = self._leave("GET", f"/api/v1/leases?probe={quote(probe)}", token, None)
        self._check_taken(answer)

    def _leave(self, method: str, path: str, token: str, body: bytes | None) -> _Received:
        answer = self._request(method, path, token, body)
        if answer.status == 409:
            problem = _problem(answer.data)
            wait_s = retry_after_s(answer.headers.get("Retry-After"), datetime.now(UTC))
            raise LeaseRefusedError(problem.code, problem.message, wait_s)
        return answer

    def give_back(self, token: str, lease_id: str) -> None:
        """Ends a lease early. One that has ended by itself is in order."""
        self._request("DELETE", f"/api/v1/leases/{lease_id}", token, None)

    def _request(
        self, method: str, path: str, token: str | None, body: bytes | None, headers: dict[str, str] | None = None
    ) -> _Received:
        sent = {"User-Agent": f"provklar-agent/{agent_version()}", "Accept": "application/json", **(headers or {})}
        if body is not None:
            sent["Content-Type"] = "application/json"
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        try:
            answer = self._pool.request(
                method, self._url + path, body=body, headers=sent, redirect=False, preload_content=False
            )
            try:
                data = answer.read(_ANSWER_BYTES_MAX, decode_content=True)
            finally:
                answer.close()
        except urllib3.exceptions.HTTPError as error:
            raise _away(self._url, error) from error
        received = _Received(answer.status, answer.headers, data)
        self._check(received, bool(token))
        return received

    def _check(self, answer: _Received, with_token: bool) -> None:
        if answer.status in _LATER:
            wait_s = retry_after_s(answer.headers.get("Retry-After"), datetime.now(UTC))
            raise CollectorAwayError("collector_busy", retry_after_s=wait_s, url=self._url, status=answer.status)
        if 300 <= answer.status < 400 and answer.status != 304:
            raise RefusedError("collector_redirects", url=self._url, target=answer.headers.get("Location", "?"))
        if answer.status == 401 and with_token:
            raise TokenRefusedError("token_refused", url=self._url)

    def _check_taken(self, answer: _Received) -> None:
        if answer.status >= 400:
            problem = _problem(answer.data)
            raise RefusedError(
                "collector_refused",
                url=self._url,
                status=answer.status,
                problem=problem.code,
                reason=problem.message,
            )

    def _decoded(self, answer: _Received, kind: type[_Answer]) -> _Answer:
        self._check_taken(answer)
        try:
            return msgspec.json.decode(answer.data, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise RefusedError("collector_garbled", url=self._url) from error


class _Received(NamedTuple):
    status: int
    headers: urllib3.HTTPHeaderDict
    data: bytes


def _problem(data: bytes) -> Problem:
    try:
        return msgspec.json.decode(data, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Problem(NO_REASON, data[:200].decode("utf-8", errors="replace"))


def _away(url: str, error: urllib3.exceptions.HTTPError) -> CollectorAwayError:
    """Which of the ways in which a collector can be away this is; `reason` is the system's own words."""
    reason = str(getattr(error, "reason", None) or error)
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return CollectorAwayError("certificate_untrusted", url=url, reason=reason[-300:])
    if isinstance(error, urllib3.exceptions.ProxyError):
        return CollectorAwayError("proxy_away", url=url, reason=reason[-300:])
    return CollectorAwayError("collector_away", url=url, reason=reason.rpartition(": ")[2][-300:])


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for: a number or a date. None if it says nothing that makes sense."""
    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    moment = moment_of(header)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def moment_of(header: str | None) -> datetime | None:
    """The moment that a date in a header names; None if it names none."""
    try:
        moment = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
