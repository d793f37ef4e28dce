"""The address a person gives for an article that is online."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from core.errors import Fault, InvalidInput

LONGEST_LINK = 2000
_ID_IN_PATH = {"zhihu": re.compile(r"/p/(\d{1,32})(?:/edit)?/?", re.ASCII)}
"""Where a platform writes the id of an article into its address."""


class ReviewLinks:
    """Knows the platform's own sites: an id on any other says nothing."""

    def __init__(self, sites: Iterable[str]) -> None:
        """`sites`: their addresses, as the settings have them."""
        self._sites = {_site(urlsplit(site)) for site in sites}

    def remote_id(self, link: str | None, platform: str) -> str:
        """The site's id of the article. Raises InvalidInput for what is not the address of one."""
        parts = _parts(link or "")
        match = parts and _site(parts) in self._sites and _ID_IN_PATH[platform].fullmatch(parts.path)
        if not match:
            reason = f"“{(link or '')[:LONGEST_LINK]}” is not the address of an article."
            remedy = "Copy it from the page, as https://zhuanlan.zhihu.com/p/123."
            raise InvalidInput([Fault("link", reason, remedy)])
        return match[1]


def _parts(link: str) -> SplitResult | None:
    """None: it is no address."""
    if len(link) > LONGEST_LINK or not link.isprintable():
        return None
    try:
        parts = urlsplit(link)
        _site(parts)
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") else None


def _site(parts: SplitResult) -> tuple[str | None, int | None]:
    """Raises ValueError for a port that is none."""
    return parts.hostname, parts.port
