"""`provklar releases` against a real HTTP server that serves recorded answers, or misbehaves. The old list survives."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from collector.cli import main
from collector.commands import releases as command
from collector.configuration.structure import read
from collector.readiness.domain.model import Releases
from collector.releases.download import fetched
from collector.releases.published import SourceRefusedError
from collector.releases.sources import sources
from tests.support.release_answers import ANSWERS, answer

SHIPPED = Path(__file__).parents[3] / "config" / "releases.yaml"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

Misbehaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Serves the recorded answers by name, and misbehaves at the other paths."""

    done: threading.Event

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        name = self.path.lstrip("/")
        if name in MISBEHAVIOUR:
            MISBEHAVIOUR[name](self)
            return
        self.answer((ANSWERS / name).read_bytes())

    def answer(self, body: bytes, *, code: int = 200, length: int | None = None) -> None:
        """A whole answer, unless `length` promises more than there is."""
        self.send_response(code)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def drip(self) -> None:
        """A byte now and then, for ever: no single wait is long."""
        self.send_response(200)
        self.end_headers()
        while not self.done.wait(0.05):
            try:
                self.wfile.write(b" ")
            except OSError:
                return

    def redirect(self, path: str) -> None:
        """To another path."""
        self.send_response(302)
        self.send_header("Location", path)
        self.end_headers()

    def hang(self) -> None:
        """No answer at all."""
        self.done.wait(30)


MISBEHAVIOUR: dict[str, Misbehaviour] = {
    "broken": lambda handler: handler.answer(b"out of order", code=500),
    "page": lambda handler: handler.answer(b"<html>Log in to the school's network</html>"),
    "cut": lambda handler: handler.answer(b'{"releases": [', length=10_000),
    "hangs": Handler.hang,
    "drips": Handler.drip,
    "moved": lambda handler: handler.redirect("/chrome.json"),
    "moved-for-ever": lambda handler: handler.redirect("/moved-for-ever"),
}


@contextmanager
def serving() -> Iterator[str]:
    """The server's address."""
    Handler.done = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        Handler.done.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def address() -> Iterator[str]:
    with serving() as url:
        yield url


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the list that the product comes with, on 21 November 2026."""
    monkeypatch.setattr(command, "utc_now", lambda: NOW)
    shutil.copy(SHIPPED, tmp_path)
    return tmp_path


def refresh(config: Path, *sources: str, language: str = "en") -> int:
    """The command as an operator gives it."""
    named = [part for source in sources for part in ("--from", source)]
    return main(["releases", "refresh", "--config", str(config), "--language", language, *named])


def listed(config: Path) -> Releases:
    """The list as the collector reads it."""
    return read(config / "releases.yaml", Releases).value


def test_publishers_lists_are_taken_in(config: Path, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Three servers' answers; Safari and Opera keep their day, and that shows."""
    assert refresh(config, *(f"{address}/{name}.json" for name in ("chrome", "firefox", "microsoft_edge"))) == 0
    new = listed(config)
    assert [new.products[name][-1].version for name in ("chrome", "firefox", "edge")] == ["157", "161", "158"]
    assert new.looked_up == dict.fromkeys(("chrome", "chromium", "edge", "firefox"), date(2026, 11, 21))
    assert new.known_on("safari") == date(2026, 11, 12)
    said = capsys.readouterr().out
    assert "firefox: newest 161 (2026-11-20). The list is of 2026-11-21, 0 days old." in said
    assert "safari: newest 27.2 (2026-10-26). The list is of 2026-11-12, 9 days old." in said
    assert [path.name for path in config.iterdir()] == ["releases.yaml"]


def test_without_an_address_the_publishers_own_are_asked(
    config: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every source of the folder that has an address, over https."""
    assert all(source.startswith("https://") for source in command.SOURCES)
    asked = [name for name, source in sources().items() if source.address]
    monkeypatch.setattr(command, "SOURCES", [f"{address}/{name}.json" for name in asked])
    assert refresh(config) == 0
    products = {product for name in asked for product in answer(name).products}
    assert products >= {"chrome", "edge", "firefox"}
    assert set(listed(config).looked_up) == products | {"chromium"}


def test_a_file_that_was_carried_here_will_do(config: Path) -> None:
    """MDN's document has every browser, and speaks of the day that it was made."""
    assert refresh(config, str(ANSWERS / "mdn.json")) == 0
    assert listed(config).as_of == date(2026, 11, 12)


def test_a_redirect_is_followed(config: Path, address: str) -> None:
    """Publishers move."""
    assert refresh(config, f"{address}/moved") == 0


@pytest.mark.parametrize(
    ("sources", "sentence"),
    [
        (["broken"], "could not be fetched: HTTP 500."),
        (["page"], "has no known form."),
        (["cut"], "could not be fetched:"),
        (["moved-for-ever"], "could not be fetched:"),
        (["chrome.json", "broken"], "could not be fetched: HTTP 500."),
    ],
)
def test_whatever_fails_leaves_the_old_list(
    config: Path, address: str, sources: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Byte for byte, also where one of two sources was good, with a sentence that says what to do."""
    assert refresh(config, *(f"{address}/{source}" for source in sources)) == 1
    said = capsys.readouterr().err
    assert sentence in said
    assert "The old list is still there, untouched" in said
    assert (config / "releases.yaml").read_bytes() == SHIPPED.read_bytes()
    assert [path.name for path in config.iterdir()] == ["releases.yaml"]


@pytest.mark.parametrize("source", ["no/such/file", "ftp://example.org/data.json", "file:///etc/passwd"])
def test_what_is_neither_file_nor_web_address(config: Path, source: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Said plainly, in Swedish too."""
    assert refresh(config, source, language="sv") == 1
    assert "varken en fil som går att läsa eller en adress" in capsys.readouterr().err
    assert (config / "releases.yaml").read_bytes() == SHIPPED.read_bytes()


def test_a_server_that_is_not_there(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No network is the usual case in a school's server room."""
    with serving() as url:
        pass
    assert refresh(config, f"{url}/chrome.json") == 1
    assert "could not be fetched" in capsys.readouterr().err


def test_a_full_disk_leaves_the_old_list(
    config: Path, address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What can not be written is told, and nothing half-written stays."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert refresh(config, f"{address}/chrome.json") == 1
    assert "could not be written" in capsys.readouterr().err
    assert (config / "releases.yaml").read_bytes() == SHIPPED.read_bytes()
    assert [path.name for path in config.iterdir()] == ["releases.yaml"]


@pytest.mark.parametrize("path", ["hangs", "drips"])
def test_a_server_that_never_ends_is_given_up(address: str, path: str) -> None:
    """The deadline is for the whole answer, not for each piece of it."""
    with pytest.raises(SourceRefusedError) as refused:
        fetched(f"{address}/{path}", deadline_s=0.5)
    assert refused.value.code == "releases_too_slow"


def test_nothing_endless_is_read(address: str) -> None:
    """From a server or from a file."""
    for source in (f"{address}/chrome.json", str(ANSWERS / "chrome.json")):
        with pytest.raises(SourceRefusedError) as refused:
            fetched(source, most_bytes=100)
        assert refused.value.code == "releases_too_big"


def test_show_tells_the_age_and_warns(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is fetched; a list of two months is too old for "the latest"."""
    monkeypatch.setattr(command, "utc_now", lambda: datetime(2027, 1, 12, tzinfo=UTC))
    assert main(["releases", "show", "--config", str(config), "--language", "en"]) == 0
    said = capsys.readouterr().out
    assert "chrome: newest 157 (2026-11-03). The list is of 2026-11-12, 61 days old." in said
    assert "Older than 42 days" in said


def test_a_list_that_can_not_be_read_is_not_replaced(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The operator's own mistake is told with its line, and kept for mending."""
    (config / "releases.yaml").write_text("as_of: yesterday\n", encoding="utf-8")
    assert refresh(config, str(ANSWERS / "mdn.json")) == 2
    assert "releases.yaml:1" in capsys.readouterr().err
    assert (config / "releases.yaml").read_text(encoding="utf-8") == "as_of: yesterday\n"
