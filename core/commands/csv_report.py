"""What `python -m core submit` says of a file: to people and to programs."""

from __future__ import annotations

from core.commands.terminal import counted, say, warn
from core.services.batch_receipt import BatchReceipt
from core.services.csv_faults import RowFault
from core.services.csv_import import ParsedCsv
from core.services.csv_text import DELIMITER_NAMES

SHOWN_FAULTS = 50
SHOWN_ROWS = 10
PREVIEW = 3


def show(parsed: ParsedCsv) -> None:
    """What was understood, so that a wrong encoding is seen before anything is queued."""
    encoding, delimiter = parsed.encoding.removesuffix("-sig"), DELIMITER_NAMES[parsed.delimiter]
    rows = counted(len(parsed.rows), "row") if parsed.rows else "No row was read"
    say(f"{rows}; encoding {encoding}, delimiter {delimiter}.")
    for number, submission in parsed.good_rows[:PREVIEW]:
        say(f"  row {number}: {submission.title}")
    if len(parsed.good_rows) > PREVIEW:
        say(f"  and {len(parsed.good_rows) - PREVIEW} more")
    _list("warning", parsed.warnings)
    _list("fault", parsed.faults)


def _list(kind: str, found: tuple[RowFault, ...]) -> None:
    """Each with its row. When they are too many to read, those that say the same come together."""
    if not found:
        return
    rows = {fault.row for fault in found}
    where = f" in {counted(len(rows), 'row')}" if len(found) > len(rows) > 1 else ""
    warn(f"{counted(len(found), kind)}{where}:")
    lines = [str(fault) for fault in found] if len(found) <= SHOWN_FAULTS else _together(found)
    for line in lines[:SHOWN_FAULTS]:
        warn(f"  {line}")
    if len(lines) > SHOWN_FAULTS:
        warn(f"  and {len(lines) - SHOWN_FAULTS} more; --json lists all of them.")


def _together(found: tuple[RowFault, ...]) -> list[str]:
    rows: dict[str, list[RowFault]] = {}
    for fault in found:
        rows.setdefault(fault.words, []).append(fault)
    return [str(same[0]) if len(same) == 1 else f"{_rows(same)}, {words}" for words, same in rows.items()]


def _rows(faults: list[RowFault]) -> str:
    numbers = [str(fault.row) for fault in faults[:SHOWN_ROWS]]
    if len(faults) > SHOWN_ROWS:
        return f"rows {', '.join(numbers)} and {len(faults) - SHOWN_ROWS} more"
    return f"rows {', '.join(numbers[:-1])} and {numbers[-1]}"


def tell(receipt: BatchReceipt | None, parsed: ParsedCsv, *, check_only: bool, may_queue: bool) -> None:
    """What was done, what was not, and what to do next."""
    if receipt is None:
        _tell_refusal(parsed, check_only=check_only, may_queue=may_queue)
        return
    known = len(receipt.tasks) - receipt.new
    batch = f" as batch {receipt.batch_id}" if receipt.batch_id else ""
    before = f" {known} had been handed in before." if known else ""
    if known and not receipt.new:
        say(f"Nothing new: {counted(known, 'article')} had been handed in before{batch}.")
    else:
        say(f"Queued {counted(receipt.new, 'article')}{batch}.{before}")
    if parsed.faults:
        warn(f"{counted(len(parsed.bad_rows), 'bad row')} left out.")
    if not receipt.is_in_line:
        warn("Redis cannot be used just now. The articles are safe and go on once it is back.")
    say(f"Follow them with: python -m core tasks{f' --batch {receipt.batch_id}' if receipt.batch_id else ''}")


def _tell_refusal(parsed: ParsedCsv, *, check_only: bool, may_queue: bool) -> None:
    if not parsed.is_readable:
        warn("Nothing was queued. Correct the file as a whole first; --skip-bad-rows cannot help here.")
    elif not parsed.good_rows:
        warn("Nothing was queued: no row is without a fault.")
    elif not may_queue:
        warn("Nothing was queued. Correct the file, or add --skip-bad-rows.")
    elif not check_only:
        warn("Nothing was queued.")
    elif parsed.faults:
        good, bad = counted(len(parsed.good_rows), "row"), counted(len(parsed.bad_rows), "bad row")
        warn(f"{good} could be queued without the {bad}. Nothing was queued.")
    else:
        say("The file is in order. Nothing was queued.")


def as_json(parsed: ParsedCsv, receipt: BatchReceipt | None) -> dict[str, object]:
    """The same for a program."""
    return {
        "encoding": parsed.encoding,
        "delimiter": parsed.delimiter,
        "rows": len(parsed.rows),
        "good_rows": len(parsed.good_rows),
        "bad_rows": len(parsed.bad_rows),
        "is_readable": parsed.is_readable,
        "faults": [_fault_as_json(fault) for fault in parsed.faults],
        "warnings": [_fault_as_json(fault) for fault in parsed.warnings],
        "batch": receipt.batch_id if receipt else None,
        "queued": receipt.new if receipt else 0,
        "articles": [{"id": task.public_id, "is_new": task.is_new} for task in receipt.tasks] if receipt else [],
    }


def _fault_as_json(fault: RowFault) -> dict[str, object]:
    return {
        "row": fault.row,
        "column": fault.column,
        "reason": fault.reason,
        "remedy": fault.remedy,
        "offers": fault.offers,
        "is_duplicate": fault.is_duplicate,
    }
