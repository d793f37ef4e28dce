"""How deep elements of HTML stand in each other, before a parser takes it up: parsers take quadratic time on depth."""

from __future__ import annotations

import re
from typing import Final

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_WITHOUT_CONTENT = "area base br col embed hr img input link meta source track wbr"
_CLOSED_BY_THE_NEXT = "p li dt dd tr td th thead tbody tfoot h1 h2 h3 h4 h5 h6 option"
_NEVER_DEEP: Final = frozenset(f"{_WITHOUT_CONTENT} {_CLOSED_BY_THE_NEXT}".split())


def depth_of(html: str) -> int:
    """The most elements that are open at once, if nothing closes them but their own tags. In linear time."""
    depth = deepest = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() in _NEVER_DEEP:
            continue
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest
