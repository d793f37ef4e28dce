"""What is wrong with one cell of a CSV, in words a person can act on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

HEADER_ROW = 1
WHOLE_FILE = "file"
"""Stands for the column where the file itself is at fault."""
LONGEST_REASON = 300
LONGEST_NAME = 40


def legible(text: str, longest: int) -> str:
    """What a cell holds, as it can be shown in one line: no control characters, and no more than is needed to
    know it again. The end stays, since the sentence around the cell may end there."""
    if len(text) <= longest and text.isprintable():
        return text.strip()
    if len(text) > longest:
        end = longest // 4
        text = f"{text[: longest - end - 1]}…{text[-end:]}"
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


class FaultKind(StrEnum):
    """Whether something that only the database knows can clear the fault."""

    WRONG = "wrong"
    """Nothing can: the row must be corrected."""
    REPEATED = "repeated"
    """The row is fine but repeats another article; its owner may allow it."""
    PASSED = "passed"
    """Its time has passed. No fault of a row that was handed in before its time came."""
    COVER = "cover"
    """The row is fine but names a cover, which cannot come with its CSV; its owner may do without."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """`row` as Excel shows it, `column` as the file's header writes it."""

    row: int
    column: str
    reason: str
    remedy: str
    offers: tuple[str, ...] = ()
    """Values that could stand there instead, best first."""
    kind: FaultKind = FaultKind.WRONG

    @property
    def is_duplicate(self) -> bool:
        """The row is fine but repeats another article; its owner may allow it."""
        return self.kind is FaultKind.REPEATED

    @property
    def where(self) -> str:
        """The cell, or the file as a whole."""
        is_of_file = self.row == HEADER_ROW and self.column == WHOLE_FILE
        return WHOLE_FILE if is_of_file else f"row {self.row}, {self.column}"

    @property
    def words(self) -> str:
        """The fault without its row."""
        return f"{self.column}: {self.reason} {self.remedy}".rstrip()

    def __str__(self) -> str:
        where = "the file" if self.where == WHOLE_FILE else f"{self.where}:"
        return f"{where} {self.reason} {self.remedy}".rstrip()


@dataclass(slots=True)
class Findings:
    """What is found in a file while it is read."""

    faults: list[RowFault] = field(default_factory=list)
    warnings: list[RowFault] = field(default_factory=list)

    def blame(
        self,
        row: int,
        column: str,
        reason: str,
        remedy: str,
        offers: tuple[str, ...] = (),
        kind: FaultKind = FaultKind.WRONG,
    ) -> None:
        """Its row cannot be queued."""
        column, reason = legible(column, LONGEST_NAME), legible(reason, LONGEST_REASON)
        self.faults.append(RowFault(row, column, reason, remedy, offers, kind))

    def warn(self, row: int, column: str, reason: str, remedy: str) -> None:
        """Its row can be queued, but its owner should look at it."""
        column, reason = legible(column, LONGEST_NAME), legible(reason, LONGEST_REASON)
        self.warnings.append(RowFault(row, column, reason, remedy))


def in_order(faults: Iterable[RowFault], header: Sequence[str]) -> tuple[RowFault, ...]:
    """By row, and in a row from left to right; each once."""
    places = {legible(cell, LONGEST_NAME): place for place, cell in enumerate(header)}
    return tuple(sorted(dict.fromkeys(faults), key=lambda fault: (fault.row, places.get(fault.column, len(places)))))


class WrongCell(ValueError):
    """A cell that cannot be read. Caught by `csv_rows`, which knows row and column."""

    def __init__(
        self, reason: str, remedy: str, offers: tuple[str, ...] = (), kind: FaultKind = FaultKind.WRONG
    ) -> None:
        self.reason = reason
        self.remedy = remedy
        self.offers = offers
        self.kind = kind
        super().__init__(f"{reason} {remedy}")
