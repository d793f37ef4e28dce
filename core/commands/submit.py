"""`python -m core submit`, `template`: handing in a whole CSV."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from core import wiring
from core.commands.csv_report import as_json, show, tell
from core.commands.files import is_stdin, read_file, write_file
from core.commands.lookups import ME, user_named
from core.commands.terminal import Exit, counted, is_terminal, say_json, warn
from core.services import csv_export
from core.services.batch_receipt import BatchReceipt
from core.services.csv_import import ParsedCsv, parse_csv
from core.services.csv_text import MAX_FILE_BYTES
from core.settings import get_settings

File = Annotated[Path, typer.Argument(help="A CSV; - reads standard input.")]
User = Annotated[str, typer.Option(help="Whose articles.")]
Account = Annotated[str, typer.Option(help="For rows that name no account.")]
SkipBadRows = Annotated[bool, typer.Option("--skip-bad-rows", help="Queue the good rows all the same.")]
BadRows = Annotated[Path | None, typer.Option(help="Write the bad rows, with reasons, to this CSV.")]
AllowDuplicates = Annotated[
    bool, typer.Option("--allow-duplicates", help="Queue articles again that were handed in before.")
]
CheckOnly = Annotated[bool, typer.Option("--check", help="Only look; queue nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
ForPrograms = Annotated[bool, typer.Option("--json", help="For programs.")]


def submit(
    file: File,
    user: User,
    account: Account = "",
    skip_bad_rows: SkipBadRows = False,
    bad_rows: BadRows = None,
    allow_duplicates: AllowDuplicates = False,
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
    manager = wiring.get_task_manager()
    parsed = manager.check_batch(_parse(file, account), actor=ME, user_id=owner, allow_duplicates=allow_duplicates)
    if not for_programs:
        show(parsed)
    if bad_rows is not None:
        _keep_bad_rows(parsed, bad_rows)
    may_queue = parsed.is_readable and bool(parsed.good_rows) and (skip_bad_rows or not parsed.faults)
    receipt = None
    if may_queue and not check_only and (yes or not is_terminal() or _confirm(parsed)):
        choices = {"skip_bad_rows": skip_bad_rows, "allow_duplicates": allow_duplicates}
        receipt = manager.submit_batch(parsed, actor=ME, user_id=owner, name=file.name, **choices)
    if for_programs:
        say_json(as_json(parsed, receipt))
    else:
        tell(receipt, parsed, check_only=check_only, may_queue=may_queue)
    raise typer.Exit(_exit_code(parsed, receipt, check_only=check_only))


def template(
    chinese: Annotated[bool, typer.Option("--chinese", help="Chinese names of the columns.")] = False,
) -> None:
    """Write an example CSV to standard output, with every column."""
    sys.stdout.buffer.write(csv_export.template(is_chinese=chinese))


def _keep_bad_rows(parsed: ParsedCsv, path: Path) -> None:
    if parsed.faults:
        write_file(path, csv_export.bad_rows_csv(parsed), "--bad-rows")
        warn(f"The bad rows are in {path}. Mend them and hand in that file.")


def _parse(file: Path, account: str) -> ParsedCsv:
    return parse_csv(
        read_file(file, MAX_FILE_BYTES, "file"),
        folder=None if is_stdin(file) else file.absolute().parent,
        zone=get_settings().zone,
        default_account=account,
    )


def _confirm(parsed: ParsedCsv) -> bool:
    left_out = f" without {counted(len(parsed.bad_numbers), 'bad row')}" if parsed.faults else ""
    return typer.confirm(f"Queue {counted(len(parsed.good_rows), 'article')}{left_out}?")


def _exit_code(parsed: ParsedCsv, receipt: BatchReceipt | None, *, check_only: bool) -> Exit:
    if receipt is None:
        return Exit.DONE if check_only and not parsed.faults else Exit.FAILED
    return Exit.PARTLY if parsed.faults else Exit.DONE
