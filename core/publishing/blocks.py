"""Sanitised HTML read as the flat sequence of blocks that a model-driven editor takes from a paste.

Draft.js fuses the text of nested blocks (a paragraph in a quote, a list in a list item) and drops what is
between them, so nothing here nests: `core.publishing.content` writes the blocks out side by side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Final

INLINE: Final = {
    "b": "strong",
    "strong": "strong",
    "i": "em",
    "em": "em",
    "s": "del",
    "strike": "del",
    "del": "del",
    "u": "u",
    "code": "code",
    "sup": "sup",
    "sub": "sub",
}
"""Inline elements, and the one name under which each is written."""

HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LISTS: Final = frozenset({"ul", "ol"})
KEEPS_LINES: Final = frozenset({"li", "blockquote", "td"})
"""Blocks in which paragraphs become lines: a break inside, not a block of its own."""

_CJK = "\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_BREAK_IN_CJK = re.compile(f"(?<=[{_CJK}])[ \t]*\r?\n[ \t\r\n]*(?=[{_CJK}])")
_ASCII_SPACE = re.compile(r"[ \t\r\n\f]+")
_LANGUAGE = re.compile(r"(?:^|\s)(?:language|lang)-([\w+#.-]{1,30})")


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its element, its inline HTML, and its text."""

    kind: str
    html: str
    text: str
    lists: tuple[str, ...] = ()
    """Of a list item: `ul` or `ol` from the outermost list to its own."""
    language: str = ""
    """Of a `pre`: the language of its code, if the author named it."""


@dataclass(slots=True)
class _Inline:
    """The inline content that is being collected."""

    html: list[str] = field(default_factory=list)
    text: str = ""
    opened: int = 0
    """How many of the reader's open inline elements stand in `html`."""
    has_break: bool = False
    """A line break is due before the next text."""


class BlockReader(HTMLParser):
    """Reads HTML that nh3 has written (so it is well-formed) into `blocks`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._kinds: list[str] = []
        self._lists: list[str] = []
        self._open: list[tuple[str, str]] = []
        self._inline = _Inline()
        self._pre_language: str | None = None
        self._tables = 0
        self._rows: list[list[tuple[str, str, str]]] = []

    @classmethod
    def read(cls, html: str) -> list[Block]:
        """The blocks of `html`, in order."""
        reader = cls()
        reader.feed(html)
        reader.close()
        reader._end_block()
        return reader.blocks

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in INLINE:
            self._open_inline(tag, f"<{INLINE[tag]}>")
            if self._pre_language == "" and (found := _LANGUAGE.search(values.get("class", ""))):
                self._pre_language = found[1]
        elif tag == "a":
            self._open_inline(tag, _link(values.get("href", "")))
        elif tag == "br":
            self._break()
        elif tag in ("img", "hr"):
            self._void(tag, values)
        else:
            self._open_block(tag, values)

    def handle_endtag(self, tag: str) -> None:
        if tag in INLINE or tag == "a":
            self._close_inline(tag)
        elif tag not in ("br", "img", "hr"):
            self._close_block(tag)

    def handle_data(self, data: str) -> None:
        if self._pre_language is not None:
            self._add_code(data)
            return
        data = _ASCII_SPACE.sub(" ", _BREAK_IN_CJK.sub("", data))
        if not self._inline.text or self._inline.text[-1] in " \n" or self._inline.has_break:
            data = data.lstrip(" ")
        if data:
            self._add(escape(data, quote=False), data)

    @property
    def _kind(self) -> str:
        return self._kinds[-1] if self._kinds else "p"

    def _add(self, html: str, text: str) -> None:
        if self._inline.has_break and self._inline.text:
            self._inline.html.append("<br>")
            self._inline.text += "\n"
        self._inline.has_break = False
        self._inline.html += [start for _tag, start in self._open[self._inline.opened :]]
        self._inline.opened = len(self._open)
        self._inline.html.append(html)
        self._inline.text += text

    def _add_code(self, data: str) -> None:
        if "td" in self._kinds:
            self._add(escape(data, quote=False).replace("\n", "<br>"), data)
        else:
            self._inline.html.append(escape(data, quote=False))
            self._inline.text += data

    def _break(self) -> None:
        if self._pre_language is not None:
            self._add_code("\n")
        elif self._inline.text:
            self._inline.html.append("<br>")
            self._inline.text += "\n"

    def _open_inline(self, tag: str, start: str) -> None:
        if self._pre_language is None:
            self._open.append((tag, start))

    def _close_inline(self, tag: str) -> None:
        if self._pre_language is not None or not self._open or self._open[-1][0] != tag:
            return
        entry = self._open.pop()
        if self._inline.opened > len(self._open):
            self._inline.opened = len(self._open)
            self._inline.html.append(_end(*entry))

    def _open_block(self, tag: str, values: dict[str, str]) -> None:
        in_cell = "td" in self._kinds
        if tag == "table":
            self._tables += 1
        if in_cell or tag not in (*HEADINGS, *LISTS, "li", "blockquote", "pre", "table", "td", "th"):
            self._boundary()
        else:
            self._end_block()
            if tag != "table" and tag not in LISTS:
                self._kinds.append("td" if tag == "th" else tag)
        if tag in LISTS:
            self._lists.append(tag)
        if tag == "pre":
            self._pre_language = values.get("lang", "")
        if tag == "tr" and self._tables == 1:
            self._rows.append([])

    def _close_block(self, tag: str) -> None:
        if tag in ("td", "th") and self._tables == 1:
            self._end_cell(tag)
        elif tag == "table":
            self._end_table()
        elif "td" in self._kinds or not self._kinds or tag != self._kind:
            self._boundary()
        else:
            self._end_block()
            self._kinds.pop()
        if tag in LISTS and self._lists:
            if "td" not in self._kinds:
                self._end_block()
            self._lists.pop()
        if tag == "pre":
            self._pre_language = None

    def _boundary(self) -> None:
        """The edge of a paragraph or a container: a new line where lines are kept, else a new block."""
        if self._kind in KEEPS_LINES:
            self._inline.has_break = bool(self._inline.text)
        else:
            self._end_block()

    def _take_inline(self) -> tuple[str, str]:
        """What was collected, its open elements closed; they open again in the next block."""
        self._inline.html += [_end(*entry) for entry in reversed(self._open[: self._inline.opened])]
        html, text = "".join(self._inline.html), self._inline.text
        self._inline = _Inline()
        if self._pre_language is not None:
            return html.strip("\n"), text.strip("\n")
        return re.sub(r"(?:<br>| )+$", "", html).strip(" "), text.strip(" \n")

    def _end_block(self) -> None:
        html, text = self._take_inline()
        if not text.strip():
            return
        lists = tuple(self._lists) if self._kind == "li" else ()
        self.blocks.append(Block(self._kind, html, text, lists, self._pre_language or ""))

    def _end_cell(self, tag: str) -> None:
        html, text = self._take_inline()
        if self._kind == "td":
            self._kinds.pop()
        if not self._rows:
            self._rows.append([])
        self._rows[-1].append((tag, html, text))

    def _end_table(self) -> None:
        self._tables -= 1
        if self._tables:
            self._boundary()
            return
        rows = [row for row in self._rows if row]
        self._rows = []
        html = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
        text = "\n".join("\t".join(cell[2] for cell in row) for row in rows)
        if text.strip():
            self.blocks.append(Block("table", html, text))

    def _void(self, tag: str, values: dict[str, str]) -> None:
        if tag == "hr":
            self._end_block()
            self.blocks.append(Block("hr", "", ""))
            return
        image = f'<img src="{escape(values.get("src", ""))}" alt="{escape(values.get("alt", ""))}">'
        if "td" in self._kinds:
            self._add(image, "")
        else:
            self._end_block()
            self.blocks.append(Block("figure", image, ""))


def _cell(cell: tuple[str, str, str]) -> str:
    tag, html, _text = cell
    return f"<{tag}>{html}</{tag}>"


def _link(address: str) -> str:
    """The start of a link. One that points inside the article leads nowhere on the site: text only."""
    return f'<a href="{escape(address)}">' if address and not address.startswith("#") else ""


def _end(tag: str, start: str) -> str:
    return f"</{INLINE.get(tag, tag)}>" if start else ""
