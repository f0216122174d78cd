"""The way to the collector, against a real HTTP server in all its moods."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from agent.i18n.errors import AgentError, BodyTooLargeError, CollectorAwayError, RefusedError, TokenRefusedError
from agent.protocol.wire import SCHEMA, Enrolled, Enrolment, Problem, Report, ReportBatch
from agent.runtime import collector_client as uplink_module
from agent.runtime.collector_client import CollectorClient, retry_after_s
from agent.runtime.settings import Settings
from tests.support.processes import free_port
from tests.support.stub_collector import (
    KEY,
    SCHOOL,
    TOKEN,
    UNKNOWN,
    Misbehaviour,
    certificate,
    close,
    hang,
    respond,
    stub_collector,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def uplink(url: str, ca_file: Path | None = None, proxy: str | None = None) -> CollectorClient:
    """The way to that collector."""
    return CollectorClient(Settings(url, SCHOOL, ca_file=str(ca_file) if ca_file else None, proxy=proxy))


def batch(*names: str) -> bytes:
    """An encoded batch of reports with these ids."""
    reports = [Report(SCHEMA, name, "device-1", NOW, "0.1.0", SCHOOL, None, []) for name in names]
    return msgspec.json.encode(ReportBatch([msgspec.Raw(msgspec.json.encode(report)) for report in reports]))


def test_enrolment() -> None:
    """The key goes in the body and nowhere else; no token is sent."""
    with stub_collector() as stub:
        enrolled = uplink(stub.url).enrol(Enrolment(SCHOOL, KEY, "A101", "cart 3"))
        ((path, headers),) = stub.requests
    assert enrolled == Enrolled("device-1", TOKEN)
    assert stub.enrolments == [Enrolment(SCHOOL, KEY, "A101", "cart 3")]
    assert path == "/api/v1/enrolments"
    assert "authorization" not in headers
    assert KEY not in str(headers)
    assert headers["user-agent"].startswith("provklar-agent/")


def test_a_wrong_key_is_refused_and_not_repeated() -> None:
    """The collector's reason is passed on, the key is not."""
    with stub_collector() as stub, pytest.raises(RefusedError) as refused:
        uplink(stub.url).enrol(Enrolment(SCHOOL, "wrong-key"))
    assert refused.value.code == "enrolment_refused"
    assert refused.value.values["problem"] == "unknown_key"
    assert "wrong-key" not in str(refused.value)


def test_a_room_that_the_school_does_not_have() -> None:
    """Is named in the words of whoever installs, with the rooms that there are; nobody is sent for a new key."""
    with stub_collector() as stub, pytest.raises(RefusedError) as refused:
        uplink(stub.url).enrol(Enrolment(SCHOOL, KEY, UNKNOWN))
    assert refused.value.code == "enrolment_unknown_room"
    assert (refused.value.values["room"], "A101" in str(refused.value.values["reason"])) == (UNKNOWN, True)


def test_policy_is_fetched_once_and_again_when_it_changes() -> None:
    """By ETag."""
    with stub_collector() as stub:
        way = uplink(stub.url)
        first = way.policy(TOKEN, None)
        assert first is not None
        assert first.policy == stub.policy
        assert way.policy(TOKEN, first.etag) is None
        stub.policy = msgspec.structs.replace(stub.policy, upload_every_s=99)
        changed = way.policy(TOKEN, first.etag)
    assert changed is not None
    assert changed.policy.upload_every_s == 99


def test_a_batch_is_sent_zipped_and_answered_per_report() -> None:
    """A report that is sent twice is a duplicate."""
    with stub_collector() as stub:
        way = uplink(stub.url)
        way.send(TOKEN, batch("a"))
        answer = way.send(TOKEN, batch("a", "b"))
        headers = stub.requests[-1][1]
    assert [one.outcome for one in answer.answers] == ["duplicate", "accepted"]
    assert headers["content-encoding"] == "gzip"
    assert int(headers["content-length"]) == len(gzip.compress(batch("a", "b"), 5, mtime=0))


@pytest.mark.parametrize(
    ("misbehaviour", "error", "code"),
    [
        (respond(401, Problem("revoked", "x")), TokenRefusedError, "token_refused"),
        (respond(413), BodyTooLargeError, "batch_too_large"),
        (respond(400, Problem("malformed", "x")), RefusedError, "collector_refused"),
        (respond(404, b"<html>not here</html>"), RefusedError, "collector_refused"),
        (respond(503), CollectorAwayError, "collector_busy"),
        (respond(500, b"\xff"), CollectorAwayError, "collector_busy"),
        (respond(200, b"<html>welcome</html>"), RefusedError, "collector_garbled"),
        (respond(200, b'{"answers": 7}'), RefusedError, "collector_garbled"),
        (respond(302, Location="https://elsewhere.example/"), RefusedError, "collector_redirects"),
        (close, CollectorAwayError, "collector_away"),
        (lambda handler: handler.wfile.write(b"SSH-2.0\r\n\r\n"), CollectorAwayError, "collector_away"),
    ],
)
def test_every_refusal_has_a_code(misbehaviour: Misbehaviour, error: type[AgentError], code: str) -> None:
    """And the token is in none of them."""
    with stub_collector() as stub:
        stub.misbehave["/api/v1/reports"] = misbehaviour
        with pytest.raises(error) as refused:
            uplink(stub.url).send(TOKEN, batch("a"))
    assert refused.value.code == code
    assert TOKEN not in f"{refused.value} {refused.value.values}"


def test_a_collector_that_hangs_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while."""
    monkeypatch.setattr(uplink_module, "READ_TIMEOUT_S", 0.3)
    with stub_collector() as stub:
        stub.misbehave["/api/v1/policy"] = hang(2)
        with pytest.raises(CollectorAwayError, match="collector_away"):
            uplink(stub.url).policy(TOKEN, None)


@pytest.mark.parametrize("address", ["http://127.0.0.1:{closed}", "http://no-such-host.invalid"])
def test_nobody_there(address: str) -> None:
    """The address is named."""
    url = address.format(closed=free_port())
    with pytest.raises(CollectorAwayError) as away:
        uplink(url).policy(TOKEN, None)
    assert (away.value.code, away.value.values["url"]) == ("collector_away", url)


def test_retry_after_is_passed_on() -> None:
    """In seconds."""
    with stub_collector() as stub:
        stub.misbehave["/api/v1/reports"] = respond(429, Problem("too_many", "x"), Retry_After="17")
        with pytest.raises(CollectorAwayError) as away:
            uplink(stub.url).send(TOKEN, batch("a"))
    assert away.value.retry_after_s == 17.0


def test_tls_is_checked_against_the_own_authority(tmp_path: Path) -> None:
    """Trusted with `ca_file`, refused without."""
    files = certificate(tmp_path)
    with stub_collector(certificate=files) as stub:
        assert uplink(stub.url, ca_file=files[0]).policy(TOKEN, None) is not None
        with pytest.raises(CollectorAwayError) as away:
            uplink(stub.url).policy(TOKEN, None)
    assert away.value.code == "certificate_untrusted"


def test_a_proxy_is_used_and_named_when_it_is_dead() -> None:
    """The stub answers for any host, as a proxy for plain HTTP would."""
    with stub_collector() as stub:
        assert uplink("http://collector.invalid", proxy=stub.url).policy(TOKEN, None) is not None
        assert stub.requests[0][1]["host"] == "collector.invalid"
    with pytest.raises(CollectorAwayError, match="proxy_away"):
        uplink("http://collector.invalid", proxy=f"http://127.0.0.1:{free_port()}").policy(TOKEN, None)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        ("Sat, 21 Nov 2026 12:01:30 GMT", 90.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    """As HTTP allows."""
    assert retry_after_s(header, NOW) == seconds
