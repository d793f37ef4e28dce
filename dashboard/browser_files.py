"""Which of Streamlit's files our pages need in a browser: the sign-in, where nobody hurries, fetches them ahead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from streamlit import file_util

FOLDER = Path(file_util.get_static_dir())
PARTS = (
    "Button",
    "DataFrame",
    "DownloadButton",
    "EChartsChart",
    "Html",
    "MenuButton",
    "Metric",
    "Multiselect",
    "PageLink",
    "Pagination",
    "Selectbox",
    "TextInput",
)
"""What overview and list of articles are drawn with. Streamlit loads each when the first one is to be drawn."""
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
def needed_files() -> tuple[BrowserFile, ...]:
    """What Streamlit's page names, the fonts, the parts, and what these import, in this order."""
    files = FOLDER / "static"
    coming = [FOLDER / name for name in NAMED.findall((FOLDER / "index.html").read_text(encoding="utf-8"))]
    coming += [file for font in FONTS for file in sorted(files.glob(f"media/{font}.*"))]
    coming += [file for part in PARTS for file in sorted(files.glob(f"*/{part}.*"))]
    found: dict[Path, None] = {}
    while coming:
        file = coming.pop(0)
        if file in found or file.suffix not in KINDS:
            continue
        found[file] = None
        if file.suffix == ".js":
            coming += [file.with_name(name) for name in IMPORTED.findall(file.read_text(encoding="utf-8"))]
    return tuple(BrowserFile(f"/{file.relative_to(FOLDER).as_posix()}", KINDS[file.suffix]) for file in found)
