"""What is wrong with one cell of a CSV, in words a person can act on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowFault:
    """`row` as Excel shows it, `column` as the file's header writes it."""

    row: int
    column: str
    reason: str
    remedy: str
    offers: tuple[str, ...] = ()
    """Values that could stand there instead, best first."""
    is_duplicate: bool = False
    """The row is fine but was handed in before; its owner may allow it."""

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.reason} {self.remedy}".rstrip()


class WrongCell(ValueError):
    """A cell that cannot be read. Caught by `csv_rows`, which knows row and column."""

    def __init__(self, reason: str, remedy: str, offers: tuple[str, ...] = ()) -> None:
        self.reason = reason
        self.remedy = remedy
        self.offers = offers
        super().__init__(f"{reason} {remedy}")
