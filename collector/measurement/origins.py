"""Which pages of other servers may use a measurement point from a browser (CORS). They need a ticket all the same.

The collector's own pages need no leave where the collector is the measurement point: that is no other server.
Starlette's CORSMiddleware would do for that one alone, and lets no page read the timing of an answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

ASKED_AGAIN_S = 7_200
"""So long a browser remembers that it may ask; none remembers longer."""

_USUAL_PORTS = {"http": 80, "https": 443}
_NO_ANSWER = {"vary": "Origin"}
"""What others are told: nothing, and that it depends on who asks."""


def origin_of(url: str) -> str:
    """What a browser calls the server of `url`, such as `https://provklar.example.se`. ValueError if it names none."""
    parts = urlsplit(url)
    if parts.scheme not in _USUAL_PORTS or not parts.hostname:
        raise ValueError(f"{url!r} is no address of a server, such as https://provklar.example.se")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in (None, _USUAL_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


class Origins:
    """The servers whose pages may measure."""

    def __init__(self, urls: Iterable[str] = ()) -> None:
        """By any address of each. Raises ValueError."""
        self._allowed = frozenset(origin_of(url) for url in urls)

    def headers(self, origin: str) -> dict[str, str]:
        """What every answer to a page from there has to say; with the last one, its timing can be read."""
        if origin not in self._allowed:
            return _NO_ANSWER
        return {
            "access-control-allow-origin": origin,
            "access-control-expose-headers": "content-length, retry-after",
            "timing-allow-origin": origin,
            **_NO_ANSWER,
        }

    def preflight(self, origin: str) -> dict[str, str]:
        """What a browser that asks first is told."""
        if origin not in self._allowed:
            return _NO_ANSWER
        return {
            **self.headers(origin),
            "access-control-allow-methods": "GET, POST",
            "access-control-allow-headers": "authorization, content-type",
            "access-control-max-age": str(ASKED_AGAIN_S),
        }
