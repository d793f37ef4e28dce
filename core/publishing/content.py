"""An article as its author hands it in → clean HTML that can be pasted into the site's editor.

Called when an article is accepted, so that every fault is named before anything is queued, and again by the
worker that publishes it.
"""

from __future__ import annotations

import hashlib
import re
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Final

import nh3

from core.errors import Fault
from core.publishing.blocks import HEADINGS, Block, BlockReader
from core.publishing.nesting import depth_of
from core.publishing.unsafe_html import UnsafeHtml

FORMATS: Final = ("markdown", "html", "text")
MAX_TITLE_LENGTH: Final = 100
"""Characters; the site's title field says so itself (facts/zhihu.md §3)."""
MAX_CONTENT_LENGTH: Final = 200_000
"""Characters as handed in: the limit of one field of an import (facts/publishing.md)."""
MAX_DEPTH: Final = 200
"""Elements inside each other: far above what anybody writes, and what a parser still reads at once."""
MAX_TOPICS: Final = 3
"""What every source grants; some claim five (facts/zhihu.md §3)."""
MAX_TOPIC_LENGTH: Final = 50
"""Far above any topic of the site; it only catches a whole sentence in the wrong column."""

_BLOCKS = "p div section article header footer main aside nav address center dl dt dd details summary"
_MORE_BLOCKS = "figure figcaption h1 h2 h3 h4 h5 h6 ul ol li blockquote pre hr br img"
_TABLES = "table thead tbody tfoot tr td th caption"
_INLINE = "a b strong i em s strike del u code sup sub"
_TAGS: Final = set(f"{_BLOCKS} {_MORE_BLOCKS} {_TABLES} {_INLINE}".split())
_ATTRIBUTES: Final = {"a": {"href"}, "img": {"src", "alt"}, "code": {"class"}, "pre": {"lang"}}
_SCHEMES: Final = {"http", "https", "mailto"}

INVISIBLE: Final = r"[\s\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x1f]+"
"""White space and zero-width characters: a site may add or drop them, so they never count. Also a pattern of
JavaScript."""
_filling = threading.Lock()
_TABLE = '<table data-draft-node="block" data-draft-type="table" data-size="normal"><tbody>{}</tbody></table>'


@dataclass(frozen=True, slots=True)
class Rendered:
    """An article's body, ready for the editor, or the reasons why it cannot be published."""

    html: str = field(repr=False)
    text: str = field(repr=False)
    text_length: int
    """Characters of `text` without white space."""
    faults: tuple[Fault, ...] = ()


def render(content: str, content_format: str = "markdown") -> Rendered:
    """Turn Markdown, HTML or plain text into pasteable HTML. Never raises: see `faults`."""
    faults = _faults_of_input(content, content_format)
    if faults:
        return Rendered("", "", 0, tuple(faults))
    source = _to_html(_without_control_characters(content), content_format)
    depth = depth_of(source)
    if depth > MAX_DEPTH:
        reason = f"its parts stand {depth:,} deep inside each other; {MAX_DEPTH} is the limit."
        return Rendered("", "", 0, (Fault("content", reason, "Close what is opened, or paste it as plain text."),))
    blocks = BlockReader.read(_sanitise(source))
    text = "\n".join(block.text for block in blocks if block.text)
    faults = UnsafeHtml.find(source, _TAGS)
    if not faults and not visible(text):
        faults = [Fault("content", "the article has no text.", "Write at least one sentence.")]
    return Rendered(_write(blocks), text, len(visible(text)), tuple(faults))


def check_title(title: str) -> list[Fault]:
    """What is wrong with a title; nothing, if the list is empty."""
    if not visible(title):
        return [Fault("title", "the title is empty.", "Write one of 1 to 100 characters.")]
    faults = []
    if len(title.strip()) > MAX_TITLE_LENGTH:
        reason = f"the title has {len(title.strip())} characters; the site takes {MAX_TITLE_LENGTH}."
        faults.append(Fault("title", reason, "Shorten it."))
    if not is_one_line(title.strip()):
        faults.append(Fault("title", "the title holds a line break or a control character.", "Write it in one line."))
    return faults


def check_topics(topics: Sequence[str]) -> list[Fault]:
    """What is wrong with a list of topics; nothing, if the list is empty."""
    faults = []
    if len(topics) > MAX_TOPICS:
        faults.append(Fault("topics", f"{len(topics)} topics; the site takes {MAX_TOPICS}.", "Remove some."))
    for topic in topics:
        if not visible(topic):
            faults.append(Fault("topics", "a topic is empty.", "Remove it."))
        elif not is_one_line(topic):
            faults.append(
                Fault("topics", "a topic holds a line break or a control character.", "Write it in one line.")
            )
        elif len(topic) > MAX_TOPIC_LENGTH:
            reason = f"the topic {topic[:20]}… has {len(topic)} characters; {MAX_TOPIC_LENGTH} is the limit."
            faults.append(Fault("topics", reason, "Shorten it."))
    return faults


def is_one_line(text: str) -> bool:
    """Whether it holds neither a line break nor a control character: no field of one line takes these."""
    return not any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text)


def visible(text: str) -> str:
    """`text` without white space and zero-width characters: what is compared and counted."""
    return re.sub(INVISIBLE, "", text)


def content_hash(title: str, text: str) -> str:
    """sha-256 hex of title and text, white space folded."""
    return hashlib.sha256(f"{visible(title)}\0{visible(text)}".encode()).hexdigest()


def text_of_html(html: str) -> str:
    """The text of HTML that a site returned, read the same way as an article's own."""
    return "\n".join(block.text for block in BlockReader.read(_sanitise(html)) if block.text)


def _faults_of_input(content: str, content_format: str) -> list[Fault]:
    if content_format not in FORMATS:
        return [
            Fault(
                "format",
                f"{content_format!r} is not a known format.",
                f"Use {', '.join(FORMATS[:-1])} or {FORMATS[-1]}.",
            )
        ]
    if not visible(content):
        return [Fault("content", "the article is empty.", "Write at least one sentence.")]
    if len(content) > MAX_CONTENT_LENGTH:
        reason = f"the article has {len(content):,} characters; {MAX_CONTENT_LENGTH:,} is the limit."
        return [Fault("content", reason, "Split it into several articles.")]
    return []


def _without_control_characters(content: str) -> str:
    """HTML has no place for them, nor has a database column; lone surrogates cannot be stored as UTF-8."""
    return "".join(c for c in content if c in "\t\n\r" or unicodedata.category(c) not in ("Cc", "Cs"))


def _to_html(content: str, content_format: str) -> str:
    if content_format == "html":
        return content
    if content_format == "text":
        return "".join(f"<p>{escape(line)}</p>" for line in content.splitlines() if line.strip())
    from markdown_it import MarkdownIt  # noqa: PLC0415 - slow to load, and whoever lists articles needs none

    with _filling:
        _fill_tables_of_characters()
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    # The library writes a link it does not trust as plain text. Here it must reach the check that names it.
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    return str(markdown.render(content))


@cache
def _fill_tables_of_characters() -> None:
    """The library fills them at the first link that it meets, in sight of other threads: these would fail on a table
    that is half full, or write the colon of an address as %3A."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - as above

    MarkdownIt("commonmark").render("[link](https://example.com/%C3%A4) <https://example.com/%C3%A4>")


def _sanitise(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style", "title"},
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=None,
    )


def _write(blocks: Sequence[Block]) -> str:
    """The blocks as HTML without white space between the tags (the site shows it as blank lines)."""
    top_level = min((block.kind for block in blocks if block.kind in HEADINGS), default="h1")
    parts: list[str] = []
    lists: tuple[str, ...] = ()
    for block in blocks:
        parts.append(_list_edges(lists, block.lists))
        lists = block.lists
        parts.append(_write_block(block, top_level))
    parts.append(_list_edges(lists, ()))
    return "".join(parts)


def _list_edges(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """The tags that end and begin lists. An inner list stands beside the items, not inside one: Draft.js
    takes the depth from it, and would fuse the text of an item with that of a list inside it."""
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    ends = "".join(f"</{tag}>" for tag in reversed(before[same:]))
    return ends + "".join(f"<{tag}>" for tag in after[same:])


def _write_block(block: Block, top_level: str) -> str:
    """The site has two levels of headings, h2 and h3: the article's highest becomes h2, all others h3."""
    if block.kind in HEADINGS:
        tag = "h2" if block.kind == top_level else "h3"
        return f"<{tag}>{block.html}</{tag}>"
    if block.kind == "table":
        return _TABLE.format(block.html)
    if block.kind == "hr":
        return "<hr>"
    if block.kind == "pre" and block.language:
        return f'<pre lang="{escape(block.language)}">{block.html}</pre>'
    return f"<{block.kind}>{block.html}</{block.kind}>"
