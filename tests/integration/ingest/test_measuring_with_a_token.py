"""The measurement point in the collector opens for the tokens of enrolled devices too, until all agents use tickets."""

from __future__ import annotations

import httpx
import pytest

PATH = "/measure/v1"


def test_all_three(client: httpx.Client) -> None:
    """As with a ticket for throughput."""
    assert client.get(f"{PATH}/ping").status_code == 204
    assert len(client.get(f"{PATH}/down?bytes=300000").content) == 300_000
    assert client.post(f"{PATH}/up", content=b"x" * 300_000).json()["bytes"] == 300_000


@pytest.mark.parametrize(("method", "path"), [("GET", "ping"), ("GET", "down?bytes=5"), ("POST", "up")])
def test_only_devices_measure(address: str, method: str, path: str) -> None:
    """A token that nobody was given opens nothing."""
    headers = {"authorization": "Bearer made-up"}
    response = httpx.request(method, f"{address}{PATH}/{path}", headers=headers, trust_env=False)
    assert (response.status_code, response.json()["code"]) == (401, "token_refused")
