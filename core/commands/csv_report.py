"""What `python -m core submit` says of a file: to people and to programs."""

from __future__ import annotations

from core.commands.terminal import counted, say, warn
from core.services.batch_receipt import BatchReceipt
from core.services.csv_faults import RowFault
from core.services.csv_import import ParsedCsv

SHOWN_FAULTS = 50
PREVIEW = 3
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}


def show(parsed: ParsedCsv) -> None:
    """What was understood, so that a wrong encoding is seen before anything is queued."""
    delimiter = DELIMITER_NAMES[parsed.delimiter]
    say(f"{counted(len(parsed.rows), 'row')}; encoding {parsed.encoding}, delimiter {delimiter}.")
    for number, submission in parsed.good_rows[:PREVIEW]:
        say(f"  row {number}: {submission.title}")
    if len(parsed.good_rows) > PREVIEW:
        say(f"  and {len(parsed.good_rows) - PREVIEW} more")
    _list("warning", parsed.warnings)
    _list("fault", parsed.faults)


def _list(kind: str, found: tuple[RowFault, ...]) -> None:
    if found:
        warn(f"{counted(len(found), kind)}:")
    for fault in found[:SHOWN_FAULTS]:
        warn(f"  {fault}")
    if len(found) > SHOWN_FAULTS:
        warn(f"  and {len(found) - SHOWN_FAULTS} more; --bad-rows FILE writes all of them down.")


def tell(receipt: BatchReceipt | None, parsed: ParsedCsv, *, check_only: bool, may_queue: bool) -> None:
    if receipt is None:
        if not may_queue:
            hint = " Mend the file, or add --skip-bad-rows." if parsed.good_rows and parsed.is_readable else ""
            warn(f"Nothing was queued.{hint}")
        elif check_only:
            say("The file is in order. Nothing was queued.")
        else:
            warn("Nothing was queued.")
        return
    known = len(receipt.tasks) - receipt.new
    before = f" {known} had been handed in before." if known else ""
    say(f"Queued {counted(receipt.new, 'article')} as batch {receipt.batch_id}.{before}")
    if not receipt.is_in_line:
        warn("Redis cannot be used just now. The articles are safe and go on once it is back.")


def as_json(parsed: ParsedCsv, receipt: BatchReceipt | None) -> dict[str, object]:
    return {
        "encoding": parsed.encoding,
        "delimiter": parsed.delimiter,
        "rows": len(parsed.rows),
        "good_rows": len(parsed.good_rows),
        "faults": [_faultas_json(fault) for fault in parsed.faults],
        "warnings": [_faultas_json(fault) for fault in parsed.warnings],
        "batch": receipt.batch_id if receipt else None,
        "queued": receipt.new if receipt else 0,
        "articles": [{"id": task.public_id, "is_new": task.is_new} for task in receipt.tasks] if receipt else [],
    }


def _faultas_json(fault: RowFault) -> dict[str, object]:
    return {
        "row": fault.row,
        "column": fault.column,
        "reason": fault.reason,
        "remedy": fault.remedy,
        "offers": fault.offers,
        "is_duplicate": fault.is_duplicate,
    }
