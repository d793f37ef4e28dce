"""Finds what an article may not contain, so that it is refused with a reason instead of silently cut."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

import nh3

from core.errors import Fault

REFUSED_ELEMENTS: Final = frozenset(
    {"script", "style", "iframe", "frame", "frameset", "object", "embed", "applet", "form", "svg", "math"}
    | {"video", "audio", "canvas", "base", "template", "textarea", "select", "button"}
)
"""Elements that run, load or style something, or whose content would be lost with them."""

_ADDRESSES: Final = {"href": ("http", "https", "mailto"), "src": ("http", "https")}
_EVENT_HANDLER = re.compile(r"on[a-z]")
_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_SHORT = 60
_ATTRIBUTES: Final = {"a": {"href"}, "img": {"src"}}
_SCHEMES: Final = {"http", "https", "mailto", "javascript", "vbscript", "data", "file", "blob", "ftp", "about"}
MAX_FAULTS: Final = 20
"""So many are named; a person who gets a longer list reads none of it."""


class UnsafeHtml(HTMLParser):
    """Collects `faults` while it reads. nh3 still sanitises what passes: this class explains, nh3 protects."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: dict[str, Fault] = {}

    @classmethod
    def find(cls, html: str, allowed_elements: set[str]) -> list[Fault]:
        """What must not be in `html`, each kind named once.

        nh3 reads it first and lets everything pass that is looked for: so this sees what a browser would
        see, and html.parser, which takes quadratic time on broken tags, gets none.
        """
        reader = cls()
        reader.feed(
            nh3.clean(
                html,
                tags=allowed_elements | REFUSED_ELEMENTS,
                clean_content_tags={"title"},
                attributes=_ATTRIBUTES,
                generic_attribute_prefixes={"on"},
                url_schemes=_SCHEMES,
                link_rel=None,
            )
        )
        reader.close()
        return list(reader._found.values())[:MAX_FAULTS]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in REFUSED_ELEMENTS:
            self._refuse(f"<{tag}> is not allowed in an article.", "Remove it.")
        for name, value in attrs:
            if _EVENT_HANDLER.match(name):
                self._refuse(f"the event handler {name}= in <{tag}> is not allowed.", "Remove it.")
            elif name in _ADDRESSES and tag in ("a", "img"):
                self._check_address(name, _CONTROL.sub("", value or ""), is_picture=tag == "img")

    def _check_address(self, name: str, address: str, *, is_picture: bool) -> None:
        try:
            scheme = urlsplit(address).scheme.lower()
        except ValueError:
            self._refuse(f"the address {_short(address)} cannot be read.", "Correct it.")
            return
        if scheme and scheme not in _ADDRESSES[name]:
            what = "pictures" if is_picture else "links"
            self._refuse(
                f"{scheme}: addresses are not allowed for {what} ({_short(address)}).",
                "Use an address that starts with https://.",
            )
        elif not scheme and not address.startswith(("//", "#")):
            what = "picture" if is_picture else "link"
            self._refuse(
                f"the {what} address {_short(address) or 'is empty'} does not lead anywhere on the site.",
                "Write the full address, starting with https://.",
            )

    def _refuse(self, reason: str, remedy: str) -> None:
        self._found.setdefault(reason, Fault("content", reason, remedy))


def _short(address: str) -> str:
    return address if len(address) <= _SHORT else address[: _SHORT - 1] + "…"
