"""Rows of a CSV that repeat an earlier row of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from core.services.csv_faults import FaultKind, RowFault
from core.services.csv_rows import CsvRow

Place = int | str
"""The id of an account, or a name that no account has."""

WHAT_IS_READ = frozenset({"title", "content", "content_file", "platform", "mode"})
"""What two rows must share to be one article, besides their account."""


def repeated_references(rows: Iterable[CsvRow], column: str) -> Iterator[RowFault]:
    """Rows with the reference of an earlier row."""
    first_with: dict[str, int] = {}
    for row in rows:
        reference = row.submission.client_ref if row.submission else None
        if reference is None or "client_ref" in row.unsure:
            continue
        earlier = first_with.setdefault(reference, row.number)
        if earlier != row.number:
            reason = f"repeats the reference of row {earlier}."
            yield RowFault(row.number, column, reason, "Give every article a reference of its own.")


def own_reference(names: Mapping[str, str]) -> str:
    """How a row is said to be meant, in a file with these `names` of columns."""
    return f"a reference of its own (column {names['client_ref']})"


def repeated_articles(
    rows: Iterable[CsvRow], places: Mapping[int, Place], names: Mapping[str, str]
) -> Iterator[RowFault]:
    """Rows with title, text, account and mode of an earlier row. One with a reference of its own is meant."""
    remedy = f"Remove one of the two, or give it {own_reference(names)} if it is meant."
    first_with: dict[tuple[Place, str, str, str, str], int] = {}
    for row in rows:
        submission, place = row.submission, places.get(row.number)
        if submission is None or place is None or not row.unsure.isdisjoint(WHAT_IS_READ):
            continue
        article = (place, submission.platform, submission.mode, submission.title, submission.content)
        earlier = first_with.setdefault(article, row.number)
        if earlier != row.number and submission.client_ref is None:
            reason = f"repeats the article of row {earlier}."
            yield RowFault(row.number, names["title"], reason, remedy, kind=FaultKind.REPEATED)
