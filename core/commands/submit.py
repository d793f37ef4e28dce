"""`python -m core submit`, `template`: handing in a whole CSV."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from core import wiring
from core.commands.bad_rows import require_other_file, write_bad_rows
from core.commands.csv_report import as_json, show, tell
from core.commands.files import is_stdin, read_file
from core.commands.lookups import ME, task_words, user_named
from core.commands.next_steps import NOBODY_PUBLISHES
from core.commands.terminal import Exit, counted, is_terminal, say_json, warn
from core.services import csv_export
from core.services.batch_receipt import BatchReceipt
from core.services.csv_import import ParsedCsv, parse_csv
from core.services.csv_text import MAX_FILE_BYTES
from core.settings import get_settings
from core.task_state import TaskStatus

File = Annotated[Path, typer.Argument(help="A CSV; - reads standard input.")]
User = Annotated[str, typer.Option(help="Whose articles.")]
Account = Annotated[str, typer.Option(help="For rows that name no account.")]
SkipBadRows = Annotated[bool, typer.Option("--skip-bad-rows", help="Queue the good rows all the same.")]
BadRows = Annotated[Path | None, typer.Option(help="Write the bad rows, with reasons, to this CSV.")]
AllowDuplicates = Annotated[
    bool, typer.Option("--allow-duplicates", help="Queue articles again that were handed in before.")
]
WithoutCovers = Annotated[bool, typer.Option("--without-covers", help="Leave out what the rows say of covers.")]
CheckOnly = Annotated[bool, typer.Option("--check", help="Only look; queue nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
ForPrograms = Annotated[bool, typer.Option("--json", help="For programs.")]

ONES_THAT_WAIT = (TaskStatus.WAITING, TaskStatus.RETRYING)
"""What the limit of waiting articles counts."""


def submit(
    file: File,
    user: User,
    account: Account = "",
    skip_bad_rows: SkipBadRows = False,
    bad_rows: BadRows = None,
    allow_duplicates: AllowDuplicates = False,
    without_covers: WithoutCovers = False,
    check_only: CheckOnly = False,
    yes: Yes = False,
    for_programs: ForPrograms = False,
) -> None:
    """Hand in the articles of a CSV.

    Every row is checked first and every fault is listed with its row, as Excel shows it. Nothing of a faulty
    file is queued unless --skip-bad-rows is given. The same file handed in again adds nothing.

    Exit codes: 0 queued; 1 refused, nothing is queued; 3 queued without the bad rows.
    """
    owner = user_named(user).id
    if bad_rows is not None:
        require_other_file(bad_rows, file)
    manager = wiring.get_task_manager()
    parsed = _parse(file, account, without_covers=without_covers)
    parsed = manager.check_batch(parsed, actor=ME, user_id=owner, allow_duplicates=allow_duplicates)
    if not for_programs:
        show(parsed)
    if bad_rows is not None:
        write_bad_rows(parsed, bad_rows, file, skip_bad_rows=skip_bad_rows)
    may_queue = parsed.is_readable and bool(parsed.good_rows) and (skip_bad_rows or not parsed.faults)
    receipt = None
    if may_queue and not check_only and (yes or not is_terminal() or _confirm(parsed)):
        choices = {"skip_bad_rows": skip_bad_rows, "allow_duplicates": allow_duplicates}
        receipt = manager.submit_batch(
            parsed, actor=ME, user_id=owner, name="" if is_stdin(file) else file.name, **choices
        )
    if for_programs:
        say_json(as_json(parsed, receipt))
    else:
        tell(receipt, parsed, check_only=check_only, may_queue=may_queue)
        if receipt is None and may_queue:
            _foresee_overflow(parsed, owner)
        elif receipt is not None and receipt.new and task_words().has_workers is False:
            warn(NOBODY_PUBLISHES)
    raise typer.Exit(_exit_code(parsed, receipt, check_only=check_only))


def template(
    chinese: Annotated[bool, typer.Option("--chinese", help="Chinese names of the columns.")] = False,
) -> None:
    """Write an example CSV to standard output, with every column."""
    sys.stdout.buffer.write(csv_export.template(is_chinese=chinese))


def _parse(file: Path, account: str, *, without_covers: bool) -> ParsedCsv:
    return parse_csv(
        read_file(file, MAX_FILE_BYTES, "file"),
        folder=None if is_stdin(file) else file.absolute().parent,
        zone=get_settings().zone,
        default_account=account,
        without_covers=without_covers,
    )


def _foresee_overflow(parsed: ParsedCsv, owner: int) -> None:
    """A file that is in order may still be refused as a whole. What was handed in before is not told apart here."""
    limit = get_settings().max_waiting_per_user
    counts = wiring.get_task_queries().counts(owner, statuses=ONES_THAT_WAIT)
    waiting, rows = sum(counts.values()), len(parsed.good_rows)
    if waiting + rows > limit:
        wait = "waits" if waiting == 1 else "wait"
        warn(
            f"But {counted(waiting, 'article')} {wait} already, and at most {limit} may: with {rows} more the file "
            "would be refused. Wait until some are published, or cancel some."
        )


def _confirm(parsed: ParsedCsv) -> bool:
    left_out = f" without {counted(len(parsed.bad_rows), 'bad row')}" if parsed.faults else ""
    return typer.confirm(f"Queue {counted(len(parsed.good_rows), 'article')}{left_out}?")


def _exit_code(parsed: ParsedCsv, receipt: BatchReceipt | None, *, check_only: bool) -> Exit:
    if receipt is None:
        return Exit.DONE if check_only and not parsed.faults else Exit.FAILED
    return Exit.PARTLY if parsed.faults else Exit.DONE
