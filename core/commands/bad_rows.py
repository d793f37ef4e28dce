"""`python -m core submit --bad-rows FILE`: the rows to correct, in a file that can be handed in again."""

from __future__ import annotations

from pathlib import Path

from core.commands.files import is_stdin, write_file
from core.commands.terminal import counted, warn
from core.errors import Fault, InvalidInput
from core.services.csv_export import bad_rows_csv, names_files, rows_that_excel_cuts
from core.services.csv_faults import HEADER_ROW
from core.services.csv_import import ParsedCsv

OPTION = "--bad-rows"


def require_other_file(path: Path, handed_in: Path) -> None:
    """The good rows of the file that is handed in must not be lost. Raises InvalidInput."""
    if is_stdin(path):
        raise InvalidInput([Fault(OPTION, "needs the name of a file.", "Write one such as bad-rows.csv.")])
    if not is_stdin(handed_in) and path.resolve() == handed_in.resolve():
        raise InvalidInput([Fault(OPTION, "names the file that is handed in.", "Choose another name.")])


def write_bad_rows(parsed: ParsedCsv, path: Path, handed_in: Path, *, skip_bad_rows: bool) -> None:
    """Write the file if it can be of use, and say what to do with it. Raises InvalidInput."""
    name = "your file" if is_stdin(handed_in) else str(handed_in)
    if not parsed.is_readable:
        warn(f"{path} was not written, because {name} itself must be corrected first:")
        for fault in parsed.faults:
            if fault.row == HEADER_ROW:
                warn(f"  {fault}")
        return
    if not parsed.bad_rows:
        warn(f"{path} was not written: no row is bad.")
        return
    write_file(path, bad_rows_csv(parsed), OPTION)
    rows = counted(len(parsed.bad_rows), "bad row")
    warn(f"{path} holds {rows}, with the reasons in the last column. Correct the rows and hand in that file.")
    if parsed.good_rows and not skip_bad_rows:
        warn(f"The good rows are not in it. To queue them, hand in {name} with --skip-bad-rows.")
    torn = [row.number for row in parsed.bad_rows if row.is_torn]
    if torn:
        warn(f"The text of row {torn[0]} is in one cell there, as it stands in {name}: put it back into its cells.")
    cut = rows_that_excel_cuts(parsed)
    if cut:
        warn(f"Do not save it with Excel, which would cut the long text of row {cut[0]}. Use another editor.")
    if names_files(parsed) and not is_stdin(handed_in) and path.resolve().parent != handed_in.resolve().parent:
        warn(f"Put it beside {name}, where the files are that its rows name.")
