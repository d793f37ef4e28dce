"""Which articles the rows of a table are. A browser tells the numbers of the ticked rows, no more."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListedRows:
    """The articles of one list, in the order of its rows. `view`: what it was narrowed to, and how it was sorted."""

    view: str
    ids: tuple[int, ...]

    @property
    def key(self) -> str:
        """Of its table. A browser may show an older list than the server: as a list of other rows is another table, a
        tick that was set in the older one counts there or nowhere, and never for a neighbour."""
        return f"tasks_table_{hashlib.sha256(repr((self.view, self.ids)).encode()).hexdigest()[:12]}"

    def ids_of(self, rows: Iterable[int]) -> list[int]:
        """The articles in these rows."""
        return [self.ids[row] for row in rows if 0 <= row < len(self.ids)]
