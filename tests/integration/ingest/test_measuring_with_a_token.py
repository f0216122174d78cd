"""A device's token is for the collector: at the measurement point it opens nothing, because leases would be in vain."""

from __future__ import annotations

import httpx
import pytest

PATH = "/measure/v1"


@pytest.mark.parametrize(("method", "path"), [("GET", "ping"), ("GET", "down?bytes=5"), ("POST", "up")])
def test_a_token_is_no_ticket(client: httpx.Client, method: str, path: str) -> None:
    """Not even a good one."""
    response = client.request(method, f"{PATH}/{path}")
    assert (response.status_code, response.json()["code"]) == (401, "ticket_refused")
