"""What `provklar serve` says of where it listens."""

from __future__ import annotations

import pytest

from collector.commands.serve import where
from collector.configuration.model import Listen


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("127.0.0.1", "The collector answers at http://127.0.0.1:8080."),
        ("10.1.2.3", "The collector answers at http://10.1.2.3:8080."),
        ("fd00::1", "The collector answers at http://[fd00::1]:8080."),
        (
            "0.0.0.0",
            "The collector answers on port 8080 of all addresses of this machine, here at http://127.0.0.1:8080.",
        ),
        ("::", "The collector answers on port 8080 of all addresses of this machine, here at http://[::1]:8080."),
    ],
)
def test_an_address_to_go_to(host: str, said: str) -> None:
    """Never one that nobody can open, such as 0.0.0.0."""
    assert where(Listen(host=host), "en").startswith(said)
