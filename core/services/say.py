"""How a sentence is said: the English of the code with its facts filled in, or its translation.

Whoever shows words in another language hands in a `Say` of its own; the English sentence is the key. Without facts it
is taken as it is, braces and all: the reason of a failure is said so.
"""

from __future__ import annotations

from typing import Protocol


class Say(Protocol):
    """`say("Scheduled for {at}", at="10:03")`."""

    def __call__(self, message: str, /, **facts: object) -> str:
        """The sentence in the reader's language."""
        ...


def in_english(message: str, /, **facts: object) -> str:
    """As it stands in the code."""
    return message.format(**facts) if facts else message
