"""A whole CSV against what its owner has and handed in before: the faults that only the database knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from core.errors import Fault, InvalidInput, Repeated
from core.services.article_intake import task_of
from core.services.csv_faults import FaultKind, Findings, RowFault, in_order
from core.services.csv_import import ParsedCsv
from core.services.csv_repeats import Place, own_reference, repeated_articles
from core.services.csv_rows import CsvRow
from core.services.owner_accounts import OwnerAccounts
from core.store.accounts import AccountStore
from core.store.content_hash import article_of, request_sha256
from core.store.earlier_articles import EarlierArticles, EarlierReference, EarlierRow
from core.store.records import Accepted, NewTask, UserView

ARTICLE_COLUMNS = frozenset(
    {"title", "content", "content_file", "format", "platform", "account", "column", "topics", "cover", "mode"}
)
"""What makes an article the same article. A fault in any of them, and nobody can tell."""
LONGEST_BATCH_NAME = 255
"""Characters: the name of a file may be of any length."""


@dataclass(frozen=True, slots=True)
class CheckedCsv:
    """A file as far as it may be queued: `parsed` with the faults that only the database knows of, and a task
    for every row without fault."""

    parsed: ParsedCsv
    tasks: tuple[NewTask, ...]

    def refuse_faults(self, *, skip_bad_rows: bool) -> None:
        """Nothing of a faulty file is queued, unless its owner said to leave out the bad rows. Raises InvalidInput."""
        parsed = self.parsed
        if parsed.faults and not (skip_bad_rows and parsed.is_readable and self.tasks):
            raise InvalidInput([Fault(one.where, one.reason, one.remedy) for one in parsed.faults])


class CsvIntake:
    """Checks files and makes tasks of their rows."""

    def __init__(self, accounts: AccountStore, earlier: EarlierArticles, *, max_retries: int) -> None:
        self._accounts = accounts
        self._earlier = earlier
        self._max_retries = max_retries

    def check(self, parsed: ParsedCsv, owner: UserView, *, allow_duplicates: bool = False) -> CheckedCsv:
        """A whole file. Changes nothing and raises nothing: see the faults. A file that was checked before may
        come again."""
        check = _FileCheck(parsed, owner.id)
        check.find_accounts(OwnerAccounts(self._accounts.list(owner.id), owner), self._max_retries)
        named = check.references()
        known = self._earlier.references(owner.id, named)
        check.compare_rows(named, known, self._earlier.of_file(owner.id, parsed.sha256))
        check.find_repeats(self._earlier)
        return check.result(allow_duplicates=allow_duplicates)

    def refuse_repeats(self, connection: Connection, checked: CheckedCsv, accepted: Sequence[Accepted]) -> None:
        """Raises Repeated if a row that was just stored repeats an article that came in by another way since the file
        was checked: two files that share articles may be handed in at the same moment. Rows with a reference are
        meant, as in the check."""
        unnamed = {
            (article_of(task), task.account_id, task.mode)
            for task, one in zip(checked.tasks, accepted, strict=True)
            if one.is_new and task.client_ref is None
        }
        for user_id in {task.user_id for task in checked.tasks}:
            hashes = (article for article, *_ in unnamed)
            for found in self._earlier.find_in(connection, user_id, hashes, outside_file=checked.parsed.sha256):
                if (found.article_sha256, found.account_id, found.mode) in unnamed:
                    raise Repeated(found.public_id)


@dataclass(slots=True)
class _FileCheck:
    """One check of one file. Each step judges a row as far as what it rests on has no fault."""

    parsed: ParsedCsv
    owner_id: int
    findings: Findings = field(default_factory=Findings)
    places: dict[int, Place] = field(default_factory=dict)
    """Row → the account it goes to, or the name of one that does not exist."""
    tasks: dict[int, NewTask] = field(default_factory=dict)
    """Rows whose articles are sure, whatever else is wrong with them."""
    known: set[int] = field(default_factory=set)
    """Rows whose very articles were handed in before and stay what they are."""

    def find_accounts(self, accounts: OwnerAccounts, max_retries: int) -> None:
        for row in self.parsed.rows:
            if row.submission is None or not row.unsure.isdisjoint(("platform", "account")):
                continue
            account = accounts.find(row.submission)
            if isinstance(account, Fault):
                self._blame(row.number, account.field, account.reason, account.remedy)
                if row.submission.account:
                    self.places[row.number] = row.submission.account
                continue
            self.places[row.number] = account.id
            if row.unsure.isdisjoint(ARTICLE_COLUMNS):
                task = task_of(row.submission, account, max_retries)
                self.tasks[row.number] = replace(task, batch_row=row.number)

    def references(self) -> dict[str, CsvRow]:
        """The first row with each reference."""
        named: dict[str, CsvRow] = {}
        for row in self.parsed.rows:
            if row.submission and row.submission.client_ref and "client_ref" not in row.unsure:
                named.setdefault(row.submission.client_ref, row)
        return named

    def compare_rows(
        self, named: dict[str, CsvRow], known: dict[str, EarlierReference], of_file: dict[int, EarlierRow]
    ) -> None:
        """Rows that are what an earlier one was, and rows that only bear its name."""
        came_with_it = {row.public_id for row in of_file.values()}
        for reference, earlier in known.items():
            row = named[reference]
            if row.number not in self.tasks:
                remedy = "If this is another article, give it a reference of its own."
                self._warn(row.number, "client_ref", f"was used before, for article {earlier.public_id}.", remedy)
            elif not self._is_same(row.number, earlier):
                reason = f"was used before, for another article: {earlier.public_id}."
                self._blame(row.number, "client_ref", reason, "Give this row a reference of its own.")
            elif earlier.public_id not in came_with_it:
                reason = f"was used before, for this article: {earlier.public_id}."
                self._warn(row.number, "client_ref", reason, "It stays one article.")
        for number, task in self.tasks.items():
            if task.client_ref is None and number in of_file and not self._is_same(number, of_file[number]):
                reason = (
                    f"was handed in before with this very file, as article {of_file[number].public_id}, "
                    "but then with another text, picture or account."
                )
                self._blame(
                    number, "title", reason, f"If this is another article, give it {own_reference(self.parsed.names)}."
                )

    def find_repeats(self, earlier: EarlierArticles) -> None:
        """Rows without a reference whose article stands above in the file, or was handed in before. A row with
        one is its owner's word for being a new article, and the store holds it to that."""
        self.findings.faults += repeated_articles(self.parsed.rows, self.places, self.parsed.names)
        unnamed = {
            number: article_of(task)
            for number, task in self.tasks.items()
            if task.client_ref is None and number not in self.known
        }
        found = {
            (one.article_sha256, one.account_id, one.mode): one.public_id
            for one in earlier.find(self.owner_id, unnamed.values(), outside_file=self.parsed.sha256)
        }
        for number, article in unnamed.items():
            task = self.tasks[number]
            public_id = found.get((article, task.account_id, task.mode))
            if public_id is not None:
                reason = f"was handed in before, as article {public_id}."
                remedy = f"Remove the row, or give it {own_reference(self.parsed.names)} if it is meant."
                self._blame(number, "title", reason, remedy, FaultKind.REPEATED)

    def result(self, *, allow_duplicates: bool) -> CheckedCsv:
        """All that was found, and what is left to be queued."""
        faults: list[RowFault] = []
        warnings = [*self.parsed.warnings, *self.findings.warnings]
        for fault in (*self.parsed.faults, *self.findings.faults):
            if fault.kind is FaultKind.WRONG or fault.row not in self.known:
                is_allowed = allow_duplicates and fault.kind is FaultKind.REPEATED
                (warnings if is_allowed else faults).append(fault)
        header = self.parsed.header
        checked = replace(self.parsed, faults=in_order(faults, header), warnings=in_order(warnings, header))
        bad = checked.bad_numbers
        return CheckedCsv(checked, tuple(task for number, task in self.tasks.items() if number not in bad))

    def _is_same(self, number: int, earlier: EarlierReference | EarlierRow) -> bool:
        """Notes the row as known if it is."""
        task = self.tasks[number]
        is_same = earlier.request_sha256 == request_sha256(task, article_of(task))
        if is_same:
            self.known.add(number)
        return is_same

    def _blame(self, row: int, column: str, reason: str, remedy: str, kind: FaultKind = FaultKind.WRONG) -> None:
        self.findings.blame(row, self.parsed.names.get(column, column), reason, remedy, kind=kind)

    def _warn(self, row: int, column: str, reason: str, remedy: str) -> None:
        self.findings.warn(row, self.parsed.names[column], reason, remedy)
