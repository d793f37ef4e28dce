"""Whether a body can be published, without rendering it where that can be told by looking.

Rendering Markdown takes milliseconds an article, which is minutes for a CSV of 10,000 rows. Three cases:
1. Nothing in the body could be a fault, and its beginning is sure to be visible text: fine at a glance.
2. Anything else is rendered; what `core.publishing.content.render` says, counts.
3. The same body again: remembered.
A property test holds case 1 against `render`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from core.errors import Fault
from core.publishing.content import MAX_CONTENT_LENGTH, render

_BEGINS_VISIBLY = re.compile(r"[\s#>*+\-_\d.)《“「【（]*[^\W\d_]")
"""Marks of headings, lists, quotes and emphasis, then a letter. No bracket, fence or tag stands before that
letter, so it cannot be part of a link, of a fence's language or of a tag: it is text."""
_NEEDS_A_LOOK = re.compile(r"[<\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Tags and autolinks, and characters that are dropped before rendering and could reveal others."""
_LINK_TARGET = re.compile(r"\]\s*[(:]")
_PLAIN_TARGET = re.compile(r"\]\([ \t]*https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?=[/?#) ])")
"""An address that every check passes. Its host holds nothing that could make it unreadable."""


def check_content(content: str, content_format: str) -> tuple[Fault, ...]:
    """What is wrong with a body; nothing, if empty."""
    if _is_fine_at_a_glance(content, content_format):
        return ()
    return _rendering_faults(content, content_format)


def _is_fine_at_a_glance(content: str, content_format: str) -> bool:
    if len(content) > MAX_CONTENT_LENGTH or not _BEGINS_VISIBLY.match(content):
        return False
    if content_format == "text":
        return True
    if content_format != "markdown" or _NEEDS_A_LOOK.search(content):
        return False
    return len(_LINK_TARGET.findall(content)) == len(_PLAIN_TARGET.findall(content))


@lru_cache(maxsize=512)
def _rendering_faults(content: str, content_format: str) -> tuple[Fault, ...]:
    return render(content, content_format).faults
