"""`GET /runbooks/{alertname}`: what to do about an alert, as its warning links to it. Plain text, Swedish first."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

ROOT = Path(__file__).parents[1]
FOLDERS = (ROOT / "share" / "dashboards" / "runbooks", ROOT.parent / "dashboards" / "runbooks")
"""In an installed package, and in a checkout."""


def runbooks(folders: tuple[Path, ...] = FOLDERS) -> dict[str, str]:
    """The text of every runbook by alert name, from the first folder that exists."""
    folder = next((folder for folder in folders if folder.is_dir()), None)
    return {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.md"))} if folder else {}


def routes() -> list[Route]:
    """One page per runbook; the folder is the list."""
    texts = runbooks()

    async def runbook(request: Request) -> Response:
        text = texts.get(request.path_params["alertname"])
        if text is None:
            known = "\n".join(texts)
            return PlainTextResponse(f"Ingen sådan sida. No such page. Finns / there are:\n{known}\n", status_code=404)
        return PlainTextResponse(text)

    return [Route("/runbooks/{alertname}", runbook, methods=["GET"])]
