"""The plain text of an article's HTML."""

from __future__ import annotations

from html.parser import HTMLParser


class HtmlText(HTMLParser):
    """Collects what a reader sees as text. Feed it, then read `text`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self._pieces.append(data)

    @property
    def text(self) -> str:
        return "".join(self._pieces)


def text_of(html: str) -> str:
    """The text between the tags."""
    parser = HtmlText()
    parser.feed(html)
    parser.close()
    return parser.text


def text_length(html: str) -> int:
    """How many characters it has, white space left out."""
    return len("".join(text_of(html).split()))
