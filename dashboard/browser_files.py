"""Which of Streamlit's files our pages need in a browser, so that they can be fetched ahead of their use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from streamlit import file_util

FOLDER = Path(file_util.get_static_dir())
INDEX = FOLDER / "index.html"
EVERYWHERE = ("Button", "Html", "PageLink", "Selectbox")
"""What stands beside every page."""
PARTS = {
    "overview": ("DataFrame", "EChartsChart", "Metric"),
    "tasks": ("DataFrame", "DownloadButton", "MenuButton", "Multiselect", "Pagination", "TextInput"),
}
"""What the pages that are opened first are drawn with. Streamlit loads each when the first one is to be drawn."""
FONTS = ("SourceSansVF-Upright", "MaterialSymbols-Rounded")
KINDS = {".js": "script", ".css": "style", ".woff2": "font"}
NAMED = re.compile(r'(?:src|href)="\./(static/[^"]+)"')
IMPORTED = re.compile(r"""(?:from|import)["']\./([\w.-]+\.js)["']""")


@dataclass(frozen=True, slots=True)
class BrowserFile:
    """Its address, and what it is, in the words of a link of HTML."""

    address: str
    kind: str


@cache
def all_files() -> tuple[BrowserFile, ...]:
    """What Streamlit's page names, the fonts, the parts of every page in `PARTS`, and what these import."""
    fonts = [file for font in FONTS for file in sorted((FOLDER / "static").glob(f"media/{font}.*"))]
    parts = [part for page in PARTS for part in parts_of(page)]
    return _with_imports([*_named(), *fonts, *_of_parts(parts)])


@cache
def scripts_of(page: str) -> tuple[BrowserFile, ...]:
    """The scripts of a page's parts and what they import, beyond those that Streamlit's page names."""
    named = set(_with_imports(_named()))
    files = _with_imports(_of_parts(parts_of(page)))
    return tuple(file for file in files if file.kind == "script" and file not in named)


def parts_of(page: str) -> Sequence[str]:
    """Of a page, by its name in `navigation`."""
    return (*EVERYWHERE, *PARTS.get(page, ()))


def _named() -> list[Path]:
    return [FOLDER / name for name in NAMED.findall(INDEX.read_text(encoding="utf-8"))]


def _of_parts(parts: Iterable[str]) -> list[Path]:
    return [file for part in parts for file in sorted((FOLDER / "static").glob(f"*/{part}.*"))]


def _with_imports(coming: list[Path]) -> tuple[BrowserFile, ...]:
    """These files and all that they import, in this order."""
    found: dict[Path, None] = {}
    while coming:
        file = coming.pop(0)
        if file in found or file.suffix not in KINDS:
            continue
        found[file] = None
        if file.suffix == ".js":
            coming += [file.with_name(name) for name in IMPORTED.findall(file.read_text(encoding="utf-8"))]
    return tuple(BrowserFile(f"/{file.relative_to(FOLDER).as_posix()}", KINDS[file.suffix]) for file in found)
