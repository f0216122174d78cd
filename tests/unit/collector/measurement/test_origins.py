"""Which servers' pages may use a measurement point from a browser."""

from __future__ import annotations

import pytest

from collector.measurement.origins import Origins, origin_of


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Provklar.Example.se", "https://provklar.example.se"),
        ("https://provklar.example.se:443/prob?x=1", "https://provklar.example.se"),
        ("http://provklar.example.se:80/", "http://provklar.example.se"),
        ("http://provklar.example.se:8080", "http://provklar.example.se:8080"),
        ("https://provklar.example.se:80", "https://provklar.example.se:80"),
        ("http://[2001:db8::1]:8080/", "http://[2001:db8::1]:8080"),
    ],
)
def test_an_address_names_its_server_as_browsers_do(url: str, origin: str) -> None:
    """In small letters, without the usual port, without a path."""
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url", ["", "provklar.example.se", "*", "null", "ftp://example.se", "https://", "http://a:99999"]
)
def test_what_names_no_server_is_refused(url: str) -> None:
    """In words that say how to write it, or of what is wrong with the port."""
    with pytest.raises(ValueError, match=r"such as https://|[Pp]ort"):
        origin_of(url)


def test_only_those_that_are_named_are_let_in() -> None:
    """Others, and those that only look alike, are told nothing but that the answer depends on who asks."""
    origins = Origins(["https://provklar.example.se/prob"])
    assert (
        origins.headers("https://provklar.example.se")["access-control-allow-origin"] == "https://provklar.example.se"
    )
    for other in (
        "",
        "null",
        "*",
        "http://provklar.example.se",
        "https://provklar.example.se:8443",
        "https://provklar.example.se.evil.example",
        "https://evil.example",
    ):
        assert origins.headers(other) == {"vary": "Origin"}
        assert origins.preflight(other) == {"vary": "Origin"}


def test_without_names_nobody_is() -> None:
    """The cautious default."""
    assert Origins().preflight("https://provklar.example.se") == {"vary": "Origin"}


def test_the_ticket_may_be_sent_and_never_a_cookie() -> None:
    """A preflight opens the header that a ticket is shown in; credentials of the browser stay out."""
    told = Origins(["https://provklar.example.se"]).preflight("https://provklar.example.se")
    assert "authorization" in told["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in told
    assert told["timing-allow-origin"] == "https://provklar.example.se"
