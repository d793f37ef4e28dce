"""The address a person gives for an article that is online."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from core.errors import Fault, InvalidInput

LONGEST_LINK = 2000
_ID_IN_PATH = {"zhihu": re.compile(r"/p/(\d{1,32})(?:/edit)?/?")}
"""Where a platform writes the id of an article into its address."""


def remote_id_of(link: str | None, platform: str) -> str:
    """The site's id of the article. Raises InvalidInput for what is not the address of one."""
    parts = urlsplit(link or "")
    match = _ID_IN_PATH[platform].fullmatch(parts.path)
    is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and len(link or "") <= LONGEST_LINK
    if match is None or not is_address:
        raise InvalidInput(
            [
                Fault(
                    "link",
                    f"“{link or ''}” is not the address of an article.",
                    "Copy it from the page, as https://zhuanlan.zhihu.com/p/123.",
                )
            ]
        )
    return match[1]
