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

_BEGINS_VISIBLY = re.compile(
    r"(?:\s*!\[[^\[\]`\n]*\]\(https?://[A-Za-z0-9.-]+(?::\d{1,5})?/[^\s()<>\[\]`]*\)\s*)*"
    r"[\s#>*+\-_\d.)《“「【（]*[^\W\d_]"
)
"""Pictures, marks of headings, lists, quotes and emphasis, then a letter. No open bracket, fence or tag stands
before that letter, so it cannot be part of a link, of a fence's language or of a tag: it is text."""
_NEEDS_A_LOOK = re.compile(r"<(?!br ?/?>|[\s\d=])|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Tags and autolinks, and characters that are dropped before rendering and could reveal others."""
_LINK_TARGET = re.compile(r"\]\s*[(:]")
_PLAIN_TARGET = re.compile(r"\]\([ \t]*https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?=[/?#) ])")
"""An address that every check passes. Its host holds nothing that could make it unreadable."""
_DEEP = re.compile(r" {4}| {0,3}\t")
_OPENING_FENCE = re.compile(r"(`{3,}|~{3,})[^`|]*$")
_UNSURE_FENCE = re.compile(r" {0,3}(?:```|~~~)")


def check_content(content: str, content_format: str) -> tuple[Fault, ...]:
    """What is wrong with a body; nothing, if empty."""
    if _is_fine_at_a_glance(content, content_format):
        return ()
    return _rendering_faults(content, content_format)


def _is_fine_at_a_glance(content: str, content_format: str) -> bool:
    if len(content) > MAX_CONTENT_LENGTH or content_format not in ("markdown", "text"):
        return False
    outside = _without_code(content) if content_format == "markdown" else content
    if not _BEGINS_VISIBLY.match(outside):
        return False
    if content_format == "text":
        return True
    if _NEEDS_A_LOOK.search(outside):
        return False
    return len(_LINK_TARGET.findall(outside)) == len(_PLAIN_TARGET.findall(outside))


def _without_code(content: str) -> str:
    """The article without its blocks of code whose fences start a line. Such a line is never inside anything
    else. Behind any other fence, which may be part of a list or the head of a table, everything is kept."""
    kept: list[str] = []
    fence = ""
    is_unsure = False
    for line in content.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if fence:
            if _closes(line, fence):
                fence = ""
            continue
        opening = None if is_unsure else _OPENING_FENCE.match(line)
        fence = opening[1] if opening else ""
        if not opening:
            kept.append(line)
            is_unsure = is_unsure or bool(_UNSURE_FENCE.match(line))
    return "\n".join(kept)


def _closes(line: str, fence: str) -> bool:
    """Same mark, at least as long, indented by three spaces at most, and nothing behind it."""
    mark = line.strip(" \t")
    return len(mark) >= len(fence) and not mark.strip(fence[0]) and not _DEEP.match(line)


@lru_cache(maxsize=512)
def _rendering_faults(content: str, content_format: str) -> tuple[Fault, ...]:
    return render(content, content_format).faults
