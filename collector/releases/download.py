"""Gets a document from the internet or from a file, within bounds of time and size."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from collector.releases.published import SourceRefusedError

DEADLINE_S = 60.0
STEP_TIMEOUT_S = 15.0
MOST_BYTES = 64 * 2**20
"""MDN's document has some 20 MiB, the others less than 1."""


def fetched(source: str, *, deadline_s: float = DEADLINE_S, most_bytes: int = MOST_BYTES) -> bytes:
    """The whole document. Raises SourceRefusedError, with a sentence for whoever asked."""
    if urlsplit(source).scheme in {"http", "https"}:
        return _downloaded(source, deadline_s, most_bytes)
    try:
        with Path(source).open("rb") as file:
            found = file.read(most_bytes + 1)
    except OSError:
        raise SourceRefusedError("releases_bad_address", source=source) from None
    _hold_bound(source, len(found), most_bytes)
    return found


def _downloaded(url: str, deadline_s: float, most_bytes: int) -> bytes:
    ends_s = time.monotonic() + deadline_s
    found = bytearray()
    try:
        with httpx.stream("GET", url, timeout=min(STEP_TIMEOUT_S, deadline_s), follow_redirects=True) as answer:
            answer.raise_for_status()
            for piece in answer.iter_bytes():
                found += piece
                _hold_bound(url, len(found), most_bytes)
                if time.monotonic() > ends_s:
                    raise SourceRefusedError("releases_too_slow", source=url, seconds=deadline_s)
    except httpx.TimeoutException:
        raise SourceRefusedError("releases_too_slow", source=url, seconds=deadline_s) from None
    except httpx.HTTPStatusError as error:
        reason = f"HTTP {error.response.status_code}"
        raise SourceRefusedError("releases_unreachable", source=url, reason=reason) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceRefusedError("releases_unreachable", source=url, reason=str(error)) from None
    return bytes(found)


def _hold_bound(source: str, size: int, most_bytes: int) -> None:
    if size > most_bytes:
        raise SourceRefusedError("releases_too_big", source=source, mbyte=most_bytes // 10**6)
