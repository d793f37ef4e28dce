"""Streamlit's scripts and styles, compressed for the way to the browser: 5.2 MB of them become 1.3.

Streamlit sends them as they are, since compressing them anew for everybody costs more than it spares. Here each is
compressed once, when it is first asked for, and kept.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.browser_files import FOLDER

MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}
FOREVER = "public, immutable, max-age=31536000"
"""The names of these files change with what is in them."""


class CompressedFiles:
    """Answers for these files to whoever reads gzip, and leaves everything else to the app behind it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = _file_of(scope)
        if file is None:
            await self._app(scope, receive, send)
            return
        headers = {"content-encoding": "gzip", "vary": "accept-encoding", "cache-control": FOREVER}
        content = await anyio.to_thread.run_sync(_compressed, file)
        await Response(content, headers=headers, media_type=MEDIA_TYPES[file.suffix])(scope, receive, send)


def _file_of(scope: Scope) -> Path | None:
    """The file that is asked for, whole; None: not one of these."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    file = _files().get(scope["path"])
    headers = Headers(scope=scope)
    is_for_gzip = "gzip" in headers.get("accept-encoding", "") and "range" not in headers
    return file if is_for_gzip else None


@cache
def _files() -> dict[str, Path]:
    """By address."""
    found = [file for file in (FOLDER / "static").rglob("*") if file.suffix in MEDIA_TYPES]
    return {f"/{file.relative_to(FOLDER).as_posix()}": file for file in found}


@cache
def _compressed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), mtime=0)
